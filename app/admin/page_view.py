"""The base of pages that are no register: closed to whoever may not open them, and run once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from flask_admin import BaseView

from app.policies.refusal import NotPermitted


class PageView(BaseView):
    # The sentence of the closed door.
    closed: ClassVar[str] = "Этот раздел не открыт для ваших полномочий."

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        del name, kwargs
        raise NotPermitted(self.closed)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin calls a view again when it raises TypeError, which hides the error and repeats the work."""
        return fn(self, *args, **kwargs)
