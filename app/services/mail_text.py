"""What a letter says: what it is, the state of which moment, whose part of the tree, and how to get no more of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """`as_of` is on the reader's clocks; addresses are whole."""

    title: str
    name: str
    unit_name: str
    as_of: datetime
    file_name: str
    rows: int
    page: str
    stop_page: str
    made_by: str
    is_attached: bool = True


def subject_of(title: str, as_of: datetime) -> str:
    return f"{title}: состояние на {as_of:%d.%m.%Y}"


def text_of(facts: LetterFacts) -> str:
    """Plain text; names and titles stand each on a line of their own, whatever people typed into them."""
    file = (
        f"Файл «{_line(facts.file_name)}» приложен к письму, строк: {facts.rows}."
        if facts.is_attached
        else f"Файл больше 15 МБ и к письму не приложен, строк: {facts.rows}. Откройте страницу и скачайте его оттуда."
    )
    return "\n".join(
        (
            f"Здравствуйте, {_line(facts.name)}!",
            "",
            f"{_line(facts.title)}.",
            f"Состояние на {facts.as_of:%d.%m.%Y %H:%M}, только то, что открыто организации:",
            f"{_line(facts.unit_name)}.",
            "",
            file,
            f"Страница в системе: {facts.page}",
            "",
            f"Письмо составила система «Мониторинг ВСОКО» по рассылке, которую настроил(а): {_line(facts.made_by)}.",
            "Отвечать на него не нужно.",
            f"Больше не получать эти письма: {facts.stop_page}",
            "",
        )
    )


def _line(text: str) -> str:
    return " ".join(text.split())
