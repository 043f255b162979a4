"""A recipient's own word: no more of these letters, or these letters again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import MailRefusal
from app.policies.actor import Actor
from app.policies.refusal import NotFound, WrongState
from app.services import beyond_scope


def title_for(session: Session, actor: Actor, mailing_id: int) -> str:
    """Raises NotFound for a mailing whose letters do not reach this person."""
    title = beyond_scope.mail_title(session, mailing_id, actor.user_id or 0)
    if title is None:
        raise NotFound
    return title


def is_refused(session: Session, actor: Actor, mailing_id: int) -> bool:
    return beyond_scope.refused_mail(session, mailing_id, actor.user_id or 0)


def refuse(session: Session, actor: Actor, mailing_id: int) -> None:
    """For the person, wherever they stand; refusing twice changes nothing."""
    title = title_for(session, actor, mailing_id)
    if is_refused(session, actor, mailing_id):
        return
    session.add(MailRefusal(user_id=actor.user_id, org_unit_id=actor.unit_id, mailing_id=mailing_id, title=title))
    session.flush()


def take_back(session: Session, actor: Actor, mailing_id: int) -> None:
    """Raises WrongState where the refusal was made standing in another unit: it is taken back there."""
    title_for(session, actor, mailing_id)
    found = session.scalar(select(MailRefusal).where(MailRefusal.mailing_id == mailing_id))
    if found is not None:
        session.delete(found)
        session.flush()
    elif is_refused(session, actor, mailing_id):
        raise WrongState("Вы отказались от писем, работая в другой организации. Переключитесь в неё и повторите.")
