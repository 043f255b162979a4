"""The one place where a state moves. A record's life cycle is a table of transitions, read by code and by people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from app.models.enumeration import Labelled
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted, WrongState

LONGEST_NOTE = 20_000


class Stateful(Protocol):
    status: Any


# A condition answers with the sentence of its refusal, or with nothing where it holds.
Condition = Callable[[Any, Actor], str | None]


@dataclass(frozen=True, slots=True)
class Transition:
    """`who` says which actors stand rightly to the record, `needs` what must be true of it."""

    action: str
    label: str
    sources: frozenset[Labelled]
    target: Labelled
    permission: Permission
    who: Condition
    needs: tuple[Condition, ...] = ()
    note_required: bool = False


def transition(
    action: str,
    label: str,
    sources: tuple[Labelled, ...],
    target: Labelled,
    permission: Permission,
    *,
    who: Condition,
    needs: tuple[Condition, ...] = (),
    note_required: bool = False,
) -> Transition:
    return Transition(action, label, frozenset(sources), target, permission, who, needs, note_required)


class Workflow:
    def __init__(self, *transitions: Transition) -> None:
        self._transitions = {step.action: step for step in transitions}
        if len(self._transitions) != len(transitions):
            raise ValueError("two transitions of one name")

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._transitions.values())

    def __getitem__(self, action: str) -> Transition:
        return self._transitions[action]

    def possible(self, record: Stateful, actor: Actor) -> tuple[Transition, ...]:
        """The transitions that the actor may make now: what the page offers as buttons."""
        return tuple(step for step in self if self._refusal(step, record, actor) is None)

    def allows(self, action: str, record: Stateful, actor: Actor) -> bool:
        return self._refusal(self[action], record, actor) is None

    def require(self, action: str, record: Stateful, actor: Actor) -> Transition:
        """Raises NotPermitted or WrongState with the sentence that says what is in the way."""
        step = self[action]
        refusal = self._refusal(step, record, actor)
        if refusal is not None:
            raise refusal
        return step

    def apply(self, action: str, record: Any, actor: Actor, *, note: str = "") -> Transition:
        """Moves the record and leaves the action and the note for the audit row of the same flush."""
        step = self.require(action, record, actor)
        # PostgreSQL keeps no zero characters in a text.
        note = note.replace("\x00", "")
        if len(note) > LONGEST_NOTE:
            raise Invalid("Текст длиннее 20 000 знаков: сократите его.", field="note")
        if step.note_required and not note.strip():
            raise Invalid("Напишите причину: без неё действие не записывается.", field="note")
        record.status = step.target
        record.pending_action = (step.action, note.strip())
        return step

    @staticmethod
    def _refusal(step: Transition, record: Stateful, actor: Actor) -> NotPermitted | WrongState | None:
        if not actor.may(step.permission):
            return NotPermitted("Ваши полномочия не позволяют этого действия.")
        stands = step.who(record, actor)
        if stands is not None:
            return NotPermitted(stands)
        if record.status not in step.sources:
            return WrongState(f"Действие «{step.label}» невозможно: сейчас состояние «{record.status.label}».")
        for condition in step.needs:
            sentence = condition(record, actor)
            if sentence is not None:
                return WrongState(sentence)
        return None
