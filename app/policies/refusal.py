"""Refusals are Russian sentences with a kind; the web edge turns the kind into an HTTP status."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - the product's word; it is no program error
    """Something was not done, and the sentence says why and what to do."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        # The name of the form's field at which the sentence belongs, if there is one.
        self.field = field


class NotPermitted(Refusal):
    """The actor sees the record but may not do this."""


class NotFound(Refusal):
    """No such record for this actor: absent and foreign are one."""

    def __init__(self, sentence: str = "Такой записи нет или она вне вашей части дерева.") -> None:
        super().__init__(sentence)


class Invalid(Refusal):
    """A value that cannot be accepted; `field` says where."""


class WrongState(Refusal):
    """The record's state does not allow this action."""


class Conflict(Refusal):
    """Somebody saved first; nothing was overwritten."""


class ScopeBreach(Refusal):
    """A write outside the actor's part of the tree: a defect or an attack, never a user's mistake."""

    def __init__(self, sentence: str = "Такой записи нет или она вне вашей части дерева.") -> None:
        super().__init__(sentence)
