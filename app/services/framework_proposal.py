"""The proposed set of criteria for schools and municipalities: data with its sources, no official form."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from app.models import Framework
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import WrongState
from app.services.framework import create_from, draft_of
from app.services.framework_outline import Outline, unpacked

DATA = Path(__file__).with_suffix(".json")


@lru_cache(maxsize=1)
def proposal() -> Outline:
    """Source: the school sheet and the municipal sheet proposed in the domain facts §1.5, levels by §1.4."""
    return unpacked(json.loads(DATA.read_text(encoding="utf-8")))


def load_proposal(session: Session, actor: Actor) -> Framework:
    """A draft of the actor's unit, to be changed and published by it. Raises WrongState where it stands already."""
    actor.require(Permission.FRAMEWORK_WRITE)
    outline = proposal()
    begun = draft_of(session, actor, outline.title)
    if begun is not None:
        raise WrongState(f"Предложенный набор уже загружен: «{begun.label}». Откройте его в списке.")
    return create_from(session, actor, outline)
