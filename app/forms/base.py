"""What every form shares: Russian messages, refusals of services at their fields, choices and numbers of rows."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import Form

from app.models.enumeration import Labelled
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


def choices(*members: Labelled) -> list[tuple[str, str]]:
    return [(member.value, member.label) for member in members]


def row_number(raw: Any) -> int | None:
    """A row's number from a form, or nothing; what is no number is left to be refused as no choice."""
    text = str(raw or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004 - as many digits as a number of 64 bits has
