"""The tree: Sakhalin with its municipalities and schools, and the Zaoksky district of another region."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.services import org_unit
from app.services.org_unit import Renaming
from app.services.org_unit_details import UnitDetails

DATA = Path(__file__).parent / "data"
SAKHALIN, TULA = "Сахалинская область", "Тульская область"
CITY = "Южно-Сахалинск"
HOME_SCHOOL = "МБОУ СОШ с. Ильинское"
INSTITUTE = (
    "Государственное автономное образовательное учреждение дополнительного профессионального образования "
    "«Институт развития образования Сахалинской области» имени Заслуженного учителя Российской Федерации В.Д. Гуревича"
)
RENAMED_SINCE = date(2025, 1, 1)
RENAMED_BY = "Преобразование городских округов Сахалинской области в муниципальные округа с 01.01.2025"
# How many schools stand in each municipality, real and synthetic together; about as they are spread in life.
SCHOOLS = {
    CITY: 30,
    "Александровск-Сахалинский": 8,
    "Анивский": 8,
    "Долинский": 11,
    "Корсаковский": 12,
    "Курильский": 4,
    "Макаровский": 4,
    "Невельский": 7,
    "Ногликский": 6,
    "Охинский": 9,
    "Поронайский": 11,
    "Северо-Курильский": 1,
    "Смирныховский": 8,
    "Томаринский": 6,
    "Тымовский": 9,
    "Углегорский": 10,
    "Холмский": 12,
    "Южно-Курильский": 5,
}
REGIONAL_SCHOOLS = 3
ZAOKSKY_SCHOOLS = 12
# The last synthetic school of these municipalities is a branch of the one before it; of those, a small one.
WITH_BRANCH, WITH_SMALL = ("Корсаковский", "Поронайский"), ("Тымовский", "Южно-Курильский")
_SEATS = re.compile(r"\s*\((?P<inside>[^()]*мест[^()]*)\)")
_SINCE = re.compile(r"с (\d\d)\.(\d\d)\.(\d{4})")


@dataclass
class Tree:
    """Numbers of the units of one region."""

    region: int
    providers: list[int] = field(default_factory=list)
    # By short name.
    municipalities: dict[str, int] = field(default_factory=dict)
    # Schools by municipality; those straight under the region by the region's own number.
    schools: dict[int, list[int]] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)

    def units(self) -> Iterator[int]:
        yield self.region
        yield from self.providers
        yield from self.municipalities.values()
        for schools in self.schools.values():
            yield from schools

    def schools_of(self, municipality: str) -> list[int]:
        return self.schools.get(self.municipalities[municipality], [])


@dataclass(frozen=True, slots=True)
class _School:
    name: str
    site: str = ""
    opened_on: date | None = None


def build_sakhalin(session: Session, actor: Actor) -> Tree:
    """As it was before 2025: `rename` gives the municipalities the names and codes that they have since."""
    region = org_unit.create(
        session, actor, kind=UnitKind.REGION, name=SAKHALIN, parent=None, code="65", time_zone="Asia/Sakhalin"
    )
    tree = Tree(region.id)
    institute = org_unit.create(
        session, actor, kind=UnitKind.PROVIDER, name=INSTITUTE, short_name="ИРОСО", parent=region
    )
    tree.providers.append(institute.id)
    real = _real_schools()
    number = 0
    for row in _rows("sakhalin_municipalities.csv"):
        short = CITY if CITY in row["name"] else row["name"]
        town = org_unit.create(
            session,
            actor,
            kind=UnitKind.MUNICIPALITY,
            name=_full_name(short, "городской округ"),
            short_name=short,
            code=row["oktmo_before_2025"],
            parent=region,
        )
        tree.municipalities[short] = town.id
        here = real.pop(short, [])
        synthetic = SCHOOLS[short] - len(here)
        here += [_School(f"ОО-{number + each:03d} (демо)") for each in range(1, synthetic + 1)]
        number += synthetic
        _add_schools(session, actor, tree, town, here)
    if real:
        raise LookupError(f"schools of unknown municipalities: {sorted(real)}")
    regional = [_School(f"ОО-{number + each:03d} (демо), областная") for each in range(1, REGIONAL_SCHOOLS + 1)]
    _add_schools(session, actor, tree, region, regional)
    return tree


def rename(session: Session, actor: Actor, tree: Tree, today: date) -> None:
    """«Городской округ» before 2025, «муниципальный округ» since, with the code that came with it."""
    for row in _rows("sakhalin_municipalities.csv"):
        if CITY in row["name"]:
            continue
        town = org_unit.the_one(session, tree.municipalities[row["name"]])
        details = UnitDetails(_full_name(row["name"], "муниципальный округ"), short_name=row["name"], code=row["oktmo"])
        renaming = Renaming(RENAMED_SINCE, RENAMED_BY)
        org_unit.change(session, actor, town, version=town.version, details=details, renaming=renaming, today=today)


def build_tula(session: Session, actor: Actor) -> Tree:
    region = org_unit.create(
        session, actor, kind=UnitKind.REGION, name=TULA, parent=None, code="71", time_zone="Europe/Moscow"
    )
    tree = Tree(region.id)
    district = org_unit.create(
        session,
        actor,
        kind=UnitKind.MUNICIPALITY,
        name="Заокский район",
        short_name="Заокский",
        code="70622000",
        parent=region,
    )
    tree.municipalities["Заокский"] = district.id
    schools = [_School(f"ОО-{number:03d} Заокского района (демо)") for number in range(1, ZAOKSKY_SCHOOLS + 1)]
    _add_schools(session, actor, tree, district, schools)
    return tree


def _add_schools(session: Session, actor: Actor, tree: Tree, parent: OrgUnit, schools: list[_School]) -> None:
    head: int | None = None
    for place, school in enumerate(schools, start=1):
        is_last = place == len(schools)
        is_branch = is_last and parent.short_name in WITH_BRANCH
        unit = org_unit.create(
            session,
            actor,
            kind=UnitKind.SCHOOL,
            name=f"Филиал {school.name}" if is_branch else school.name,
            site=school.site,
            parent=parent,
            opened_on=school.opened_on,
            head_school_id=head if is_branch else None,
            is_small=is_last and parent.short_name in WITH_SMALL,
        )
        head = unit.id
        tree.schools.setdefault(parent.id, []).append(unit.id)
        tree.named[unit.name] = unit.id


def _full_name(short: str, kind: str) -> str:
    return f"Городской округ «Город {CITY}»" if short == CITY else f"{short} {kind}"


def _real_schools() -> dict[str, list[_School]]:
    """The schools whose names are public, by municipality; places and openings told in brackets are no names."""
    found: dict[str, list[_School]] = {}
    for row in _rows("sakhalin_schools.csv"):
        brackets = _SEATS.search(row["name"])
        since = _SINCE.search(brackets["inside"]) if brackets else None
        name = _SEATS.sub("", row["name"])
        opened = date(int(since[3]), int(since[2]), int(since[1])) if since else None
        municipality = row["municipality"].replace("Сах.", "Сахалинский")
        found.setdefault(municipality, []).append(_School(name[0].upper() + name[1:], row["site"], opened))
    return found


def _rows(file_name: str) -> list[dict[str, str]]:
    with (DATA / file_name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
