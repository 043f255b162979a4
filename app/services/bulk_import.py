"""Records from a workbook: every row is judged by reading only, and the import acts on exactly what was judged.

The dry run and the import share `plan`, which holds no write lock. The import plans once more, a long one just before
its transaction; whoever calls it compares the two plans before anything is written, and each act asks whether its
record still is as it was judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice
from typing import Protocol

from app.excel.incoming import Incoming, IncomingRow
from app.excel.sheet import ColumnRole, Sheet
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, Refusal
from app.services.row_verdict import Planned, RowVerdict, VerdictKind, refused, wrong

# What one import may bring: a country's schools fit; more is no list that a person has read.
MAX_ROWS = 100_000
TOLD_EVERY = 200
AT_ONCE = 250


class Judge(Protocol):
    """Knows the records of the actor's scope, read once; remembers what earlier rows of the file would do."""

    def judge(self, row: IncomingRow) -> Planned:
        """Reads nothing that it could have read before; raises Refusal for a row that is wrong as a whole."""

    def label(self, row: IncomingRow) -> str:
        """What the row is about, in the words of the file."""


@dataclass(frozen=True, slots=True)
class Importer:
    """How a register takes rows in. `directories` are the words of its drop-downs, cut to the actor's scope.

    Rows of a lower `precedence` are judged and done first.
    """

    register: str
    sheet: Sheet
    permission: Permission
    begin: Callable[[GuardedSession, Actor, date], Judge]
    directories: Callable[[GuardedSession, Actor], Mapping[str, Sequence[str]]]
    precedence: Callable[[IncomingRow], int] = lambda row: 0  # noqa: ARG005 - most registers have none


Tell = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    del done, total


def plan(
    session: GuardedSession,
    actor: Actor,
    importer: Importer,
    incoming: Incoming,
    *,
    today: date,
    clear_empty: bool = False,
    tell: Tell = silent,
) -> list[Planned]:
    """One plan for each row of the file, in the order in which they are to be done. Only reads.

    An empty cell leaves what the record holds, unless `clear_empty`: lists of other systems come with empty columns.
    Raises NotPermitted, Invalid for too many rows.
    """
    actor.require(importer.permission)
    if len(incoming.rows) > MAX_ROWS:
        raise Invalid(f"В файле больше {MAX_ROWS} строк: разделите его на части.")
    judge = importer.begin(session, actor, today)
    plans = []
    with session.no_autoflush:
        for number, row in enumerate(sorted(incoming.rows, key=importer.precedence), start=1):
            plans.append(_judged(judge, row if clear_empty else _filled(importer.sheet, row)))
            if number % TOLD_EVERY == 0:
                tell(number, len(incoming.rows))
    return plans


def carry_out(
    session: GuardedSession, plans: Sequence[Planned], *, only_right: bool, tell: Tell = silent
) -> list[RowVerdict]:
    """Acts on the plans in order and returns what became of each row.

    All or nothing: the first refusal is raised, and the caller rolls back. With `only_right` a wrong or refused row is
    left out and changes nothing, the others are done. Raises Invalid where rows are wrong and not all was allowed.
    """
    bad = sum(one.verdict.kind in {VerdictKind.WRONG, VerdictKind.CONFLICT} for one in plans)
    if bad and not only_right:
        raise Invalid(f"Строк с ошибками: {bad}. Исправьте их или запишите только верные.")
    outcome: list[RowVerdict] = []
    for group in _groups(plans):
        outcome += _done_together(session, group) or [_done(session, one, only_right=only_right) for one in group]
        if len(outcome) // TOLD_EVERY > (len(outcome) - len(group)) // TOLD_EVERY:
            tell(len(outcome), len(plans))
    return outcome


def _groups(plans: Sequence[Planned]) -> Iterator[list[Planned]]:
    """Neighbours that can be done at once; every other row alone."""
    for together, neighbours in groupby(plans, key=lambda one: one.together):
        if together is None:
            yield from ([one] for one in neighbours)
            continue
        while group := list(islice(neighbours, AT_ONCE)):
            yield group


def _done_together(session: GuardedSession, group: Sequence[Planned]) -> list[RowVerdict]:
    """Empty where they cannot be done at once: then each is tried alone, and says itself what is in its way."""
    together = group[0].together
    if together is None or len(group) == 1:
        return []
    try:
        with session.begin_nested():
            together([one.subject for one in group])
    except Refusal:
        session.expire_all()
        return []
    return [one.verdict for one in group]


def verdicts_of(plans: Iterable[Planned]) -> list[RowVerdict]:
    """In the order of the file."""
    return in_order(one.verdict for one in plans)


def in_order(verdicts: Iterable[RowVerdict]) -> list[RowVerdict]:
    """By rows; sheets of one book after one another as they came."""
    found = list(verdicts)
    tabs = {sheet: place for place, sheet in enumerate(dict.fromkeys(one.sheet for one in found))}
    return sorted(found, key=lambda one: (tabs[one.sheet], one.row))


def _filled(sheet: Sheet, row: IncomingRow) -> IncomingRow:
    fields = {column.key for column in sheet.columns if column.role is ColumnRole.FIELD}
    given = {key: value for key, value in row.values.items() if value is not None or key not in fields}
    return IncomingRow(row.number, given, row.problems)


def _judged(judge: Judge, row: IncomingRow) -> Planned:
    if row.problems:
        return wrong(row.number, judge.label(row), row.problems)
    try:
        return judge.judge(row)
    except Refusal as refusal:
        return refused(row.number, judge.label(row), refusal)


def _done(session: GuardedSession, one: Planned, *, only_right: bool) -> RowVerdict:
    if one.act is None:
        return one.verdict
    if not only_right:
        try:
            one.act()
        except Refusal as refusal:
            raise Invalid(f"{one.verdict.place}: {refusal.sentence} Ничего не записано.") from refusal
        return one.verdict
    try:
        with session.begin_nested():
            one.act()
    except Refusal as refusal:
        session.expire_all()
        verdict = refused(one.verdict.row, one.verdict.label, refusal).verdict
        return replace(verdict, sheet=one.verdict.sheet)
    return one.verdict
