"""All that is sealed in the database, sealed anew under the first key of the environment: after a key was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.models import LearningAnswer, LearningSite, LtiKey
from app.policies.guard import GuardedSession
from app.policies.refusal import WrongState
from app.services.outside import outside_of

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many secrets now stand under the first key; `lost` are those that no key opens."""

    done: int
    lost: int


def reseal(session: GuardedSession) -> Resealed:
    """Over all rows, in the caller's transaction. Raises WrongState where there is no key."""
    box = outside_of(session).box
    box.seal("")
    done = lost = 0
    for model, column in ((LearningSite, "token_sealed"), (LtiKey, "private_sealed"), (LearningAnswer, "body")):
        last = 0
        while True:
            wanted: Any = select(model).where(model.id > last).order_by(model.id).limit(AT_ONCE)
            rows = session.scalars(wanted).all()
            if not rows:
                break
            last = rows[-1].id
            for row in rows:
                sealed = getattr(row, column)
                if not sealed:
                    continue
                try:
                    anew = box.reseal(sealed) if isinstance(sealed, str) else box.seal_bytes(box.unseal_bytes(sealed))
                except WrongState:
                    lost += 1
                    continue
                setattr(row, column, anew)
                done += 1
            session.flush()
            session.expunge_all()
    return Resealed(done, lost)
