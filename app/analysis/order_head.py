"""How a point begins: how strongly it binds, whom it addresses, where what to do starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.analysis import addressee_words, addressees, word_forms
from app.analysis.addressee_classes import class_begins
from app.analysis.addressee_words import Abbreviations
from app.analysis.order_proposal import AddresseeClause, Found
from app.analysis.order_source import Source, Word
from app.analysis.order_terms import WrittenTerm, terms_in
from app.analysis.unit_names import UnitNames
from app.models.enumeration import Modality

_LONGEST_HEAD = 2500
_INFORM = re.compile(
    r"(?:довести|доводим|доводит|доводится)\b[^.;]{0,300}?\bдо\s{1,4}сведения\s{1,4}|(?:принять|примите)\s{1,4}к\s{1,4}сведению\s{0,4}"
)
_REQUESTS: tuple[tuple[str, Modality, str | None], ...] = (
    ("рекоменд", Modality.RECOMMEND, None),
    ("предложить", Modality.RECOMMEND, "«Предложить» понято как «рекомендовать»: проверьте."),
    ("предлага", Modality.RECOMMEND, "«Предлагаем» понято как «рекомендовать»: проверьте."),
    ("поруч", Modality.INSTRUCT, None),
    ("обяз", Modality.INSTRUCT, None),
    ("приказыва", Modality.INSTRUCT, None),
    ("потребовать", Modality.INSTRUCT, None),
    ("прошу", Modality.INSTRUCT, "Просьба понята как поручение: проверьте."),
    ("просим", Modality.INSTRUCT, "Просьба понята как поручение: проверьте."),
    ("просит", Modality.INSTRUCT, "Просьба понята как поручение: проверьте."),
)
_NOT_REQUESTS = ("обязательн", "обязанн", "поручени", "рекомендаци", "рекомендован", "рекомендательн")
_ACCUSATIVE = ("обяз", "прос", "прош")
_PREPOSITIONS = {
    "в",
    "во",
    "на",
    "с",
    "со",
    "по",
    "при",
    "для",
    "до",
    "к",
    "из",
    "от",
    "не",
    "за",
    "через",
    "согласно",
    "под",
}
_ALL = {"всем", "всех", "каждому", "вас", "вам"}
_GOVERN_DATIVE = {"по", "к", "ко", "согласно", "благодаря", "вопреки"}


@dataclass(frozen=True, slots=True)
class Register:
    """What the reading of points needs to know: the names, the abbreviations of this text, the order's date."""

    names: UnitNames
    abbreviations: Abbreviations
    ordered_on: date | None


@dataclass(frozen=True, slots=True)
class Head:
    """`body` is where what to do begins; `accusative`: «обязываю кого», «прошу кого» and not «поручаю кому»."""

    modality: Found[Modality] | None
    clauses: tuple[AddresseeClause, ...]
    terms: tuple[WrittenTerm, ...]
    body: int
    accusative: bool = False


def read_head(
    source: Source, start: int, end: int, register: Register, *, group: bool, accusative: bool = False
) -> Head:
    """The head of a point; in a `group` (a point with sub-points) everything may be the address."""
    limit = min(end, start + _LONGEST_HEAD)
    written = tuple(terms_in(source, start, end, register.ordered_on))
    inform = _INFORM.match(source.folded, start, limit)
    if inform is not None:
        zone = (inform.end(), _informed_end(source, inform.end(), limit, register))
        clauses = _clauses(source, *zone, register, written)
        return Head(Found(Modality.INFORM, source.quote(*inform.span())), clauses, written, start)
    words = list(_open_words(source, start, limit))
    verb_at = next((i for i, word in enumerate(words) if _request(word)), None)
    act_at = next(
        (i for i, word in enumerate(words) if word_forms.is_infinitive(word.folded) and not _request(word)), None
    )
    if (
        verb_at is not None
        and (act_at is None or verb_at < act_at)
        and not _address_before(source, words[:verb_at], register)
    ):
        modality = _modality(source, words[verb_at])
        stop = words[act_at].start if act_at is not None else end
        if act_at is None and not group and not _colon(source, words[verb_at].end, end):
            stop = min(end, limit)
        clauses = _addressed(source, words[verb_at].end, stop, register, written, accusative=True)
        body = _body(words[verb_at].end, stop, end, written, act_at is not None)
        return Head(modality, clauses, written, body, words[verb_at].folded.startswith(_ACCUSATIVE))
    if act_at == 0 or (act_at is None and not group):
        return Head(None, (), written, start)
    stop = words[act_at].start if act_at is not None else end
    clauses = _addressed(source, start, stop, register, written, accusative=accusative)
    body = _body(start, stop, end, written, act_at is not None) if clauses else start
    return Head(None, clauses, written, body)


def _request(word: Word) -> bool:
    return word.folded.startswith(tuple(stem for stem, _, _ in _REQUESTS)) and not word.folded.startswith(_NOT_REQUESTS)


def _modality(source: Source, word: Word) -> Found[Modality]:
    _, modality, doubt = next(request for request in _REQUESTS if word.folded.startswith(request[0]))
    return Found(modality, source.quote(word.start, word.end), doubt)


def _colon(source: Source, start: int, end: int) -> bool:
    return source.folded[start:end].rstrip().endswith(":")


def _body(start: int, stop: int, end: int, written: Sequence[WrittenTerm], acts: bool) -> int:
    """What to do begins with its verb, or with a term right before it."""
    if not acts:
        return min(end, stop)
    return min([stop, *(term.start for term in written if start <= term.start < stop)])


def _open_words(source: Source, start: int, end: int) -> Iterator[Word]:
    """The words that stand neither in brackets nor in guillemets."""
    depth = 0
    position = start
    for word in source.words(start, end):
        for letter in source.plain[position : word.start]:
            if letter in "(«":
                depth += 1
            elif letter in ")»":
                depth = max(0, depth - 1)
        position = word.end
        if not depth:
            yield word


def _address_before(source: Source, words: Sequence[Word], register: Register) -> bool:
    return bool(words) and _address_at(source, words, register, accusative=False) is not None


def _address_at(source: Source, words: Sequence[Word], register: Register, *, accusative: bool) -> int | None:
    """The index of the word with which an address begins, None where the words are no address."""
    if not words:
        return None
    first = words[0].folded
    if _opens_address(source, words, register, accusative=accusative):
        return 0
    if not accusative and first not in _PREPOSITIONS and word_forms.cases(first):
        return None  # «Информацию о …» is what to send, not to whom
    for index, (before, word) in enumerate(pairwise(words), start=1):
        if before.folded in _ALL or (word_forms.only_dative(word.folded) and before.folded not in _GOVERN_DATIVE):
            return index
    return None


def _opens_address(source: Source, words: Sequence[Word], register: Register, *, accusative: bool) -> bool:
    raw, cases = source.raw(words[0]), word_forms.cases(words[0].folded)
    if "datv" in cases or (raw.isupper() and len(raw) > 1) or register.names.at(words, 0) is not None:
        return True
    return accusative and "accs" in cases and (word_forms.is_person(words[0].folded) or class_begins(source, words))


def _addressed(
    source: Source, start: int, stop: int, register: Register, written: Sequence[WrittenTerm], *, accusative: bool
) -> tuple[AddresseeClause, ...]:
    words = [word for word in source.words(start, stop) if not any(t.start <= word.start < t.end for t in written)]
    at = _address_at(source, words, register, accusative=accusative)
    if at is None:
        return ()
    return _clauses(source, words[at].start, stop, register, written)


def _clauses(
    source: Source, start: int, stop: int, register: Register, written: Sequence[WrittenTerm]
) -> tuple[AddresseeClause, ...]:
    """The clauses of a stretch, what is a term in it left out."""
    found: list[AddresseeClause] = []
    for term in [*(term for term in written if start <= term.start < stop), None]:
        upto = term.start if term else stop
        found.extend(addressees.clauses_in(source, start, upto, register.names, register.abbreviations))
        start = term.end if term else stop
    return tuple(found)


def _informed_end(source: Source, start: int, limit: int, register: Register) -> int:
    """«До сведения кого» is a genitive: it ends before the first word that is what they are informed of."""
    named = {
        item.end
        for item in addressee_words.items_in(source, start, limit, register.names, register.abbreviations)
        if item.sort != "unknown"
    }
    last = -1
    before = ""
    for word in _open_words(source, start, limit):
        cases = word_forms.cases(word.folded)
        raw = source.raw(word)
        plain_word = not raw[:1].isupper() and not before.startswith("осуществляющ")
        follows = last in named and not source.plain[last : word.start].strip()
        if plain_word and "accs" in cases and (follows or not cases & {"gent", "datv"}):
            return word.start
        last = word.end
        before = word.folded
    return limit
