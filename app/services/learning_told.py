"""What a learning platform says of a course, whichever way it came: by web services, or in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class PersonTold:
    """`remote_id` tells people of one site apart: its own number, or (of files) the e-mail or the name.

    Names are as the site has them: a patronymic mostly stands in `first_name`; where the site gives one column only,
    `full_name` alone is filled. `snils` is eleven digits or nothing, and never shown.
    """

    remote_id: str
    full_name: str
    last_name: str = ""
    first_name: str = ""
    idnumber: str = ""
    email: str = ""
    institution: str = ""
    position: str = ""
    snils: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OutcomeTold:
    """`completed_on` is a day of the region's clocks; `grade` as people write it («82», «82,5»), empty where none."""

    person: PersonTold
    passed: bool = False
    completed_on: date | None = None
    grade: str = ""


@dataclass(frozen=True, slots=True)
class CourseTold:
    """`is_whole`: whoever is not named is no longer in the course."""

    remote_id: str
    title: str
    outcomes: tuple[OutcomeTold, ...]
    idnumber: str = ""
    short_name: str = ""
    is_whole: bool = True
