"""One act on many rows that a person has ticked, with a verdict for each: a refused row leaves the others done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.policies.refusal import NotFound, Refusal

# Numbers of rows, each with the version that the person saw; None: whatever stands there.
Chosen = Sequence[tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row."""

    record_id: int
    label: str
    ok: bool
    sentence: str


def held(session: Session, model: Any, chosen: Chosen) -> dict[int, Any]:
    """The rows as the database holds them now, nobody else's to change. Raises NotFound where one is out of scope."""
    numbers = {number for number, _ in chosen}
    session.flush()
    # In one order whoever asks: two such acts wait for each other's rows and never in a ring.
    wanted = select(model).where(model.id.in_(numbers)).order_by(model.id).with_for_update()
    found = {one.id: one for one in session.scalars(wanted.execution_options(populate_existing=True))}
    if len(found) != len(numbers):
        raise NotFound
    return found


def act_on_each(
    session: Session,
    found: Mapping[int, Any],
    chosen: Chosen,
    act: Callable[[Any, int | None], None],
    *,
    done: str,
    labels: Mapping[int, str] | None = None,
) -> list[Verdict]:
    """In the order of the choice; `act` takes a row and the version seen, and raises Refusal with nothing changed."""
    # What is refused is read anew: the words are taken before.
    named = labels if labels is not None else {number: one.label for number, one in found.items()}
    verdicts = []
    for number, version in dict(chosen).items():
        try:
            with session.begin_nested():
                act(found[number], version)
        except Refusal as refusal:
            verdicts.append(Verdict(number, named[number], False, refusal.sentence))
        else:
            verdicts.append(Verdict(number, named[number], True, done))
    return verdicts
