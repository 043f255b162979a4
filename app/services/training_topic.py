"""Topics of training: one vocabulary for the region, in which programmes, documents and requirements meet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import TrainingTopic
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services.training_norm import require_keeper

LONGEST_TITLE = 200


def topics(session: Session) -> list[TrainingTopic]:
    """Those of the reader's region, by title."""
    return sorted(session.scalars(select(TrainingTopic)), key=lambda topic: (folded(topic.title), topic.id))


def topic_of(session: Session, topic_id: int) -> TrainingTopic:
    """The topic, or NotFound."""
    topic = session.get(TrainingTopic, topic_id)
    if topic is None:
        raise NotFound
    return topic


def create(session: Session, actor: Actor, *, title: str, counts_in_monitoring: bool = False) -> TrainingTopic:
    """Raises Invalid at `title`."""
    require_keeper(actor)
    made = TrainingTopic(
        org_unit_id=actor.region_id, title=_free_title(session, title), counts_in_monitoring=counts_in_monitoring
    )
    session.add(made)
    session.flush()
    return made


def change(
    session: Session, actor: Actor, topic: TrainingTopic, *, version: int, title: str, counts_in_monitoring: bool
) -> None:
    """What refers to the topic follows its name. Raises Conflict where somebody saved since `version`."""
    require_keeper(actor)
    if topic.version != version:
        raise Conflict(f"Тему успели изменить. Сейчас сохранено: «{topic.title}».")
    topic.title = _free_title(session, title, other_than=topic.id)
    topic.counts_in_monitoring = counts_in_monitoring
    session.flush()


def _free_title(session: Session, typed: str, *, other_than: int | None = None) -> str:
    title = " ".join(typed.replace("\x00", "").split())
    if not title:
        raise Invalid("Назовите тему, например «ВСОКО».", field="title")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"Название не длиннее {LONGEST_TITLE} знаков.", field="title")
    if any(folded(topic.title) == folded(title) and topic.id != other_than for topic in topics(session)):
        raise Invalid("Такая тема уже есть: выберите её или назовите иначе.", field="title")
    return title
