"""How much room a text needs: spreadsheets made by programs are not fitted by every reader, merged cells by none."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from app.excel.look import Look

ROW_LIMIT = 409.0  # points, a limit of Excel

_POINTS_PER_UNIT = 5.25  # one character of column width is 7 pixels at 96 dpi
_LINE = 1.2  # height of a line of Arial against its size, rounded up below
_BOLD = 1.06
_CAREFUL = 1.01  # readers round letter widths differently
_CACHED_LENGTH = 400
_OTHER = 0.6


class _Widths(dict[str, float]):
    def __missing__(self, letter: str) -> float:
        return _OTHER


# Advance widths of Arial's letters (and of its metric twin Liberation Sans) in parts of the type size.
_WIDTHS = _Widths(
    (letter, width)
    for width, letters in (
        (0.22, "ijl"),
        (0.28, " !,./:;I[\\]ft|\u00a0"),
        (0.35, '"()-`r{}г*'),
        (0.46, "^зкт"),
        (0.5, "Jcksvxyzсухчьэ"),
        (0.56, "#$0123456789?L_abdeghnopqu«»–Габвеийнопрцяё"),
        (0.6, "+<=>FTZ~ЗКТдлъ"),
        (0.67, "&ABEKPSVXYАБВЕЛРУХЧЬжЁ"),
        (0.72, "CDHNRUwДИЙНПСЭЯмы"),
        (0.8, "ФЦюGOQОЪфшщ"),
        (0.86, "MmМ"),
        (0.95, "%ЖШЫWЩ"),
        (1.05, "@—…Ю№"),
    )
    for letter in letters
)


def room(text: str, width: float, look: Look) -> float:
    """Height in points of `text` wrapped in a column of `width` characters, at most Excel's limit of a row."""
    return lines_room(lines(text, width, look) if look.wrap else text.count("\n") + 1, look)


def lines_room(count: int, look: Look) -> float:
    """Height in points of so many lines, at most Excel's limit of a row."""
    return min(ROW_LIMIT, count * math.ceil(look.size * _LINE + 0.5) + 3.0)


def row_room(texts: Sequence[tuple[str, float, Look]]) -> float:
    """Height of a row: the tallest of its (text, width, look)."""
    return max(room(text, width, look) for text, width, look in texts)


def lines(text: str, width: float, look: Look) -> int:
    """Number of lines that `text` takes when words are wrapped and what is longer than a line is broken."""
    return line_counter(width, look)(text)


@lru_cache(maxsize=256)
def line_counter(width: float, look: Look) -> Callable[[str], int]:
    """The same for many texts of a column; most fit one line and need no look at their words."""
    available = width * _POINTS_PER_UNIT / (look.size * _CAREFUL * (_BOLD if look.bold else 1.0))
    surely_one = available / max(_WIDTHS.values())
    width_of = _WIDTHS.__getitem__

    def count(text: str) -> int:
        length = len(text)
        if length > _CACHED_LENGTH:
            return _counted_lines.__wrapped__(text, available)
        if "\n" not in text and (length <= surely_one or sum(map(width_of, text)) <= available):
            return 1
        return _counted_lines(text, available)

    return count


@lru_cache(maxsize=4096)
def _counted_lines(text: str, available: float) -> int:
    return sum(_wrapped(paragraph, available) for paragraph in text.split("\n"))


def _wrapped(paragraph: str, available: float) -> int:
    count, used, space = 1, 0.0, _WIDTHS[" "]
    for word in paragraph.split(" "):
        needed = sum(map(_WIDTHS.__getitem__, word))
        if used and used + space + needed > available:
            count, used = count + 1, 0.0
        if needed > available:
            broken = math.ceil(needed / available) - 1
            count, needed = count + broken, needed - broken * available
        used += needed + (space if used else 0.0)
    return count
