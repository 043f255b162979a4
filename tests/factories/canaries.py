"""Every kind of record in every unit of the world, with words in it that only that unit's part of the tree may read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import Engine, select

from app.documents.file_store import FileStore
from app.models import AuditEvent, Evidence, EvidenceRevision, Membership, OrderGround, User
from app.models.enumeration import OrderStatus
from app.policies.unscoped import open_session
from tests.factories.order import Point, add_report, ask_extension, issue_order
from tests.factories.world import World

UNITS = ("municipality", "municipality2", "school", "school2", "school_b", "provider", "regional_school")
ALL = (*UNITS, *(f"foreign_{unit}" for unit in UNITS))


def canary(unit: str) -> str:
    """No canary is a part of another."""
    return f"канарейка{hashlib.sha256(unit.encode()).hexdigest()[:12]}"


@dataclass
class Records:
    """Numbers by kind and unit: what goes into the addresses."""

    of: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, kind: str, unit: str, number: int) -> None:
        self.of.setdefault(kind, {})[unit] = number


def build_records(engine: Engine, world: World, files: FileStore, content) -> Records:
    records = Records()
    for prefix in ("", "foreign_"):
        region = f"{prefix}region"
        addressed = {f"{prefix}{unit}": {"responsible": canary(f"{prefix}{unit}")} for unit in UNITS}
        common = issue_order(
            engine, world, issuer=region, number=f"{prefix}общее", points=(Point("1", date(2026, 12, 25), addressed),)
        )
        for unit in addressed:
            number = common.assignments["1", unit]
            records.add("assignment", unit, number)
            word = canary(unit)
            report = add_report(
                engine,
                world,
                unit,
                number,
                text=word,
                evidence=[{"title": word, "number": word, "url": f"https://{word}.ru"}],
            )
            records.add("report", unit, report)
            records.add("extension", unit, ask_extension(engine, world, unit, number, reason=word))
            records.add("evidence", unit, _file(engine, world, unit, files, content(word)))
        for issuer in (region, f"{prefix}municipality", f"{prefix}municipality2"):
            draft = issue_order(
                engine, world, issuer=issuer, number=canary(f"{issuer} draft"), title=canary(f"{issuer} draft"),
                points=(Point("7", to=(), text=canary(f"{issuer} draft")),), status=OrderStatus.DRAFT,
            )  # fmt: skip
            records.add("draft", issuer, draft.order_id)
            records.add("draft point", issuer, draft.points["7"])
        for town, school in (("municipality", "school"), ("municipality2", "school_b")):
            letter = issue_order(
                engine, world, issuer=f"{prefix}{town}", number=canary(f"{prefix}{town} letter"),
                points=(Point("5", to=(f"{prefix}{school}",)),),
            )  # fmt: skip
            records.add("letter", f"{prefix}{town}", letter.order_id)
        records.add("order", region, common.order_id)
        records.add("order point", region, common.points["1"])
    with open_session(engine, reason="tests name people and grounds") as session:
        session.connection(execution_options={"writes": True})
        for unit in (*ALL, "region", "foreign_region"):
            user = session.get_one(User, world.users[unit])
            user.name = canary(f"{unit} person")
            records.add("user", unit, user.id)
            records.add("unit", unit, world.units[unit])
            first = select(Membership.id).where(Membership.user_id == user.id).order_by(Membership.id).limit(1)
            records.add("membership", unit, session.scalar(first))
        for issuer, number in records.of["draft"].items():
            ground = OrderGround(order_id=number, title=canary(f"{issuer} draft"))
            session.add(ground)
            session.flush()
            records.add("ground", issuer, ground.id)
        for unit, number in records.of["assignment"].items():
            # What the journal tells of a record is as secret as the record.
            session.add(
                AuditEvent(
                    org_unit_id=world.units[unit],
                    **_scope(session, world.units[unit]),
                    at=datetime(2026, 9, 2, tzinfo=UTC),
                    actor_name=canary(f"{unit} person"),
                    record_type="assignment",
                    record_id=number,
                    record_label=canary(unit),
                    action="change",
                    note=canary(unit),
                )
            )
    return records


def _scope(session, unit_id: int) -> dict[str, int]:
    from app.models import OrgUnit

    unit = session.get_one(OrgUnit, unit_id)
    return {"region_id": unit.region_id, "municipality_id": unit.municipality_id}


def _file(engine: Engine, world: World, unit: str, files: FileStore, stream) -> int:
    stored = files.put(stream, "справка.txt")
    with open_session(engine, reason="tests store a file") as session:
        session.connection(execution_options={"writes": True})
        piece = session.scalars(select(Evidence).where(Evidence.org_unit_id == world.units[unit])).first()
        assert piece is not None
        revision = EvidenceRevision(
            org_unit_id=world.units[unit],
            evidence_id=piece.id,
            digest=stored.digest,
            size=stored.size,
            media_type=stored.media_type,
            file_name=f"{canary(unit)}.txt",
            uploaded_at=datetime(2026, 9, 1, tzinfo=UTC),
            uploaded_by="кто-то",
        )
        session.add(revision)
        session.flush()
        return revision.id


# Who gets the letters of whose mailing.
LETTERS_OF = {
    "municipality": "region",
    "school": "municipality",
    "school_b": "municipality2",
    "foreign_municipality": "foreign_region",
    "foreign_school": "foreign_municipality",
}

# Who may read whose canaries; written from the table of roles, not from the code.
BELOW = {
    "region": set(UNITS) | {"region"},
    "observer": set(UNITS) | {"region"},
    "unit_admin": set(UNITS) | {"region"},
    "municipality": {"municipality", "school", "school2"},
    "municipality2": {"municipality2", "school_b"},
    "school": {"school"},
    "school_b": {"school_b"},
    "provider": {"provider"},
    "regional_school": {"regional_school"},
    "foreign_region": {f"foreign_{unit}" for unit in UNITS} | {"foreign_region"},
    "foreign_school": {"foreign_school"},
    "admin": set(),
    "nobody": set(),
}


def readable(login: str) -> set[str]:
    """The canaries that may stand on this person's pages."""
    mine = BELOW[login]
    words = {canary(unit) for unit in mine} | {canary(f"{unit} person") for unit in mine}
    stands = {"observer": "region", "unit_admin": "region"}.get(login, login)
    words.add(canary(f"{stands} draft"))
    # Not the unit's: a job is its asker's alone.
    words.add(canary(f"{login} job"))
    # A mailing is its unit's, told to those above and to whom it goes.
    words |= {canary(f"{unit} mailing") for unit in (*mine, LETTERS_OF.get(login, stands))}
    # A note is its maker's until it is sent.
    words |= {canary(f"{unit} note") for unit in mine}
    for prefix in ("", "foreign_"):
        for town, school in (("municipality", "school"), ("municipality2", "school_b")):
            if f"{prefix}{school}" in mine or f"{prefix}{town}" in mine:
                words.add(canary(f"{prefix}{town} letter"))
                words.add(canary(f"{prefix}{town} measure"))
    words |= {canary(f"{unit} trainee") for unit in mine}
    words |= {canary(f"{unit} measure") for unit in mine}
    if mine:
        # What a region's provider offers, and what the region asks, is told to the whole region.
        abroad = login.startswith("foreign_")
        words.add(canary("foreign_offer" if abroad else "offer"))
    if login == "provider":
        words |= {canary("school trainee"), canary("school_b trainee")}
    if login == "admin":
        # An installation administrator manages accounts: names of people, and no records.
        words |= {canary(f"{unit} person") for unit in (*ALL, "region", "foreign_region")}
    return words


def every_canary() -> set[str]:
    units = (*ALL, "region", "foreign_region")
    kinds = ("", " person", " draft", " letter", " job", " mailing", " note", " trainee", " measure")
    words = {canary(f"{unit}{what}") for unit in units for what in kinds}
    return words | {canary("admin job"), canary("offer"), canary("foreign_offer")}
