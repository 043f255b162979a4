"""Who may see what, and which words may stand on whose pages: written from the table of roles, not from the code."""

from __future__ import annotations

import io
import zipfile
from functools import cache

from tests.factories.canaries import ALL, BELOW, every_canary, readable
from tests.factories.training_canaries import shown, snils_of

# Their own unit's row is no record of theirs to open for these roles, or the other way round: units and people.
SEES_ALL_UNITS_AND_PEOPLE = {"admin"}
STANDS = {"observer": "region", "unit_admin": "region"}
# A provider is not assessed, nor told who must be trained; orders, programmes and groups it knows.
OF_THE_REGION = {
    "cause",
    "framework",
    "group",
    "letter template",
    "measure template",
    "norm",
    "order",
    "programme",
    "requirement",
    "round",
    "topic",
}
NOT_OF_PROVIDERS = {"framework", "requirement", "round"}
OF_TRAINEES = {"enrolment", "issued", "trainee"}
OF_MUNICIPALITIES = {"letter", "municipal requirement", "municipal round", "shared measure"}


def may_see(login: str, kind: str, unit: str) -> bool:
    if kind in {"unit", "user"} and login in SEES_ALL_UNITS_AND_PEOPLE:
        return True
    mine = BELOW[login]
    here = bool(mine) and unit.startswith("foreign_") == login.startswith("foreign_")
    if kind in {"import", "job", "letters", "preset"}:
        return unit == login
    if kind.endswith("draft"):
        return unit == STANDS.get(login, login)
    if kind in OF_THE_REGION:
        return here and (login != "provider" or kind not in NOT_OF_PROVIDERS)
    school = unit.replace("municipality2", "school_b").replace("municipality", "school")
    sideways = kind in OF_TRAINEES and here and login == "provider"
    addressed = kind in OF_MUNICIPALITIES and school in mine
    return sideways or addressed or unit in mine or (kind == "user" and unit == login)


def foreign_words(login: str, answer) -> set[str]:
    text = text_of(answer)
    return {word for word in (every_canary() | every_snils()) - readable(login) - own_snils(login) if word in text}


def snils_forms(name: str) -> set[str]:
    return {snils_of(name), shown(snils_of(name))}


@cache
def every_snils() -> frozenset[str]:
    people = (f"{unit}{what}" for unit in ALL for what in ("", " trainee"))
    return frozenset(form for name in people for form in snils_forms(name))


def own_snils(login: str) -> set[str]:
    """Whose numbers a coordinator may see, and after having asked for them; the others see none at all."""
    if login in {"observer", "unit_admin", "admin", "nobody"}:
        return set()
    names = {f"{unit}{what}" for unit in BELOW[login] for what in ("", " trainee")}
    names |= {"school trainee", "school_b trainee"} if login == "provider" else set()
    return {form for name in names for form in snils_forms(name)}


def text_of(answer) -> str:
    """A page's text, or all the parts of a workbook."""
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return answer.data.decode("utf-8", "replace")
