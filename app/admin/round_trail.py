"""The trail to the pages of one round."""

from __future__ import annotations

from app.services.round_sheets import RoundHead


def round_crumbs(head: RoundHead, page: str) -> tuple[tuple[str, str | None], ...]:
    return ("Мониторинг ВСОКО", "/monitoring-rounds/"), (head.title, f"/monitoring-rounds/{head.id}"), (page, None)
