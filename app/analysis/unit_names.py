"""Names of the unit tree found in running text, in any grammatical case, kind words left aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.analysis import word_forms
from app.analysis.order_proposal import RegisterUnit
from app.analysis.order_source import Source, Word
from app.models.enumeration import UnitKind

_KIND_WORDS = {"городской", "муниципальный", "округ", "район", "го", "мо", "мр", "г", "город", "администрация"}
_KIND_WORDS |= {"образование", "и", "область"}
_LEGAL_FORMS = {
    "мбоу",
    "маоу",
    "мкоу",
    "гбоу",
    "гаоу",
    "гкоу",
    "чоу",
    "ано",
    "дпо",
    "огбоу",
    "гоу",
    "моу",
    "гау",
    "гбу",
}
_LEGAL_FORM_STEMS: tuple[str, ...] = (
    "муниципальн",
    "бюджетн",
    "автономн",
    "казенн",
    "государственн",
    "общеобразовательн",
    "образовательн",
)
_LEGAL_FORM_STEMS += ("учрежден", "дополнительн", "профессиональн", "областн", "организаци")
_TYPES = {
    "сош": ("средняя", "общеобразовательная", "школа"),
    "оош": ("основная", "общеобразовательная", "школа"),
    "нош": ("начальная", "общеобразовательная", "школа"),
}
_TYPE_WORDS = {*_TYPES, "школа", "гимназия", "лицей"}
_COMPASS = {"северо", "южно", "западно", "восточно"}
_HYPHEN_GAP = re.compile(r"\s{0,3}-\s{0,3}")
_NAME_WORD = re.compile(r"№|[^\W_]+(?:-[^\W_]+)*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_IN_QUOTES = re.compile(r"[«\"]([^«»\"]+)[»\"]")
_COMPARE = 14  # words of a name that are compared; longer names differ earlier


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: the units that bear it (several when it is ambiguous) and how sure that is."""

    units: tuple[RegisterUnit, ...]
    first: int
    after: int
    exact: bool


def is_legal_form(word: str) -> bool:
    """«МБОУ», «государственного», «учреждения»: words that come before a name and are no part of it."""
    return word in _LEGAL_FORMS or word.startswith(_LEGAL_FORM_STEMS)


def joined(source: Source, words: Sequence[Word]) -> list[Word]:
    """The words with «Северо - Курильский» made one."""
    result: list[Word] = []
    for word in words:
        before = result[-1] if result else None
        if (
            before is not None
            and before.folded in _COMPASS
            and _HYPHEN_GAP.fullmatch(source.folded, before.end, word.start)
        ):
            result[-1] = Word(f"{before.folded}-{word.folded}", before.start, word.end)
        else:
            result.append(word)
    return result


@dataclass(slots=True)
class _Branch:
    """Names that share their first words: `parts` by every dictionary form of the next word."""

    parts: dict[str, set[str]] = field(default_factory=dict)
    branches: dict[str, _Branch] = field(default_factory=dict)
    bearers: list[tuple[RegisterUnit, bool]] = field(default_factory=list)

    def grow(self, part: str) -> _Branch:
        if part not in self.branches:
            self.branches[part] = _Branch()
            for form in word_forms.forms(part):
                self.parts.setdefault(form, set()).add(part)
        return self.branches[part]

    def followed_by(self, word: str) -> list[_Branch]:
        fitting = {part for form in word_forms.forms(word) for part in self.parts.get(form, ())}
        return [self.branches[part] for part in sorted(fitting)]


class UnitNames:
    """The names of some units, made ready for look-up; a name that stands for several units gives all of them."""

    def __init__(self, units: Iterable[RegisterUnit]) -> None:
        self._root = _Branch()
        for unit in units:
            if unit.kind is UnitKind.REGION:
                continue
            for key, exact in dict.fromkeys(_keys(unit)):
                branch = self._root
                for part in key:
                    branch = branch.grow(part)
                branch.bearers.append((unit, exact))

    def at(self, words: Sequence[Word], first: int) -> Mention | None:
        """The longest name that begins with the word at `first`; of equal length exact names go before loose ones."""
        reached = [self._root]
        found: Mention | None = None
        for after in range(first, min(len(words), first + _COMPARE)):
            reached = [branch for before in reached for branch in before.followed_by(words[after].folded)]
            if not reached:
                break
            bearers = [bearer for branch in reached for bearer in branch.bearers]
            exact = any(sure for _, sure in bearers)
            units = {unit.id: unit for unit, sure in bearers if sure or not exact}
            if units:
                found = Mention(tuple(units.values()), first, after + 1, exact)
        return found


def _fold(name: str) -> str:
    return name.lower().replace("ё", "е").replace("–", "-").replace("—", "-")


def _keys(unit: RegisterUnit) -> Iterable[tuple[tuple[str, ...], bool]]:
    for name in (unit.name, unit.short_name, *unit.other_names):
        folded = _fold(name)
        if unit.kind is UnitKind.MUNICIPALITY:
            yield from _municipality_keys(folded)
        else:
            yield from _organisation_keys(folded)
            quoted = _IN_QUOTES.search(folded)
            if quoted and unit.kind is UnitKind.PROVIDER:
                yield from _organisation_keys(quoted[1])


def _municipality_keys(name: str) -> Iterable[tuple[tuple[str, ...], bool]]:
    parts = _NAME_WORD.findall(_IN_BRACKETS.sub(" ", name))
    key = tuple(part for part in parts if word_forms.forms(part).isdisjoint(_KIND_WORDS))
    if not key:
        return
    yield key, True
    if len(key) == 1 and key[0].endswith("ск"):
        yield (f"{key[0]}ий",), True


def _organisation_keys(name: str) -> Iterable[tuple[tuple[str, ...], bool]]:
    parts = tuple(_NAME_WORD.findall(_IN_BRACKETS.sub(" ", name)))
    while len(parts) > 1 and is_legal_form(parts[0]) and not (parts[0] == "образования" and len(parts) < 3):  # noqa: PLR2004 - a name of two words keeps both
        parts = parts[1:]
    if len(parts) > 2 and parts[0] == "образования":  # noqa: PLR2004 - what is left of «дополнительного профессионального образования»
        parts = parts[1:]
    if not parts or (len(parts) == 1 and parts[0] in _TYPE_WORDS):
        return
    yield parts[:_COMPARE], True
    for tail in ("им", "имени"):
        if tail in parts[1:]:
            yield parts[: parts.index(tail, 1)][:_COMPARE], True
    if parts[0] in _TYPES:
        yield (*_TYPES[parts[0]], *parts[1:])[:_COMPARE], True
    elif parts[:3] in _TYPES.values():
        yield next((short, *parts[3:]) for short, full in _TYPES.items() if full == parts[:3]), True
    if parts[0] in _TYPES and len(parts) > 1:
        yield ("школа", *parts[1:])[:_COMPARE], False
