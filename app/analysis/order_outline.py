"""The numbered points of an order as a tree, and where they begin and end in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.analysis import word_forms
from app.analysis.order_source import Line, Source

_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
_LETTERS = "абвгдежзиклмнопрстуф"
_MARKER = re.compile(
    r"(?P<dotted>\d{1,2}(?:\.\d{1,2}){1,3})(?P<dend>\.\)|[.)]|(?=\s))\s{0,8}(?=[^\W\d_]|[«\"(])"
    r"|(?P<single>\d{1,2})(?P<send>\.\)|[.)])\s{0,8}(?=[^\W\d_]|[«\"(])"
    r"|(?P<roman>[ivx]{1,4})(?P<rend>[.)])\s{0,8}(?=[^\W\d_]|[«\"(])"
    r"|(?P<letter>[а-я])\)\s{0,8}(?=[^\W_]|[«\"(])"
    r"|(?P<bullet>[-•·‣▪◦●])\s{1,8}(?=[^\W_]|[«\"(<])"
)
_POSITION = re.compile(
    r"(?:первый\s{1,3})?(?:и\.\s?о\.?|врио|исполняющ\w{2,3}|министр|директор|начальник|руководитель|глава|председатель|"
    r"заместитель|заведующ\w{2,3}|ректор|мэр|вице-мэр|губернатор)\b"
)
_SURNAME = r"(?P<surname>[А-ЯЁ][а-яё]{1,30}(?:-[А-ЯЁ][а-яё]{1,30})?)"
_NAMES = (
    re.compile(rf"(?P<initials>[А-ЯЁ]\.\s{{0,2}}(?:[А-ЯЁ]\.)?)\s{{0,3}}{_SURNAME}"),
    re.compile(rf"{_SURNAME}\s{{1,3}}(?P<initials>[А-ЯЁ]\.\s{{0,2}}[А-ЯЁ]\.)"),
)
_AFTERWORD = re.compile(
    r"приложени[ея](?:\s{0,3}(?:№\s{0,2})?\d{0,3}\s{0,3}$|\s{1,3}(?:№\s{0,2}\d{1,3}\s{1,3})?к\s{1,3}|:)|исп\.|исполнитель:|с\s{1,3}(?:приказом|распоряжением)\s{1,3}"
    r"ознакомлен|ознакомлены:|тел\.|согласовано|рассылка|разослано"
)
CONTROL = re.compile(
    r"(?:общий\s{1,3}|персональный\s{1,3})?контроль\s{1,3}(?:за\s|исполнени|выполнени|над\s|оставля|возл)"
)
_SIGNATURE_LINES = 8
_WIDEST_STEP = 3


@dataclass(slots=True)
class Node:
    """A point: `start` at its marker, `body` after it, `head_end` before its first sub-point, `end` after all of it."""

    style: str
    ordinal: int
    number: str
    start: int
    body: int
    head_end: int = 0
    end: int = 0
    dotted: bool = False
    children: list[Node] = field(default_factory=list)
    gap: str | None = None

    def leaves(self, above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, tuple[Node, ...]]]:
        """The points without sub-points, each with those above it, from the top."""
        if not self.children:
            yield self, above
        for child in self.children:
            yield from child.leaves((*above, self))


@dataclass(frozen=True, slots=True)
class Outline:
    nodes: tuple[Node, ...]
    start: int
    end: int


def section_end(source: Source, first_line: int) -> int:
    """Where the points that begin at a line end: before the signature, an appendix or the notes below them."""
    for index in range(first_line, len(source.lines)):
        line = source.lines[index]
        if line.blank:
            continue
        if not source.plain[line.start].isupper():
            continue  # a line that goes on in small letters begins nothing
        if _AFTERWORD.match(source.folded, line.start, line.end):
            return line.start
        closing = CONTROL.match(source.folded, line.start, line.end) or signature_at(source, index)
        if index > first_line and closing is not None and not _goes_on(source, index):
            return line.start
    return len(source.text)


def _goes_on(source: Source, index: int) -> bool:
    """Points go on below that line: a person's name or a word on control stood between two of them."""
    for line in source.lines[index + 1 : index + 1 + 2 * _SIGNATURE_LINES]:
        if line.blank:
            continue
        if _AFTERWORD.match(source.folded, line.start, line.end):
            return False
        node = _node(source, line)
        if node is not None and node.ordinal > 1 and node.style not in {"а", "-"}:
            return True
    return False


def signature_at(source: Source, index: int) -> tuple[str, int, int] | None:
    """The name («А.Н. Киктева», with its offsets) of a signature that begins on the line with that index."""
    line = source.lines[index]
    for pattern in _NAMES:
        alone = pattern.fullmatch(source.plain, line.start, line.end)
        if alone:
            return _written_name(alone)
    if not _POSITION.match(source.folded, line.start, line.end):
        return None
    seen = 0
    for later in source.lines[index : index + 3 * _SIGNATURE_LINES]:
        if later.blank:
            continue
        seen += 1
        text_end = max(later.start, later.end - 80)
        for found in (found for pattern in _NAMES for found in pattern.finditer(source.plain, text_end, later.end)):
            if found.end() == later.end and not _says_something(source, line.start, found.start()):
                return _written_name(found)
        if seen > _SIGNATURE_LINES or _MARKER.match(source.folded, later.start, later.end):
            return None
    return None


def _says_something(source: Source, start: int, end: int) -> bool:
    """A point begins with a position too («Директору … обеспечить»): it has an infinitive, a signature has none."""
    return end - start > 400 or any(word_forms.is_infinitive(word.folded) for word in source.words(start, end))  # noqa: PLR2004 - characters of a long position


def _written_name(found: re.Match[str]) -> tuple[str, int, int]:
    initials = "".join(found["initials"].split())
    return f"{initials} {found['surname']}", found.start(), found.end()


def outline(source: Source, passed: Iterable[int] = ()) -> Outline | None:
    """The numbered points, or None where the text has no point 1 (or I). Lines that begin at `passed` hold none."""
    skipped = frozenset(passed)
    first = next((i for i, line in enumerate(source.lines) if line.start not in skipped and _opens(source, line)), None)
    if first is None:
        return None
    start = source.lines[first].start
    end = section_end(source, first)
    top: list[Node] = []
    path: list[Node] = []
    for line in source.lines[first:]:
        if line.start >= end:
            break
        if line.blank or line.start in skipped:
            continue
        node = _node(source, line)
        if node is not None:
            _place(node, top, path)
    _close(top, end)
    for node in top:
        _fold_fragments(source, node)
    return Outline(tuple(top), start, end)


def _opens(source: Source, line: Line) -> bool:
    node = None if line.blank else _node(source, line)
    return node is not None and node.ordinal == 1 and node.style in {"1.", "1)", "I"}


def _node(source: Source, line: Line) -> Node | None:  # noqa: PLR0911 - one answer per style of number
    starred = source.text[max(0, line.start - 2) : line.start]
    if starred == "* " and source.text[max(0, line.start - 3) : line.start].strip() == "*":
        return Node("-", 0, "", line.start, line.start)
    found = _MARKER.match(source.folded, line.start, line.end)
    if found is None:
        return None
    if found["dotted"]:
        parts = found["dotted"].split(".")
        return Node(f"d{len(parts)}", int(parts[-1]), found["dotted"], line.start, found.end(), dotted=True)
    if found["single"]:
        style = "1)" if found["send"] == ")" else "1."
        return Node(style, int(found["single"]), found["single"], line.start, found.end())
    if found["roman"]:
        ordinal = _ROMAN.get(found["roman"])
        return Node("I", ordinal, found["roman"].upper(), line.start, found.end()) if ordinal else None
    if found["letter"]:
        ordinal = _LETTERS.find(found["letter"]) + 1
        return Node("а", ordinal, found["letter"], line.start, found.end()) if ordinal else None
    return Node("-", 0, "", line.start, found.end())


def _place(node: Node, top: list[Node], path: list[Node]) -> None:
    """Hang the node where its number belongs; a number that continues nothing is text of the point before."""
    if node.dotted:
        _place_dotted(node, path)
        return
    depth = next((i for i in range(len(path) - 1, -1, -1) if path[i].style == node.style), len(path))
    if depth == len(path):
        fits = node.style == "-" or node.ordinal == 1
        if not fits or (not path and node.style in {"-", "а"}):
            return
    elif not _follows(node, path[depth]):
        return
    del path[depth:]
    parent = path[-1] if path else None
    siblings = parent.children if parent else top
    if parent is not None:
        if node.style == "-":
            node.ordinal = len(siblings) + 1
            node.number = str(node.ordinal)
        node.number = f"{parent.number}.{node.number}"
    siblings.append(node)
    path.append(node)


def _follows(node: Node, before: Node) -> bool:
    """The number comes after the one before, with a gap of two at most; a gap is kept in words."""
    if node.style == "-":
        return True
    if not before.ordinal < node.ordinal <= before.ordinal + _WIDEST_STEP:
        return False
    if node.ordinal > before.ordinal + 1:
        node.gap = f"После пункта {before.number} идёт пункт {node.number}: проверьте, все ли пункты найдены."
    return True


def _place_dotted(node: Node, path: list[Node]) -> None:
    above = node.number.rpartition(".")[0]
    parent = next((known for known in reversed(path) if known.number == above), None)
    if parent is None:
        return
    last = parent.children[-1].ordinal if parent.children else 0
    if not last < node.ordinal <= last + _WIDEST_STEP:
        return
    if node.ordinal > last + 1:
        node.gap = f"Перед пунктом {node.number} пропущен номер: проверьте, все ли пункты найдены."
    del path[path.index(parent) + 1 :]
    parent.children.append(node)
    path.append(node)


def _close(nodes: list[Node], end: int) -> None:
    for index, node in enumerate(nodes):
        node.end = nodes[index + 1].start if index + 1 < len(nodes) else end
        node.head_end = node.children[0].start if node.children else node.end
        _close(node.children, node.end)


def _fold_fragments(source: Source, node: Node) -> None:
    """Bullets and letters that are parts of one sentence («организовать: а) сбор; б) анализ») make no points."""
    for child in node.children:
        _fold_fragments(source, child)
    if not node.children or node.children[0].dotted or node.style == "I":
        return
    if any(child.children or _acts(source, child) for child in node.children):
        return
    head = source.words(node.body, node.head_end)
    if any(word_forms.is_infinitive(word.folded) for word in head):
        if {word.folded for word in head if word_forms.is_infinitive(word.folded)} <= _ONLY_MODAL:
            return
        node.children = []
        node.head_end = node.end


_ONLY_MODAL = {"рекомендовать", "поручить", "обязать", "предложить"}
_HEAD_WORDS = 12


def _acts(source: Source, node: Node) -> bool:
    """The sub-point begins with what to do."""
    words = source.words(node.body, min(node.head_end, node.body + 400))[:_HEAD_WORDS]
    return any(word_forms.is_infinitive(word.folded) for word in words)
