"""People of one course out of several exports of a learning platform, each person once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from app.analysis import personal_number
from app.excel.heading_match import homoglyph_folded
from app.excel.moodle_columns import ExportKind
from app.excel.moodle_export import ExportRow, MoodleExport

# Names come in parts from these, and go to the others through e-mail or number.
_ORDER: Final = (ExportKind.PARTICIPANTS, ExportKind.GRADES, ExportKind.COMPLETION, ExportKind.ACTIVITIES)


@dataclass(frozen=True, slots=True)
class FilePerson:
    """`kinds`: in which reports the person stands. `key` tells people apart: the e-mail, else a number, else the name.

    It is empty for namesakes whom nothing tells apart.

    `done` of `activities`, `failed` among them; `problems` are whole sentences.
    """

    key: str = ""
    full_name: str = ""
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    idnumber: str = ""
    snils: str = field(default="", repr=False)
    account: str = ""
    institution: str = ""
    position: str = ""
    groups: str = ""
    kinds: tuple[str, ...] = ()
    completed_on: date | None = None
    done: int = 0
    failed: int = 0
    activities: int = 0
    last_done_on: date | None = None
    grade: str = ""
    problems: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        parts = " ".join(part for part in (self.last_name, self.first_name) if part)
        return parts if self.last_name else self.full_name or parts or self.email or self.idnumber

    def stands_in(self, *kinds: ExportKind) -> bool:
        return any(kind.value in self.kinds for kind in kinds)


def people_of(exports: Sequence[MoodleExport]) -> list[FilePerson]:
    """Known again by e-mail, by number, or by a name that is borne once in each report, where nothing is against it."""
    found: list[FilePerson] = []
    shared = _shared(exports)
    for export in sorted(exports, key=lambda one: _ORDER.index(one.kind)):
        rows = [_plain(export, row, shared) for row in export.rows]
        names = Counter(name_key(row) for row in rows)
        taken: set[int] = set()
        index = _Index(found)
        for row in rows:
            place = index.place_of(row, is_single=names[name_key(row)] == 1)
            if place is None or place in taken:
                taken.add(len(found))
                found.append(row)
            else:
                taken.add(place)
                found[place] = _joined(found[place], row)
    return _keyed(found)


def by_activities(people: Sequence[FilePerson]) -> list[FilePerson]:
    """The same, where whoever has done every activity has completed the course on the day of the last one.

    What a report on the course itself says of somebody stands.
    """
    return [_by_activities(one) for one in people]


def name_key(person: FilePerson) -> str:
    """The words of the name in any order, as a reader sees them."""
    words = homoglyph_folded(f"{person.last_name} {person.first_name}" if person.last_name else person.full_name)
    return " ".join(sorted(words.split()))


class _Index:
    def __init__(self, found: Sequence[FilePerson]) -> None:
        self._found = found
        self._by_email = {one.email: place for place, one in enumerate(found) if one.email}
        self._by_number = {one.idnumber: place for place, one in enumerate(found) if one.idnumber}
        self._by_snils = {one.snils: place for place, one in enumerate(found) if one.snils}
        self._by_name: dict[str, list[int]] = {}
        for place, one in enumerate(found):
            self._by_name.setdefault(name_key(one), []).append(place)

    def place_of(self, row: FilePerson, *, is_single: bool) -> int | None:
        keys = ((row.email, self._by_email), (row.idnumber, self._by_number), (row.snils, self._by_snils))
        for key, known in keys:
            if key and key in known and _agree(self._found[known[key]], row):
                return known[key]
        named = self._by_name.get(name_key(row), [])
        if name_key(row) and is_single and len(named) == 1 and _agree(self._found[named[0]], row):
            return named[0]
        return None


def _agree(one: FilePerson, other: FilePerson) -> bool:
    """Whether neither the e-mail nor a number says that these are two people."""
    pairs = ((one.email, other.email), (one.idnumber, other.idnumber), (one.snils, other.snils))
    return not any(mine and theirs and mine != theirs for mine, theirs in pairs)


def _shared(exports: Sequence[MoodleExport]) -> set[str]:
    """E-mails and numbers that several people of one report have: they tell nobody apart."""
    found: set[str] = set()
    for export in exports:
        emails = Counter(row.email for row in export.rows if row.email)
        numbers = Counter(row.idnumber for row in export.rows if row.idnumber)
        found.update(key for counted in (emails, numbers) for key, count in counted.items() if count > 1)
    return found


def _plain(export: MoodleExport, row: ExportRow, shared: set[str]) -> FilePerson:
    snils = _snils(row.snils) or _snils(row.idnumber) or _snils(row.account)
    idnumber = "" if _snils(row.idnumber) or row.idnumber in shared else row.idnumber
    problems = [f"{export.file_name}, строка {row.number}. {sentence}" for sentence in row.problems]
    return FilePerson(
        full_name=row.full_name,
        last_name=row.last_name,
        first_name=row.first_name,
        email="" if row.email in shared else row.email,
        idnumber=idnumber,
        snils=snils,
        account="" if _snils(row.account) else row.account,
        institution=row.institution,
        position=row.position,
        groups=row.groups,
        kinds=(export.kind.value,),
        completed_on=row.completed_on,
        done=row.done,
        failed=row.failed,
        activities=export.activities,
        last_done_on=row.last_done_on,
        grade=row.percent or row.grade,
        problems=tuple(problems),
    )


def _snils(text: str) -> str:
    """Eleven digits; nothing for what is none, such as most idnumbers."""
    if not set(text) <= set("0123456789 -."):
        return ""
    digits = personal_number.digits_of(text)
    return digits if len(digits) == personal_number.LENGTH and personal_number.check(digits) is None else ""


def _by_activities(person: FilePerson) -> FilePerson:
    is_done = person.activities > 0 and person.done == person.activities and person.last_done_on is not None
    if person.stands_in(ExportKind.COMPLETION) or not person.stands_in(ExportKind.ACTIVITIES):
        return person
    kinds = (*person.kinds, ExportKind.COMPLETION.value)
    return replace(person, completed_on=person.last_done_on if is_done else None, kinds=kinds)


def _joined(one: FilePerson, other: FilePerson) -> FilePerson:
    """What the first report leaves empty the second fills; activities are told by the report that counts more."""
    texts = ("full_name", "last_name", "first_name", "email", "idnumber", "snils", "account", "institution")
    filled = {key: getattr(one, key) or getattr(other, key) for key in (*texts, "position", "groups", "grade")}
    counts = max(one, other, key=lambda each: each.activities)
    return replace(
        one,
        **filled,
        kinds=tuple(dict.fromkeys((*one.kinds, *other.kinds))),
        completed_on=one.completed_on or other.completed_on,
        done=counts.done,
        failed=counts.failed,
        activities=counts.activities,
        last_done_on=counts.last_done_on,
        problems=(*one.problems, *other.problems),
    )


def _keyed(people: Iterable[FilePerson]) -> list[FilePerson]:
    named = [replace(one, key=_key_of(one)) for one in people]
    counted = Counter(one.key for one in named)
    return [one if counted[one.key] == 1 else replace(one, key="") for one in named]


def _key_of(person: FilePerson) -> str:
    if person.email:
        return f"email:{person.email}"
    if person.idnumber:
        return f"idnumber:{person.idnumber}"
    if person.account:
        return f"account:{person.account}"
    return f"name:{name_key(person)}"
