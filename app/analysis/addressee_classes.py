"""Classes of addressees («общеобразовательным организациям», «МОУО») as orders write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.analysis.order_proposal import RegisterUnit
from app.analysis.order_source import Source, Word
from app.models.enumeration import AddresseeClauseKind as Kind

_PLURAL = r"(?:ые|ых|ым|ыми|ие|их|им|ими)"
_ENDING = r"[а-я]{0,4}"
_SCHOOL_KIND = rf"(?:обще)?образовательн{_PLURAL}|образовательно-воспитательн{_PLURAL}|учебн{_PLURAL}"
_CLASSES: tuple[tuple[Kind | None, tuple[str, ...]], ...] = (
    (
        Kind.ALL_PROVIDERS,
        (rf"организаци{_ENDING}|учреждени{_ENDING}", "дополнительного", "профессионального", "образования"),
    ),
    (Kind.ALL_PROVIDERS, (r"организаци(?:ям|ями|й)|учреждени(?:ям|ями|й)", "дпо")),
    (Kind.ALL_SCHOOLS, (_SCHOOL_KIND, rf"организаци{_ENDING}|учреждени{_ENDING}|школ{_ENDING}")),
    (Kind.ALL_SCHOOLS, (r"школы|школ|школам|школами|школах|общеобразовательных|гимназиям|лицеям",)),
    (Kind.ALL_SCHOOLS, (r"оо|оу|ошо",)),
    (
        Kind.ALL_MUNICIPALITIES,
        (
            rf"орган{_ENDING}",
            "местного",
            "самоуправления",
            rf"осуществляющ{_ENDING}",
            "управление",
            "в",
            "сфере",
            "образования",
        ),
    ),
    (Kind.ALL_MUNICIPALITIES, (rf"орган{_ENDING}", "местного", "самоуправления")),
    (Kind.ALL_MUNICIPALITIES, (rf"муниципальн{_PLURAL}", r"орган(?:ы|ов|ам|ами|ах)", "управления", "образованием")),
    (
        Kind.ALL_MUNICIPALITIES,
        (rf"муниципальн{_PLURAL}", r"управлени(?:я|й|ям|ями)|отдел(?:ы|ов|ам|ами)", "образования|образованием"),
    ),
    (Kind.ALL_MUNICIPALITIES, (r"орган(?:ы|ов|ам|ами|ах)", "управления", "образованием")),
    (Kind.ALL_MUNICIPALITIES, (rf"муниципальн{_PLURAL}", r"образовани(?:я|й|ям|ями|ях)")),
    (Kind.ALL_MUNICIPALITIES, (r"муниципалитет(?:ы|ов|ам|ами|ах)",)),
    (Kind.ALL_MUNICIPALITIES, (r"моуо|омсу|оуо|муо",)),
    (Kind.ALL_MUNICIPALITIES, (r"администраци(?:и|й|ям|ями)",)),
    (
        Kind.ALL_MUNICIPALITIES,
        (r"управлени(?:ям|ями|й|я|ю|е)|отдел(?:ам|ов|ы|у|а)?|департамент(?:ам|ов|у|а)?", "образования"),
    ),
    (None, (rf"муниципальн{_ENDING}|городск{_ENDING}", rf"округ{_ENDING}|район{_ENDING}")),
    (None, (rf"округ{_ENDING}|район(?:а|у|ов|ам|ами|ом)?",)),
)
_PATTERNS = tuple((kind, tuple(re.compile(part) for part in parts)) for kind, parts in _CLASSES)
_PLURAL_KIND = re.compile(r"округ(?:ов|ам|ами|и|ах)|район(?:ов|ам|ами|ы|ах)")
_OF_ONE_SCHOOL = {"№", "с", "г", "пгт", "п", "им", "имени"}

Sort = Literal["unit", "class", "kind", "except", "unknown"]


@dataclass(frozen=True, slots=True)
class Item:
    """Some words of an addressee phrase and what they are."""

    sort: Sort
    start: int
    end: int
    in_brackets: bool = False
    clause: Kind | None = None
    units: tuple[RegisterUnit, ...] = ()
    exact: bool = True
    dative: bool = False
    narrowed: str = ""


def class_at(source: Source, words: Sequence[Word], position: int) -> tuple[Item | None, int]:
    """The class whose words begin at `position`, and the index after them.

    A «kind» («городских округов») follows names that share it; in the plural and alone it stands for all.
    """
    for kind, parts in _PATTERNS:
        after = position + len(parts)
        if after > len(words):
            continue
        span = words[position:after]
        if not all(part.fullmatch(word.folded) for part, word in zip(parts, span, strict=True)):
            continue
        if (
            len(parts) == 1
            and kind is Kind.ALL_SCHOOLS
            and after < len(words)
            and words[after].folded in _OF_ONE_SCHOOL
        ):
            continue  # «школы № 9», «школы с. Онор»
        if parts[0].pattern == "оо|оу|ошо" and not source.raw(span[0]).isupper():
            continue
        if kind is None:
            clause = Kind.ALL_MUNICIPALITIES if _PLURAL_KIND.fullmatch(span[-1].folded) else None
            return Item("kind", span[0].start, span[-1].end, clause=clause), after
        return Item("class", span[0].start, span[-1].end, clause=kind), after
    return None, position


def class_begins(source: Source, words: Sequence[Word]) -> bool:
    """The words begin with a class of addressees («общеобразовательные организации …»)."""
    return bool(words) and class_at(source, words, 0)[0] is not None
