"""«Мониторинг ВСОКО». The plan of the house stands in README.md beside this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(**settings: Any) -> Flask:
    """The application; importing the package alone loads no web framework."""
    from app.factory import create_app as build  # noqa: PLC0415 - importing the package must not load Flask

    return build(**settings)
