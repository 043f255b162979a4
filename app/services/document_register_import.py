"""A workbook of the federal register (ФИС ФРДО) in, once the person has seen what it would bring.

The file is kept nowhere. What the page hands back holds no СНИЛС and no day of birth: whose each document is has been
found by then; everything else is checked anew.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.models import Certificate, StaffMember
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus, DocumentKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, Refusal
from app.services import certificate as certificates
from app.services.certificate_details import TypedCertificate, put, tidied
from app.services.certificate_examination import errors_of, examine
from app.services.document_register_cleaning import MOST_ROWS
from app.services.document_register_judgement import Carried, Told, issuer_of

# Of the packed rows that the dry run hands to the page and the page hands back.
LONGEST_PACKED = 2_000_000
LARGEST_NUMBER = 2**63


@dataclass(frozen=True, slots=True)
class Verdict:
    number: int
    ok: bool
    sentence: str
    certificate_id: int | None = None


def write(
    session: GuardedSession,
    actor: Actor,
    rows: Sequence[Carried],
    told: Told,
    *,
    today: date,
    now: datetime,
) -> list[Verdict]:
    """A document for each row, the others go on where one is refused. Raises NotPermitted, Invalid.

    Own documents of a provider are confirmed by that; those from outside wait for confirmation as any other.
    """
    actor.require(Permission.REGISTER_OF_DOCUMENTS)
    actor.require(Permission.CERTIFICATE_WRITE)
    issuer = issuer_of(session, actor, told)
    verdicts = []
    for row in rows:
        typed = replace(row.typed, issuer_name=issuer)
        try:
            with session.begin_nested():
                made = _made(session, actor, row.person_id, typed, told, today=today, now=now)
            verdicts.append(Verdict(row.number, ok=True, sentence=f"Внесён: {made.label}.", certificate_id=made.id))
        except Refusal as refusal:
            verdicts.append(Verdict(row.number, ok=False, sentence=refusal.sentence))
        except IntegrityError:
            verdicts.append(Verdict(row.number, ok=False, sentence="Документ с таким номером вы уже выдали."))
    return verdicts


def _made(
    session: GuardedSession,
    actor: Actor,
    person_id: int,
    typed: TypedCertificate,
    told: Told,
    *,
    today: date,
    now: datetime,
) -> Certificate:
    person = session.get(StaffMember, person_id)
    if person is None:
        raise NotFound
    if actor.unit_kind is UnitKind.PROVIDER:
        made = _own(session, actor, person, typed, today=today, now=now)
    else:
        made = certificates.enter(session, actor, person, typed, today=today, now=now)
    if told.reported:
        made.reported_on = today
    session.flush()
    return made


def _own(
    session: GuardedSession, actor: Actor, person: StaffMember, typed: TypedCertificate, *, today: date, now: datetime
) -> Certificate:
    tidy = tidied(session, typed)
    for error in errors_of(examine(session, tidy, person, today=today)):
        raise Invalid(error.sentence, field=error.field)
    made = Certificate(
        staff_member_id=person.id,
        status=CertificateStatus.CONFIRMED,
        issuer_unit_id=actor.unit_id,
        entered_by_unit_id=actor.unit_id,
        entered_by=actor.signature,
        confirmed_at=now,
        confirmed_by=actor.signature,
    )
    put(session, made, tidy, person.region_id)
    made.holder_name = tidy.holder_name or person.label
    session.add(made)
    session.flush()
    return made


def packed(rows: Sequence[Carried], told: Told) -> str:
    """What a form can carry until the person agrees."""
    plain = {"told": asdict(told), "rows": [_plain(row) for row in rows]}
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def unpacked(text: str) -> tuple[list[Carried], Told]:
    """The other way. Raises Invalid for anything else than what `packed` makes."""
    try:
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(base64.b64decode(text.encode("ascii"), validate=True), LONGEST_PACKED)
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise ValueError(len(plain))  # noqa: TRY301 - one answer for everything that cannot be read
        told = json.loads(plain)
        rows = [_carried(one) for one in told["rows"]]
        if len(rows) > MOST_ROWS:
            raise ValueError(len(rows))  # noqa: TRY301 - as above
        given = told["told"]
        return rows, Told(str(given["issuer_name"]), _number(given["topic_id"]), reported=given["reported"] is True)
    except (ValueError, TypeError, KeyError, zlib.error, binascii.Error, RecursionError) as error:
        raise Invalid("Проверенный файл потерялся по дороге: загрузите книгу ещё раз.", field="file") from error


def _plain(row: Carried) -> dict[str, Any]:
    typed = asdict(row.typed) | {
        "document_kind": row.typed.document_kind.value,
        "issued_on": row.typed.issued_on.isoformat(),
    }
    return {"number": row.number, "person": row.person_id, "typed": typed}


def _carried(one: Mapping[str, Any]) -> Carried:
    typed = one["typed"]
    texts = ("series", "number", "registration_number", "programme_title", "issuer_name", "holder_name")
    made = TypedCertificate(
        document_kind=DocumentKind(typed["document_kind"]),
        issued_on=date.fromisoformat(typed["issued_on"]),
        hours=int(typed["hours"]),
        topic_id=_number(typed["topic_id"]),
        programme_id=_number(typed["programme_id"]),
        started_on=None,
        ended_on=None,
        **{name: str(typed[name]) for name in texts},
    )
    person_id = _number(one["person"])
    if person_id is None:
        raise ValueError(one["person"])
    return Carried(int(one["number"]), person_id, made)


def _number(value: object) -> int | None:
    """The number of a row of the database, or nothing."""
    return value if isinstance(value, int) and 0 < value < LARGEST_NUMBER else None
