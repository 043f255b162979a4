"""A draft from the text of a document: what the parser proposes becomes rows with their quotes and doubts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from app.analysis.order_proposal import Ground, NothingToPropose, OrderProposal, PointProposal, Quote, Term
from app.analysis.order_text import parse_order
from app.documents.limits import MAX_TEXT_CHARS
from app.models import AddresseeClause, Order, OrderGround, OrderPoint
from app.models.enumeration import OrderKind, Recurrence, TermKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services.order import create_draft
from app.services.order_addressees import register_of


def tidy(text: str) -> str:
    """Line feeds only and no control characters: offsets of quotes count in the text as it is kept."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in plain if sign >= " " or sign in "\n\t").strip()


def draft_from_text(
    session: Session,
    actor: Actor,
    text: str,
    *,
    file_name: str = "",
    digest: str = "",
    today: date | None = None,
    is_demo: bool = False,
) -> Order:
    """The draft that the text proposes, addressees looked for below the actor's unit.

    Raises Invalid (field «text») where the text is empty, too long or has no recognisable point: nothing is written.
    """
    actor.require(Permission.ORDER_WRITE)
    plain = tidy(text)
    if len(plain) > MAX_TEXT_CHARS:
        raise Invalid(
            "Текст длиннее миллиона знаков, на распоряжение это не похоже: вставьте только его.", field="text"
        )
    register = register_of(session, actor.unit_id or 0, today=today)
    try:
        proposal = parse_order(plain, register.units, issuer_id=actor.unit_id)
    except NothingToPropose as nothing:
        raise Invalid(str(nothing), field="text") from nothing
    order = create_draft(
        session,
        actor,
        kind=proposal.kind.value if proposal.kind else OrderKind.DIRECTIVE,
        number=proposal.number.value if proposal.number else "",
        dated_on=proposal.dated_on.value if proposal.dated_on else None,
        title=proposal.title.value if proposal.title else "",
        issuer_name=proposal.issuer.value if proposal.issuer else "",
        signed_by=proposal.signed_by.value if proposal.signed_by else "",
        controller=proposal.controller.value if proposal.controller else "",
        source_text=plain,
        source_file_name=file_name,
        source_digest=digest,
        is_demo=is_demo,
    )
    order.doubts = list(_doubts_of_heading(proposal))
    order.grounds += [_ground(ground) for ground in proposal.grounds]
    taken: set[str] = set()
    for position, point in enumerate(proposal.points, start=1):
        order.points.append(_point(order, point, position, taken))
    session.flush()
    return order


def _doubts_of_heading(proposal: OrderProposal) -> Iterable[str]:
    yield from proposal.doubts
    for word, found in (
        ("Вид", proposal.kind),
        ("Номер", proposal.number),
        ("Дата", proposal.dated_on),
        ("Заголовок", proposal.title),
        ("Кем выпущен", proposal.issuer),
        ("Контроль", proposal.controller),
        ("Подпись", proposal.signed_by),
    ):
        if found is not None and found.doubt:
            yield f"{word}: {found.doubt}"
    for ground in proposal.grounds:
        if ground.doubt:
            yield f"Основание № {ground.number}: {ground.doubt}"


def _ground(ground: Ground) -> OrderGround:
    return OrderGround(
        kind=ground.kind,
        number=ground.number,
        dated_on=ground.dated_on,
        title=ground.title,
        effect=ground.effect,
        quote_start=ground.quote.start,
        quote_end=ground.quote.end,
    )


def _point(order: Order, proposal: PointProposal, position: int, taken: set[str]) -> OrderPoint:
    doubts = [*proposal.doubts, *(doubt for doubt in (proposal.modality.doubt, proposal.term.doubt) if doubt)]
    number = proposal.number or str(position)
    if f"{number}{proposal.stage}" in taken:
        doubts.append(f"Номер {number}{proposal.stage} встречается в тексте дважды: дайте пункту свой номер.")
        number = next(
            name for copy in range(2, len(taken) + 3) if f"{(name := f'{number}-{copy}')}{proposal.stage}" not in taken
        )
    taken.add(f"{number}{proposal.stage}")
    term, doubt = _term(proposal.term)
    if doubt:
        doubts.append(doubt)
    text = proposal.text.strip() or proposal.quote.text.strip() or "Текст пункта не понят."
    point = OrderPoint(
        position=position,
        number=number,
        stage=proposal.stage,
        intro=proposal.intro,
        text=text,
        modality=proposal.modality.value,
        term_kind=term.kind,
        due_on=term.due_on,
        term_written=term.written,
        recurrence=term.recurrence,
        recurrence_day=term.day,
        recurrence_month=_month(proposal.term),
        evidence_required=proposal.evidence_required,
        evidence_note=proposal.evidence_note,
        quote_start=proposal.quote.start,
        quote_end=proposal.quote.end,
        doubts=list(dict.fromkeys(doubts)),
    )
    point.clauses = [
        AddresseeClause(
            order_id=order.id,
            kind=clause.kind,
            org_unit_id=clause.unit_id,
            written=" ".join(clause.quote.text.split()) if clause.quote else "",
            doubt=clause.doubt or "",
            quote_start=_start(clause.quote),
            quote_end=clause.quote.end if clause.quote else None,
        )
        for clause in proposal.addressees
    ]
    return point


def _start(quote: Quote | None) -> int | None:
    return quote.start if quote else None


def _month(term: Term) -> int | None:
    """«ежегодно до 1 сентября»: a recurring term's day is its first one."""
    return term.due_on.month if term.recurrence is Recurrence.YEARLY and term.due_on is not None else None


def _term(term: Term) -> tuple[Term, str]:
    """The term as a row can hold it, and what was lost on the way."""
    if term.kind in {TermKind.DATE, TermKind.PERIOD} and term.due_on is None:
        return Term(TermKind.NONE, written=term.written), f"День срока «{term.written}» не понят: укажите его сами."
    if term.kind is TermKind.RECURRING:
        if term.recurrence is None:
            return Term(
                TermKind.NONE, written=term.written
            ), f"Повторение «{term.written}» не понято: укажите его сами."
        return Term(term.kind, None, term.recurrence, term.day, term.written), ""
    if term.kind is TermKind.NONE:
        return Term(TermKind.NONE, written=term.written), ""
    return Term(term.kind, term.due_on, None, None, term.written), ""
