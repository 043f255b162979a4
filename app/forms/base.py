"""What every form shares: Russian messages, and refusals of services shown at their fields."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import Form

from app.policies.refusal import Refusal


class TypedForm(Form):
    class Meta:
        locales: ClassVar[list[str]] = ["ru"]

    def __init__(self, formdata: Any = None, obj: Any = None, **values: Any) -> None:
        super().__init__(formdata, obj, **values)  # type: ignore[no-untyped-call] # WTForms is untyped

    def validate(self, extra_validators: Any = None) -> bool:
        return bool(super().validate(extra_validators))  # type: ignore[no-untyped-call] # WTForms is untyped

    def show(self, refusal: Refusal) -> None:
        """Puts the sentence of a refusal at its field, or over the form where it belongs to none."""
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(refusal.sentence)
        else:
            field.errors = [*field.errors, refusal.sentence]
