"""A first list of templates of measures for the proposed set of criteria: a proposal, no official form."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.models import MeasureTemplate
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import WrongState
from app.services.measure_template import templates

DATA = Path(__file__).with_name("measure_templates.json")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def source() -> str:
    return str(_data()["source"])


def put(session: Session, actor: Actor) -> int:
    """The proposed templates, but for what stands already; how many were added. Raises WrongState where none is new."""
    actor.require(Permission.MEASURE_CATALOGUE)
    known = {(one.criterion_code, folded(one.title)) for one in templates(session)}
    added = 0
    for one in _data()["templates"]:
        if (one["criterion"], folded(one["title"])) in known:
            continue
        added += 1
        session.add(
            MeasureTemplate(
                org_unit_id=actor.region_id,
                criterion_code=one["criterion"],
                title=one["title"],
                expected_result=one["expected_result"],
                days=one["days"],
                responsible_position=one["responsible_position"],
            )
        )
    if not added:
        raise WrongState("Все предложенные шаблоны уже есть.")
    session.flush()
    return added
