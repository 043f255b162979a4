"""Which proof has run out and which soon will: one rule for the list, the card and the letters."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_

from app.models import Evidence

# How long before its last day a document asks for attention; components/proof.html shows the same.
EXPIRES_SOON = timedelta(days=90)


def runs_out(today: date, within: timedelta = EXPIRES_SOON) -> ColumnElement[bool]:
    """Still holds, not for long."""
    return and_(Evidence.valid_until >= today, Evidence.valid_until <= today + within)


def has_run_out(today: date) -> ColumnElement[bool]:
    """The last day is over."""
    return Evidence.valid_until < today


def word(valid_until: date | None, today: date) -> tuple[str, str]:
    """«срок истёк», «истекает» with the tone of the mark; both empty while nothing is to be said."""
    if valid_until is None or valid_until > today + EXPIRES_SOON:
        return "", ""
    return ("срок истёк", "late") if valid_until < today else ("истекает", "soon")
