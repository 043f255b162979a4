"""What the template of a letter may name: the fields of each kind of letter, told in words, with samples."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.models.enumeration_of_measures import LetterKind

Value = str | Sequence[Mapping[str, str]]
# A mark that docxtpl turns into the end of a paragraph and a new one that looks the same.
PARAGRAPH: Final = "\a"
# What XML 1.0 cannot hold, and the marks that docxtpl gives a meaning to.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# The blank after «№», before a day, between initials and beside a surname.
_TOGETHER: Final = re.compile(
    r"(?<=№) (?=\S)|(?<=\bот) (?=\d\d\.\d\d\.)|(?<=\b[А-ЯЁ]\.) (?=[А-ЯЁ])|(?<=[а-яё]) (?=[А-ЯЁ]\. ?[А-ЯЁ]\.)"
)


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    told: str
    sample: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A list: a loop over it meets the fields one row after another."""

    name: str
    told: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class LetterFields:
    words: tuple[Field, ...]
    rows: tuple[Rows, ...] = field(default=())

    def known(self) -> tuple[list[str], dict[str, list[str]]]:
        """The names of the words, and of the fields of each list."""
        return [one.name for one in self.words], {one.name: [each.name for each in one.fields] for one in self.rows}

    def sample(self, *, lines: int = 2) -> dict[str, Value]:
        """A letter to try a template with."""
        told: dict[str, Value] = {one.name: one.sample for one in self.words}
        return told | {one.name: [{each.name: each.sample for each in one.fields}] * lines for one in self.rows}

    def blank(self) -> dict[str, Value]:
        """A letter of which nothing is known: a template must stand that too."""
        told: dict[str, Value] = {one.name: "" for one in self.words}
        return told | {one.name: [] for one in self.rows}


_SENDER: Final = (
    Field("вышестоящая", "орган управления образованием, которому подчинена организация", "Томаринский округ"),
    Field("организация", "полное наименование организации, которая пишет", "МБОУ СОШ № 2 г. Томари"),
    Field("контакты", "электронная почта и сайт организации, по строкам", "school2@example.ru\nschool2.example.ru"),
    Field("номер", "исходящий номер; пока его нет — черта", "15"),
    Field("дата", "дата письма; пока её нет — черта", "30.06.2023"),
    Field("адресат", "кому, по строкам", "И. о. начальника отдела образования\nРябкиной Е. Н."),
    Field("заголовок", "заголовок к тексту", "О проработке ВСОКО"),
    Field("обращение", "«Уважаемая …!», если текст с него начат", "Уважаемая Елена Николаевна!"),
    Field("текст", "текст письма, абзац за абзацем", f"Сообщаем следующее.{PARAGRAPH}ВСОКО утверждена & <введена>."),
    Field("должность", "должность подписывающего", "Директор"),
    Field("подписант", "имя подписывающего", "И. И. Иванова"),
    Field("исполнитель", "исполнитель и его телефон", "Петрова О. С., 8 (42446) 2-00-00"),
)
_ANSWER: Final = LetterFields(
    (
        *_SENDER,
        Field("на_номер", "номер документа, на который отвечают", "07-12/222"),
        Field("на_дата", "дата документа, на который отвечают", "12.04.2023"),
    ),
    (
        Rows(
            "приложения",
            "то, что приложено к отчёту",
            (
                Field("номер", "номер по порядку", "1"),
                Field("название", "документ с номером и датой", "Положение о ВСОКО № 5 от 01.06.2023"),
                Field("файл", "имя файла, если приложен файл", "01 Положение.pdf"),
                Field("ссылка", "адрес страницы, если приложена ссылка", "https://school2.example.ru/vsoko"),
            ),
        ),
    ),
)
_WEAKNESSES: Final = LetterFields(
    (*_SENDER, Field("муниципалитет", "чьи организации в таблице", "Томаринский муниципальный округ")),
    (
        Rows(
            "недостатки",
            "открытые недостатки организаций этого муниципалитета",
            (
                Field("номер", "номер по порядку", "1"),
                Field("организация", "краткое имя организации", "МБОУ СОШ № 2"),
                Field("недостаток", "что не так; впереди код критерия, если он есть", "Д1. Положение не утверждено"),
                Field("тяжесть", "незначительный, существенный, критический", "существенный"),
                Field("причина", "причина, если она указана", "Не хватает времени"),
            ),
        ),
    ),
)
FIELDS: Final = {LetterKind.ANSWER: _ANSWER, LetterKind.WEAKNESSES: _WEAKNESSES}


def clean(text: str) -> str:
    """What a person typed, without what a document cannot hold."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def line(text: str) -> str:
    """A value on one line, or on the lines that its writer gave it; numbers, days and initials are not torn apart."""
    return _TOGETHER.sub("\u00a0", clean(text))


def paragraphs(text: str) -> str:
    """A text whose lines become paragraphs."""
    return PARAGRAPH.join(part for each in line(text).split("\n") if (part := each.strip()))
