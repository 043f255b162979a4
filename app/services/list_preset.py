"""Named choices of columns and conditions of a register: one's own, offered to those below, opened by them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ListPreset
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, NotPermitted

LONGEST_NAME = 80
LONGEST_QUERY = 2_000
MOST = 50


def of_register(session: Session, register: str) -> Sequence[ListPreset]:
    """One's own and those offered from above."""
    found = select(ListPreset).where(ListPreset.register == register).order_by(ListPreset.is_offered, ListPreset.name)
    return session.scalars(found).all()


def the_one(session: Session, preset_id: int) -> ListPreset:
    """Raises NotFound outside the scope."""
    found = session.get(ListPreset, preset_id)
    if found is None:
        raise NotFound
    return found


def is_own(preset: ListPreset, actor: Actor) -> bool:
    return preset.user_id == actor.user_id and preset.org_unit_id == actor.unit_id


def save(
    session: Session,
    actor: Actor,
    register: str,
    name: str,
    *,
    columns: Sequence[str],
    query: str,
    is_offered: bool,
) -> ListPreset:
    """Kept under its name; one's own of the same name is replaced. Raises NotPermitted, Invalid at the field."""
    actor.require(Permission.EXPORT)
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise Invalid(f"Назовите набор: не больше {LONGEST_NAME} знаков.", field="name")
    if len(query) > LONGEST_QUERY:
        raise Invalid("Условий слишком много, чтобы их запомнить: снимите часть.", field="name")
    if is_offered:
        actor.require(Permission.PRESET_OFFER)
    mine = [one for one in of_register(session, register) if is_own(one, actor)]
    there = next((one for one in mine if one.name == tidy), None)
    if there is None:
        if len(mine) >= MOST:
            raise Invalid(f"Наборов уже {MOST}: удалите ненужные.", field="name")
        there = ListPreset(user_id=actor.user_id, org_unit_id=actor.unit_id, register=register, name=tidy)
        session.add(there)
    there.columns, there.query = list(columns), query
    there.is_offered, there.offered_by = is_offered, actor.unit_name if is_offered else ""
    session.flush()
    return there


def delete(session: Session, actor: Actor, preset: ListPreset) -> None:
    """Only its owner's act. Raises NotPermitted."""
    if not is_own(preset, actor):
        raise NotPermitted("Этот набор предложила вышестоящая организация: удаляет его тот, кто его сохранил.")
    session.delete(preset)
    session.flush()
