"""A list of people of a learning platform, pasted or in a file, as rows by which their accounts here are found.

Moodle's own download of users («Действия над пользователями» → «Скачать») has these columns: id, username, email,
firstname, lastname, idnumber.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.excel.cell_text import cleaned
from app.excel.heading_match import Headings
from app.excel.reader import read_table
from app.excel.sheet import Column
from app.excel.table import CellInput, WorkbookRefused

MOST_PEOPLE: Final = 2_000
LONGEST: Final = 320
_HEADING_ROWS: Final = 20
COLUMNS: Final = (
    Column(
        "subject",
        "Номер в платформе",
        aliases=("id", "user id", "userid", "sub", "subject", "ID пользователя", "Номер пользователя", "LTI user id"),
    ),
    Column(
        "email",
        "Почта",
        aliases=("Адрес электронной почты", "Эл. почта", "Электронная почта", "E-mail", "email", "Email address"),
    ),
    Column("idnumber", "Индивидуальный номер", aliases=("idnumber", "ID number", "Личный номер")),
    Column("login", "Логин", aliases=("Имя для входа", "username", "login", "Имя пользователя")),
    Column("last_name", "Фамилия", aliases=("lastname", "last name", "Surname")),
    Column("first_name", "Имя", aliases=("firstname", "first name", "Имя Отчество", "Имя и отчество")),
    Column("name", "ФИО", aliases=("fullname", "full name", "Полное имя", "Фамилия, имя, отчество", "Название")),
)
NO_SUBJECT: Final = (
    "В списке нет столбца с номером человека в платформе. Назовите его «id» или «Номер в платформе»: в Moodle это "
    "столбец id выгрузки пользователей."
)
NO_KEY: Final = "В списке нет ни почты, ни индивидуального номера, ни логина: людей не по чему узнать."
NO_PEOPLE: Final = "Под заголовками нет ни одной строки. Вставьте список вместе со строкой заголовков."
BROKEN: Final = "Список на странице повреждён. Загрузите его ещё раз."
_TOLD: Final = 5
TOO_MANY: Final = f"В списке больше {MOST_PEOPLE} человек. Разделите его на части."


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A row of the list; `number` as the spreadsheet counts. What the list does not tell is empty."""

    number: int
    subject: str
    email: str = ""
    idnumber: str = ""
    login: str = ""
    name: str = ""


def read_people(content: bytes, file_name: str) -> list[ListedPerson]:
    """Rows in which anything of ours stands. Raises WorkbookRefused with a sentence for people."""
    rows = read_table(content, file_name).rows
    headings = Headings(COLUMNS)
    matched = ((at, headings.match(cells).columns) for at, cells in enumerate(rows[:_HEADING_ROWS]))
    place, columns = next(((at, found) for at, found in matched if "subject" in found), (0, {}))
    if not columns:
        raise WorkbookRefused(NO_SUBJECT)
    if not {"email", "idnumber", "login"} & columns.keys():
        raise WorkbookRefused(NO_KEY)
    people = []
    for number, cells in enumerate(rows[place + 1 :], place + 2):
        told = {key: _text(cells[at]) if at < len(cells) else "" for key, at in columns.items()}
        if any(told.values()):
            people.append(_person(number, told))
        if len(people) > MOST_PEOPLE:
            raise WorkbookRefused(TOO_MANY)
    if not people:
        raise WorkbookRefused(NO_PEOPLE)
    return people


def as_text(people: list[ListedPerson]) -> str:
    """The list on its way through the page: what is applied is what was shown."""
    return "\n".join(
        f"{one.number}\t{one.subject}\t{one.email}\t{one.idnumber}\t{one.login}\t{one.name}" for one in people
    )


def from_text(text: str) -> list[ListedPerson]:
    """The same people again. Raises WorkbookRefused for what `as_text` has not made."""
    people: list[ListedPerson] = []
    for line in text.replace("\r", "").split("\n"):
        number, *told = line.split("\t")
        if len(told) != _TOLD or not number.isascii() or not number.isdecimal() or len(people) == MOST_PEOPLE:
            raise WorkbookRefused(BROKEN)
        people.append(ListedPerson(int(number), *(_text(one) for one in told)))
    return people


def _person(number: int, told: dict[str, str]) -> ListedPerson:
    parts = " ".join(told.get(key, "") for key in ("last_name", "first_name")).strip()
    return ListedPerson(
        number=number,
        subject=told.get("subject", ""),
        email=told.get("email", ""),
        idnumber=told.get("idnumber", ""),
        login=told.get("login", ""),
        name=told.get("name", "") or parts,
    )


def _text(cell: CellInput) -> str:
    """A number of a person is whole, however the spreadsheet keeps it; quotation marks and breaks do not come along."""
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(cleaned(str(cell)).replace('"', "").split())[:LONGEST]
