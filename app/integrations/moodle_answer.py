"""What a Moodle answers, as values: cleaned of what is not text, without HTML, days by the clocks of the region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from typing import Any, Final

LONGEST = 500
# Unix seconds up to the year 2100.
LAST_SECOND: Final = 4_102_444_800
LARGEST_GRADE: Final = Decimal(1_000_000)
TEACHING: Final = frozenset({"teacher", "editingteacher", "manager", "coursecreator"})
_TAG = re.compile(r"<[^>]*>")
_SNILS_DIGITS = 11


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """`functions` are those that the service of this token holds."""

    name: str
    address: str
    release: str
    user_name: str
    user_full_name: str
    user_is_admin: bool
    functions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Course:
    """`idnumber` is empty for accounts that may not edit the course; `has_completion` is None where not told."""

    remote_id: str
    title: str
    short_name: str = ""
    idnumber: str = ""
    has_completion: bool | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A patronymic mostly stands in `first_name`; one kept in its own field of Moodle never comes.

    `position` and `snils` come from fields of the profile (`position`, `snils` or «Должность», «СНИЛС»).
    `is_active` is False where the enrolment is suspended or over: Moodle tells no completion of such people.
    """

    remote_id: str
    full_name: str
    first_name: str = ""
    last_name: str = ""
    idnumber: str = ""
    email: str = ""
    institution: str = ""
    department: str = ""
    position: str = ""
    snils: str = field(default="", repr=False)
    roles: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    is_active: bool = True

    @property
    def is_learner(self) -> bool:
        """Studies here; a role of the site's own making counts as studying unless a teaching role stands beside it."""
        return "student" in self.roles or not self.roles & TEACHING


@dataclass(frozen=True, slots=True)
class CourseCompletion:
    """`completed_on` is the day of the last criterion met, by the region's clocks; None where Moodle told no time.

    Moodle's web services do not tell when the course itself was completed.
    """

    passed: bool
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class CourseGrade:
    """The total of the course as Moodle has it: `highest` differs between people, so percents are comparable.

    `scale_word` is filled instead of numbers where the course is graded in words («Зачтено»).
    """

    raw: Decimal | None = None
    lowest: Decimal = Decimal(0)
    highest: Decimal = Decimal(100)
    scale_word: str = ""

    @property
    def percent(self) -> Decimal | None:
        """Of the way from the lowest to the highest, to a hundredth."""
        if self.raw is None or self.highest <= self.lowest:
            return None
        share = (self.raw - self.lowest) * 100 / (self.highest - self.lowest)
        return share.quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def text(self) -> str:
        """As people write it: the percent without its sign («82», «82,5»), or the word of the scale; "" for none."""
        return self.scale_word or ("" if self.percent is None else written(self.percent))

    @property
    def points(self) -> str:
        """«183 из 200»; empty for none."""
        return "" if self.raw is None else f"{written(self.raw)} из {written(self.highest)}"


@dataclass(frozen=True, slots=True)
class Activity:
    """An element of the course; `has_completion`: it is tracked."""

    remote_id: str
    kind: str
    title: str
    has_completion: bool


@dataclass(frozen=True, slots=True)
class ActivityState:
    """`failed`: completed below the pass grade."""

    remote_id: str
    is_complete: bool
    failed: bool = False
    on: date | None = None


def site_info(told: Mapping[str, Any]) -> SiteInfo:
    return SiteInfo(
        name=plain(told.get("sitename")),
        address=text(told.get("siteurl")).rstrip("/"),
        release=text(told.get("release")),
        user_name=text(told.get("username")),
        user_full_name=text(told.get("fullname")),
        user_is_admin=told.get("userissiteadmin") is True,
        functions=frozenset(text(each.get("name")) for each in mappings(told.get("functions"))),
    )


def course(told: Mapping[str, Any]) -> Course:
    enabled = told.get("enablecompletion")
    return Course(
        remote_id=number(told.get("id")),
        title=plain(told.get("fullname")) or plain(told.get("shortname")),
        short_name=plain(told.get("shortname")),
        idnumber=text(told.get("idnumber")),
        has_completion=bool(enabled) if isinstance(enabled, int) else None,
        starts_at=_moment(told.get("startdate")),
        ends_at=_moment(told.get("enddate")),
        fields={text(each.get("shortname")): plain(each.get("value")) for each in mappings(told.get("customfields"))},
    )


def person(told: Mapping[str, Any]) -> Person:
    profile = {
        key: plain(each.get("value"))
        for each in mappings(told.get("customfields"))
        for key in (text(each.get("shortname")).casefold(), text(each.get("name")).casefold())
    }
    digits = "".join(letter for letter in profile.get("snils") or profile.get("снилс", "") if letter in "0123456789")
    first, last = text(told.get("firstname")), text(told.get("lastname"))
    return Person(
        remote_id=number(told.get("id")),
        full_name=text(told.get("fullname")) or f"{first} {last}".strip(),
        first_name=first,
        last_name=last,
        idnumber=text(told.get("idnumber")),
        email=text(told.get("email")),
        institution=text(told.get("institution")),
        department=text(told.get("department")),
        position=profile.get("position") or profile.get("должность", ""),
        snils=digits if len(digits) == _SNILS_DIGITS else "",
        roles=frozenset(text(each.get("shortname")) for each in mappings(told.get("roles"))),
        groups=tuple(plain(each.get("name")) for each in mappings(told.get("groups"))),
    )


def completion(told: Mapping[str, Any], zone: tzinfo) -> CourseCompletion:
    """Of `completionstatus`. `completed` is the verdict; status words are of the site's language and not looked at."""
    if told.get("completed") is not True:
        return CourseCompletion(passed=False)
    days = [
        day
        for each in mappings(told.get("completions"))
        if each.get("complete") is True and (day := _day(each.get("timecompleted"), zone)) is not None
    ]
    return CourseCompletion(passed=True, completed_on=max(days, default=None))


def grade(told: Mapping[str, Any]) -> CourseGrade | None:
    """The total among `gradeitems` of a person; None without one, and while Moodle has yet to count it anew."""
    total = next((each for each in mappings(told.get("gradeitems")) if each.get("itemtype") == "course"), None)
    if total is None or total.get("gradeneedsupdate") is True:
        return None
    raw = _decimal(total.get("graderaw"))
    if raw is None:
        return None
    if total.get("scaleid") is not None:
        word = text(total.get("gradeformatted"))
        return None if not word or "<" in word or word == "-" else CourseGrade(scale_word=word)
    lowest, highest = _decimal(total.get("grademin")), _decimal(total.get("grademax"))
    return CourseGrade(raw, Decimal(0) if lowest is None else lowest, Decimal(100) if highest is None else highest)


def activities(told: Any) -> tuple[Activity, ...]:
    """Of the sections of a course; elements that the account may not see are simply not there."""
    return tuple(
        Activity(
            remote_id=number(each.get("id")),
            kind=text(each.get("modname")),
            title=plain(each.get("name")),
            has_completion=each.get("completion") in {1, 2},
        )
        for section in mappings(told)
        for each in mappings(section.get("modules"))
    )


def activity_state(told: Mapping[str, Any], zone: tzinfo) -> ActivityState:
    state = told.get("state")
    return ActivityState(
        remote_id=number(told.get("cmid")),
        is_complete=state in {1, 2},
        failed=state == 3,  # noqa: PLR2004  # Moodle's own number: completed, did not achieve the pass grade
        on=_day(told.get("timecompleted"), zone),
    )


def text(value: Any) -> str:
    """One line that any database stores: no control characters, no halves of characters, not too long."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    line = " ".join(str(value)[: 4 * LONGEST].split())
    return "".join(letter for letter in line if letter.isprintable())[:LONGEST].strip()


def plain(value: Any) -> str:
    """Text of a field that Moodle formats: without tags, `&amp;` and the like read back."""
    return text(unescape(_TAG.sub(" ", value))) if isinstance(value, str) else text(value)


def number(value: Any) -> str:
    """A record's number in the site as text; empty for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    digits = str(value)
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 20 and int(digits) else ""  # noqa: PLR2004  # more digits than any database counts


def written(value: Decimal) -> str:
    """As people write it: a comma, no zeros at the end."""
    line = f"{value:f}"
    return (line.rstrip("0").rstrip(".") if "." in line else line).replace(".", ",")


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; nothing of what is no list."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    found = Decimal(str(value))
    return found if found.is_finite() and abs(found) <= LARGEST_GRADE else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < LAST_SECOND:
        return None
    return datetime.fromtimestamp(value, UTC)


def _day(value: Any, zone: tzinfo) -> date | None:
    found = _moment(value)
    return None if found is None else found.astimezone(zone).date()
