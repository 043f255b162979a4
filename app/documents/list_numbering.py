"""The numbers of automatic lists in Word documents: they stand in numbering.xml, not in the text.

Rules from ECMA-376 part 1, 17.9 (numbering) and 17.18.59 (ST_NumberFormat).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

NAMESPACES: Final = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
BULLET: Final = "–"

_LEVELS: Final = 9
_MAX_START: Final = 32_767
_PLACE: Final = re.compile(r"%([1-9])")
# 17.18.59: the Russian alphabet without ё, й, ъ and ь.
_RUSSIAN: Final = "абвгдежзиклмнопрстуфхцчшщыэюя"
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
_ROMAN: Final = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc")),
    *((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(frozen=True)
class Level:
    """`restart_after` is the 1-based level after which this one begins anew: None means any above, 0 none."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart_after: int | None = None
    decimal_only: bool = False
    style: str = ""


@dataclass(frozen=True)
class StyleNumbering:
    num_id: str | None = None
    level: int | None = None
    based_on: str | None = None


@dataclass
class _Abstract:
    levels: dict[int, Level] = field(default_factory=dict)
    style_link: str | None = None


@dataclass
class _Num:
    num_id: str
    abstract_id: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)


class ListNumbering:
    """Counts the numbered paragraphs of one document; ask for labels in document order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._abstracts: dict[str, _Abstract] = {}
        self._nums: dict[str, _Num] = {}
        self._styles: dict[str, StyleNumbering] = {}
        self._default_style: str | None = None
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        if styles is not None:
            self._read_styles(styles)
        if numbering is not None:
            self._read_numbering(numbering)

    def label(self, style: str | None, num_id: str | None, level: int | None) -> str:
        """The label of the next paragraph with these marks («2.1.», «б)», «–»), or nothing when it is in no list."""
        style_num, style_level = self._of_style(style or self._default_style)
        from_style = num_id is None
        num = self._nums.get((style_num if num_id is None else num_id) or "")
        if num is None:
            return ""
        abstract_id, levels = self._levels(num)
        if level is None:
            level = style_level or 0
            if from_style:
                level = next((at for at, one in levels.items() if style and one.style == style), level)
        definition = levels.get(level)
        if definition is None or not 0 <= level < _LEVELS:
            return ""
        counters = self._counters.setdefault(abstract_id, {})
        self._count(counters, num, levels, level)
        return _rendered(definition, levels, counters)

    def _count(self, counters: dict[int, int], num: _Num, levels: dict[int, Level], level: int) -> None:
        # Lists over one abstract definition go on counting, unless a list of its own start begins.
        key = (num.num_id, level)
        if level in num.starts and key not in self._started:
            counters[level] = num.starts[level]
        elif level in counters:
            counters[level] += 1
        else:
            counters[level] = num.starts.get(level, levels[level].start)
        self._started.add(key)
        for deeper in [at for at in counters if at > level]:
            restart_after = levels[deeper].restart_after if deeper in levels else None
            if restart_after is None or level < restart_after:
                del counters[deeper]

    def _of_style(self, style: str | None) -> tuple[str | None, int | None]:
        level: int | None = None
        passed: set[str] = set()
        while style is not None and style in self._styles and style not in passed:
            passed.add(style)
            marks = self._styles[style]
            level = marks.level if level is None else level
            if marks.num_id is not None:
                return marks.num_id, level
            style = marks.based_on
        return None, level

    def _levels(self, num: _Num) -> tuple[str, dict[int, Level]]:
        abstract_id = num.abstract_id
        abstract = self._abstracts.get(abstract_id, _Abstract())
        if abstract.style_link and not abstract.levels:
            linked, _ = self._of_style(abstract.style_link)
            if linked in self._nums:
                abstract_id = self._nums[linked].abstract_id
                abstract = self._abstracts.get(abstract_id, _Abstract())
        return abstract_id, {**abstract.levels, **num.levels}

    def _read_styles(self, root: Element) -> None:
        for style in _children(root, "style"):
            style_id = _attribute(style, "styleId") or ""
            num_pr = _child(_child(style, "pPr"), "numPr")
            self._styles[style_id] = StyleNumbering(
                num_id=_value(num_pr, "numId"), level=_number(num_pr, "ilvl"), based_on=_value(style, "basedOn")
            )
            if _attribute(style, "type") == "paragraph" and _attribute(style, "default") in {"1", "true", "on"}:
                self._default_style = style_id

    def _read_numbering(self, root: Element) -> None:
        for element in _children(root, "abstractNum"):
            levels = {at: level for at, level in map(_level, _children(element, "lvl")) if at is not None}
            style_link = _value(element, "numStyleLink")
            self._abstracts[_attribute(element, "abstractNumId") or ""] = _Abstract(levels, style_link)
        for element in _children(root, "num"):
            num = _Num(_attribute(element, "numId") or "", _value(element, "abstractNumId") or "")
            for override in _children(element, "lvlOverride"):
                at = _as_number(_attribute(override, "ilvl"))
                if at is None:
                    continue
                start = _number(override, "startOverride")
                if start is not None:
                    num.starts[at] = start
                replaced = _child(override, "lvl")
                if replaced is not None:
                    num.levels[at] = _level(replaced)[1]
            self._nums[num.num_id] = num


def truth(value: str | None) -> bool:
    """The on/off property of WordprocessingML: present without a value means on (17.17.4)."""
    return value not in {"0", "false", "off"}


def value_of(attributes: dict[str, str], name: str = "val") -> str | None:
    """An attribute of WordprocessingML, in either of its two namespaces."""
    return next((attributes[space + name] for space in NAMESPACES if space + name in attributes), None)


def _rendered(definition: Level, levels: dict[int, Level], counters: dict[int, int]) -> str:
    if definition.form == "bullet":
        return BULLET if definition.text.strip() else ""

    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        shown = levels.get(at, Level())
        count = counters.get(at, shown.start)
        return str(count) if definition.decimal_only else _FORMS.get(shown.form, str)(count)

    return _PLACE.sub(number, definition.text).strip()


def _letters(alphabet: str) -> Callable[[int], str]:
    """After the last letter it doubles: я, аа, бб (17.18.59)."""

    def letter(count: int) -> str:
        if count < 1:
            return ""
        rounds, at = divmod(count - 1, len(alphabet))
        return alphabet[at] * (rounds + 1)

    return letter


def _roman(count: int) -> str:
    figures = ""
    for worth, figure in _ROMAN:
        times, count = divmod(count, worth)
        figures += figure * times
    return figures


_FORMS: Final[dict[str, Callable[[int], str]]] = {
    "decimal": str,
    "decimalZero": lambda count: f"{count:02d}",
    "ordinal": lambda count: f"{count}-й",
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "lowerLetter": _letters(_LATIN),
    "upperLetter": _letters(_LATIN.upper()),
    "russianLower": _letters(_RUSSIAN),
    "russianUpper": _letters(_RUSSIAN.upper()),
    "none": lambda _count: "",
}


def _level(element: Element) -> tuple[int | None, Level]:
    start = _number(element, "start")
    legal = _child(element, "isLgl")
    return _as_number(_attribute(element, "ilvl")), Level(
        start=0 if start is None else start,
        form=_value(element, "numFmt") or "decimal",
        text=_value(element, "lvlText") or "",
        restart_after=_number(element, "lvlRestart"),
        decimal_only=legal is not None and truth(_attribute(legal, "val")),
        style=_value(element, "pStyle") or "",
    )


def _children(parent: Element | None, name: str) -> list[Element]:
    if parent is None:
        return []
    return [child for child in parent if child.tag in {space + name for space in NAMESPACES}]


def _child(parent: Element | None, name: str) -> Element | None:
    return next(iter(_children(parent, name)), None)


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else value_of(element.attrib, name)


def _value(parent: Element | None, name: str) -> str | None:
    return _attribute(_child(parent, name), "val")


def _number(parent: Element | None, name: str) -> int | None:
    return _as_number(_value(parent, name))


def _as_number(value: str | None) -> int | None:
    """A number of a list or level; what no list of Word can hold counts as absent."""
    if value is None or not value.isascii() or not value.isdecimal() or len(value) > len(str(_MAX_START)):
        return None
    return min(int(value), _MAX_START)
