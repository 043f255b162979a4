"""The words of an addressee phrase sorted into names, classes, «кроме» and words that say nothing known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.analysis import word_forms
from app.analysis.addressee_classes import Item, class_at
from app.analysis.order_source import Source, Word
from app.analysis.unit_names import UnitNames, is_legal_form, joined
from app.models.enumeration import UnitKind

_SILENT = [
    "руководител",
    "директор",
    "начальник",
    "глав",
    "заведующ",
    "ректор",
    "председател",
    "подведомственн",
    "муниципальн",
    "государственн",
    "региональн",
    "осуществляющ",
    "управлени",
    "сфер",
    "образовани",
    "орган",
    "местн",
    "самоуправлени",
    "город",
    "округ",
    "район",
    "имен",
    "соответствующ",
    "указанн",
    "вышеуказанн",
    "перечисленн",
    "территори",
    "област",
    "администраци",
    "мэр",
]
_SILENT_WORDS = {
    "всем",
    "всех",
    "все",
    "и",
    "а",
    "также",
    "в",
    "на",
    "по",
    "им",
    "г",
    "или",
    "либо",
    "их",
    "вас",
    "вам",
}
_SILENT_WORDS |= {"до", "сведения", "мо", "го", "края", "республики", "данного", "каждому", "каждой", "каждого", "рф"}
_ABBREVIATION = re.compile(r"\(\s{0,3}далее\s{0,3}(?:по\s{1,3}тексту\s{0,3})?[-:]?\s{0,3}([^()]{1,160})\)")
_MOST_ABBREVIATIONS = 60
_BEFORE_ABBREVIATION = 400
_TAIL = 110  # characters of «имени Заслуженного учителя …» after a name

Abbreviations = dict[str, list[tuple[tuple[str, ...], Item]]]


def abbreviations_of(source: Source, names: UnitNames) -> Abbreviations:
    """What «(далее – …)» stands for: a unit or a class named right before the bracket; others are left out."""
    known: Abbreviations = {}
    for number, found in enumerate(_ABBREVIATION.finditer(source.folded)):
        if number == _MOST_ABBREVIATIONS:
            break
        key = tuple(word.folded for word in source.words(*found.span(1)))
        items = items_in(source, max(0, found.start() - _BEFORE_ABBREVIATION), found.start(), names, {})
        last = next((item for item in reversed(items) if item.sort in {"unit", "class"}), None)
        if key and last is not None and not source.folded[last.end : found.start()].strip(" \n,»"):
            known.setdefault(key[0], []).append((key, last))
    return known


def items_in(source: Source, start: int, end: int, names: UnitNames, abbreviations: Abbreviations) -> list[Item]:
    """The phrase sorted; words in «(далее …)» and persons in brackets are passed over."""
    words = joined(source, source.words(start, end))
    depth = _brackets(source, start, end)
    items: list[Item] = []
    loose: list[Word] = []
    position = 0
    while position < len(words):
        word = words[position]
        inside = depth.get(word.start, 0)
        if inside == 2:  # noqa: PLR2004 - see _brackets
            position += 1
            continue
        item, after = _item_at(source, words, position, names, abbreviations)
        if item is None:
            if not inside or word.folded == "№":
                loose.append(word)
            position += 1
            continue
        items.extend(_unknown(source, loose, item, items))
        loose = []
        end_word = _swallow_name(source, words, after, item)
        items.append(replace(item, in_brackets=bool(inside), end=words[end_word - 1].end))
        position = end_word
    items.extend(_unknown(source, loose, None, items))
    return _with_narrowing(items)


def _with_narrowing(items: list[Item]) -> list[Item]:
    """Words that narrow a class («сельским школам», «школам, показавшим …») put into the class that they stand at."""
    result: list[Item] = []
    waiting = ""
    for index, item in enumerate(items):
        if item.sort == "unknown" and item.narrowed:
            if index + 1 < len(items) and items[index + 1].sort == "class":
                waiting = item.narrowed
            elif result and result[-1].sort == "class":
                result[-1] = replace(result[-1], narrowed=item.narrowed)
            continue
        result.append(replace(item, narrowed=waiting) if waiting else item)
        waiting = ""
    return result


def _brackets(source: Source, start: int, end: int) -> dict[int, int]:
    """For the offset of each word in brackets 1, and 2 where the brackets hold «далее …»."""
    marks: dict[int, int] = {}
    opened: int | None = None
    passing = False
    for offset in range(start, end):
        letter = source.folded[offset]
        if letter == "(" and opened is None:
            opened = offset
            passing = source.folded[offset + 1 : offset + 12].lstrip().startswith("далее")
        elif letter == ")":
            opened = None
        elif opened is not None:
            marks[offset] = 2 if passing else 1
    return marks


def _item_at(
    source: Source, words: Sequence[Word], position: int, names: UnitNames, abbreviations: Abbreviations
) -> tuple[Item | None, int]:
    word = words[position]
    if word.folded == "кроме":
        return Item("except", word.start, word.end), position + 1
    if word.folded == "за" and position + 1 < len(words) and words[position + 1].folded.startswith("исключени"):
        return Item("except", word.start, words[position + 1].end), position + 2
    alias = _alias_at(words, position, abbreviations)
    mention = names.at(words, position)
    if mention is not None and (alias is None or mention.after >= alias[1]):
        last = words[mention.after - 1]
        dative = word_forms.only_dative(word.folded)
        units = mention.units
        return Item("unit", word.start, last.end, units=units, exact=mention.exact, dative=dative), mention.after
    if alias is not None:
        item, after = alias
        return replace(item, start=word.start, end=words[after - 1].end, in_brackets=False, narrowed=""), after
    return class_at(source, words, position)


def _alias_at(words: Sequence[Word], position: int, abbreviations: Abbreviations) -> tuple[Item, int] | None:
    best: tuple[Item, int] | None = None
    for form in word_forms.forms(words[position].folded):
        for key, item in abbreviations.get(form, ()):
            after = position + len(key)
            if after <= len(words) and all(
                word_forms.same(part, word.folded) for part, word in zip(key, words[position:after], strict=True)
            ):
                best = max(best or (item, 0), (item, after), key=lambda pair: pair[1])
    return best


def _swallow_name(source: Source, words: Sequence[Word], after: int, item: Item) -> int:
    """«имени Заслуженного учителя …» after the name of an organisation belongs to the name."""
    if item.sort != "unit" or item.units[0].kind is UnitKind.MUNICIPALITY or after >= len(words):
        return after
    if words[after].folded not in {"им", "имени"}:
        return after
    begin = words[after].start
    while after < len(words) and words[after].start - begin < _TAIL:
        gap = source.folded[words[after - 1].end : words[after].start]
        if (
            set(gap) & set("(),;:")
            or words[after].folded in {"и", "а"}
            or word_forms.is_infinitive(words[after].folded)
        ):
            break
        after += 1
    return after


def _unknown(source: Source, loose: Sequence[Word], upcoming: Item | None, items: Sequence[Item]) -> list[Item]:
    """Loose words in groups; a group that may name somebody is kept, so that nobody is lost silently."""
    groups: list[list[Word]] = []
    for word in loose:
        gap = source.folded[groups[-1][-1].end : word.start] if groups else ","
        if word.folded in {"и", "а", "также", "или"}:
            groups.append([])
        elif not groups or not groups[-1] or set(gap) & set(",;()"):
            groups.append([word])
        else:
            groups[-1].append(word)
        groups = [group for group in groups if group]
    result: list[Item] = []
    for index, group in enumerate(groups):
        last = index == len(groups) - 1
        near = upcoming if last and upcoming is not None and not _cut(source, group[-1].end, upcoming.start) else None
        says = [word for word in group if not _silent(source, group, word)]
        if near is not None and near.sort == "unit" and near.units[0].kind is not UnitKind.MUNICIPALITY:
            says = [word for word in says if not is_legal_form(word.folded)]
        if not says:
            continue
        if any(_may_name(source, word) for word in says):
            result.append(Item("unknown", group[0].start, group[-1].end))
        elif (near is not None and near.sort == "class") or (items and items[-1].sort == "class"):
            words = source.clean(group[0].start, group[-1].end)
            result.append(Item("unknown", group[0].start, group[-1].end, narrowed=words))
    return result


def _cut(source: Source, start: int, end: int) -> bool:
    return bool(set(source.folded[start:end]) & set(",;()"))


def _silent(source: Source, group: Sequence[Word], word: Word) -> bool:
    if word.folded in _SILENT_WORDS or word.folded.startswith(tuple(_SILENT)):
        return True
    index = group.index(word)
    after = group[index + 1].folded if index + 1 < len(group) else ""
    if after.startswith(("област", "кра")) or after == "федерации" or word.folded == "федерации":
        return True
    return len(word.folded) == 1 and source.raw(word).isupper()  # an initial


def _may_name(source: Source, word: Word) -> bool:
    return word.folded == "№" or source.raw(word)[:1].isupper() or word_forms.is_dative_noun(word.folded)
