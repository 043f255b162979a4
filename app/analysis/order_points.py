"""Points turned into proposals: whom, what, by when, with what proof; several terms make stages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.analysis import word_forms
from app.analysis.order_head import Head, Register, read_head
from app.analysis.order_proposal import AddresseeClause, Found, PointProposal, Term
from app.analysis.order_source import Source
from app.analysis.order_terms import WrittenTerm
from app.models.enumeration import Modality, TermKind

_STAGES = "абвгдежзиклмнопрстуфхцчшщэюя"
_EVIDENCE = re.compile(
    r"\bс\s{1,4}приложением\s[^.;]{1,160}|\b(?:приложить|прикрепить|приложив)\s[^.;]{1,160}|\bподтверждающ[а-я]{2,3}\s{1,4}[а-я]{3,20}"
    r"|\b(?:скан-?)?копи(?:и|ю|ей|ями)\s[^.;,]{1,100}|\b(?:ссылк[уиа]|ссылками)\s[^.;,]{1,80}"
)
_REPORT_ALWAYS = {"сообщить", "проинформировать", "информировать"}
_REPORT_VERBS = {"направить", "представить", "предоставить", "прислать", "направлять", "представлять", "предоставлять"}
_REPORT_OBJECT = re.compile(r"\b(?:информаци|сведени|отчет|данны|справк)")
_IDLE = re.compile(
    r"(?:настоящ[а-я]{2,3}\s{1,4})?(?:распоряжение|приказ)\s{1,4}(?:вступает|довести)|признать\s{1,4}утративш|считать\s{1,4}утративш"
    r"|отменить\s{1,4}(?:приказ|распоряжени)"
)
_NO_ADDRESSEE = "Адресат не назван: выберите его сами."
_LEADING = re.compile(r"(?:[\s,;:.•-]|и\s|[а-я]\)\s|а\s{1,3}также\s){0,8}")
_BY_WHEN = re.compile(r"\s(?:в срок|до|не позднее|в течение)\s(?=до\s|\d)")
_SHORT_END = re.compile(r"\b(?:г|т\.\s?[гдп]|др|[А-ЯЁ])\.$")
_MOST_WORDS_BEFORE_LEADING_TERM = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is one point: where it begins with and without its number, and where it ends."""

    number: str
    start: int
    body: int
    end: int
    doubt: str | None = None


def is_idle(source: Source, piece: Piece) -> bool:
    """A point that asks nothing of anybody: coming into force, repeal."""
    return _IDLE.match(source.folded, piece.body, piece.end) is not None


def propose(
    source: Source,
    piece: Piece,
    above: Sequence[Head],
    intro: str,
    register: Register,
    *,
    recipients: tuple[AddresseeClause, ...] = (),
    addressed: tuple[AddresseeClause, ...] | None = None,
    term: Term | None = None,
) -> list[PointProposal]:
    """The point as one proposal, or as its stages «а», «б» … where it has several terms.

    `above` are the heads of the points above it, from the top. `addressed` and `term` come from a table row
    and go before everything else; `recipients` are those of a letter.
    """
    accusative = any(outer.accusative for outer in above)
    head = read_head(source, piece.body, piece.end, register, group=False, accusative=accusative)
    clauses = addressed if addressed is not None else head.clauses
    for outer in reversed(above):
        clauses = clauses or outer.clauses
    clauses = clauses or recipients
    modality = head.modality or next((outer.modality for outer in reversed(above) if outer.modality), None)
    body = head.body if head.body < piece.end else piece.body
    modality = _modality(source, body, piece.end, modality)
    doubts = tuple(doubt for doubt in (piece.doubt, None if clauses else _NO_ADDRESSEE) if doubt)
    own_intro = source.clean(piece.body, body).rstrip(" :,-–")
    intro = intro if own_intro == "" else f"{intro} {own_intro}".strip()
    written = _distinct(head.terms) if term is None else []
    inherited = next((outer.terms[-1].term for outer in reversed(above) if outer.terms), Term(TermKind.NONE))
    made: list[PointProposal] = []
    segments = _segments(source, body, piece.end, written)
    for index, (start, end, stage_term) in enumerate(segments):
        text_start = _LEADING.match(source.folded, start, end)
        first = text_start.end() if text_start and index else start
        quote = source.quote(first if len(segments) > 1 and index else piece.start, end)
        evidence = _EVIDENCE.search(source.folded, first, end)
        made.append(
            PointProposal(
                number=piece.number,
                stage=_STAGES[index] if len(segments) > 1 else "",
                intro=intro,
                text=_told(source.clean(first, end)),
                quote=quote,
                modality=modality,
                addressees=clauses,
                term=term or (stage_term.term if stage_term else _standing(head.terms) or inherited),
                evidence_required=evidence is not None,
                evidence_note=_told(_BY_WHEN.split(source.clean(*evidence.span()))[0]) if evidence else "",
                doubts=doubts,
            )
        )
    return made


def _told(text: str) -> str:
    """Without the mark at the end; the full stop of «т.г.» and «т.д.» stays."""
    text = text.rstrip(" ;,")
    return text if _SHORT_END.search(text) else text.rstrip(" ;,.")


def _standing(written: Sequence[WrittenTerm]) -> Term | None:
    return written[0].term if written else None


def _modality(source: Source, start: int, end: int, found: Found[Modality] | None) -> Found[Modality]:
    if found is not None and found.value is not Modality.INSTRUCT:
        return found
    words = source.words(start, min(end, start + 600))
    act = next((word for word in words if word_forms.is_infinitive(word.folded)), None)
    if act is None:
        doubt = "Не понято, что поручено: проверьте текст пункта и силу поручения." if found is None else None
        return found or Found(Modality.INSTRUCT, None, doubt)
    reports = act.folded in _REPORT_ALWAYS or (
        act.folded in _REPORT_VERBS and _REPORT_OBJECT.search(source.folded, start, end) is not None
    )
    if reports:
        return Found(Modality.REPORT, source.quote(act.start, act.end))
    return found or Found(Modality.INSTRUCT, source.quote(act.start, act.end))


def _distinct(written: Sequence[WrittenTerm]) -> list[WrittenTerm]:
    """The terms that make stages: a day said twice is one term; «постоянно» is none."""
    result: list[WrittenTerm] = []
    seen: set[tuple[object, ...]] = set()
    for term in written:
        key = (term.term.due_on, term.term.recurrence, term.term.day)
        if term.term.kind is TermKind.NONE or (key in seen and term.term.due_on is not None):
            continue
        seen.add(key)
        result.append(term)
    return result[: len(_STAGES)]


def _segments(
    source: Source, start: int, end: int, written: Sequence[WrittenTerm]
) -> list[tuple[int, int, WrittenTerm | None]]:
    """Each stage ends with its term; where the first term stands before what to do, each begins with it."""
    if len(written) <= 1:
        return [(start, end, written[0] if written else None)]
    inside = [term for term in written if term.end > start]
    if len(inside) <= 1:
        return [(start, end, written[0])]
    leading = len(source.words(start, inside[0].start)) <= _MOST_WORDS_BEFORE_LEADING_TERM
    segments: list[tuple[int, int, WrittenTerm | None]] = []
    for index, term in enumerate(inside):
        last = index == len(inside) - 1
        if leading:
            first = start if index == 0 else term.start
            segments.append((first, end if last else inside[index + 1].start, term))
        else:
            first = start if index == 0 else inside[index - 1].end
            segments.append((first, end if last else term.end, term))
    return segments
