"""Points that have no numbers: paragraphs of a letter that ask for something, and to whom the letter goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.analysis import addressees, word_forms
from app.analysis.order_head import Register
from app.analysis.order_outline import section_end
from app.analysis.order_points import Piece
from app.analysis.order_proposal import AddresseeClause
from app.analysis.order_source import Source

_RECIPIENT = re.compile(
    r"(?:всем\s{1,3})?(?:руководител(?:ям|ю)|директор(?:ам|у)|начальник(?:ам|у)|заведующ(?:им|ему)|глав(?:ам|е)\b|председател(?:ям|ю)|"
    r"ректор(?:ам|у)|органам|муниципальным|администрациям|общеобразовательным|образовательным|управлениям|отделам|школам)\b"
)
_ASKS = re.compile(
    r"\b(?:прошу|просим|просит|необходимо|следует|надлежит|требуется|нужно|рекоменду[а-я]{1,4}|предлага[а-я]{1,4}|поруча[а-я]{1,3}|"
    r"обязыва[а-я]{1,3})\b"
)
_SENTENCE_END = re.compile(r"(?<=[а-яё»)\d]{2})[.!?]\s{1,4}(?=[А-ЯЁ«])")
_BULLET = re.compile(r"[-•·‣▪◦●]\s{1,8}(?=[^\W_]|[«\"(<\[])")
_CLOSES = ".:;!?"
_FEWEST_WORDS = 3
_MOST_RECIPIENT_LINES = 6
_ABBREVIATION = 6  # letters; a longer line in capitals is the letterhead


@dataclass(frozen=True, slots=True)
class Paragraph:
    start: int
    end: int
    bullet: bool


def recipients(source: Source, upto: int, register: Register) -> tuple[AddresseeClause, ...]:
    """To whom a letter goes: the lines in the dative above its text."""
    found: list[AddresseeClause] = []
    lines = source.lines
    for index, line in enumerate(lines):
        if line.start >= upto:
            break
        if line.blank or not _RECIPIENT.match(source.folded, line.start, line.end):
            continue
        if index and not lines[index - 1].blank and found:
            continue
        end = line.end
        for later in lines[index + 1 : index + _MOST_RECIPIENT_LINES]:
            shouted = source.plain[later.start : later.end].isupper()
            if later.blank or later.start >= upto or (shouted and later.end - later.start > _ABBREVIATION):
                break
            end = later.end
        for clause in addressees.clauses_in(source, line.start, end, register.names, register.abbreviations):
            if clause not in found:
                found.append(clause)
    return tuple(found)


def paragraphs(source: Source, start: int, end: int) -> list[Paragraph]:
    """The paragraphs between two offsets: parted by a blank line or by a line that closes a sentence."""
    found: list[Paragraph] = []
    opened: int | None = None
    last = start
    bullet = False
    for line in source.lines:
        if line.start < start:
            continue
        if line.start >= end:
            break
        item = None if line.blank else _BULLET.match(source.folded, line.start, line.end)
        if opened is not None and (line.blank or item is not None or source.folded[last - 1] in _CLOSES):
            found.append(Paragraph(opened, last, bullet))
            opened = None
        if line.blank:
            continue
        if opened is None:
            opened, bullet = (item.end() if item else line.start), item is not None
        last = line.end
    if opened is not None:
        found.append(Paragraph(opened, last, bullet))
    return found


def asking(source: Source, start: int, command: Paragraph | None) -> Iterator[tuple[Piece, Paragraph | None]]:
    """The paragraphs after `start` that ask for something, numbered in turn; with a bullet, the paragraph above it.

    After a `command` («ПРИКАЗЫВАЮ:») it stands above every paragraph.
    """
    first = next((index for index, line in enumerate(source.lines) if line.start >= start and not line.blank), None)
    if first is None:
        return
    number = 0
    above = command
    found = paragraphs(source, start, section_end(source, first))
    for index, paragraph in enumerate(found):
        if paragraph.bullet:
            if above is not None:
                number += 1
                yield Piece(str(number), paragraph.start, paragraph.start, paragraph.end), above
            continue
        above = command
        stretch = asking_stretch(source, paragraph.start, paragraph.end)
        if source.folded[paragraph.end - 1] == ":" and index + 1 < len(found) and found[index + 1].bullet:
            last = _last_sentence(source, paragraph)
            if stretch is not None or _ASKS.search(source.folded, last.start, last.end):
                above = last
            continue
        if stretch is not None:
            number += 1
            yield Piece(str(number), stretch[0], stretch[0], stretch[1]), command


def _last_sentence(source: Source, paragraph: Paragraph) -> Paragraph:
    borders = [found.end() for found in _SENTENCE_END.finditer(source.plain, paragraph.start, paragraph.end)]
    return Paragraph(borders[-1] if borders else paragraph.start, paragraph.end, bullet=False)


def asking_stretch(source: Source, start: int, end: int) -> tuple[int, int] | None:
    """From the first to the last sentence that asks for something."""
    borders = [start, *(found.end() for found in _SENTENCE_END.finditer(source.plain, start, end)), end]
    asked = [(one, other) for one, other in pairwise(borders) if _asks(source, one, other)]
    return (asked[0][0], asked[-1][1]) if asked else None


def _asks(source: Source, start: int, end: int) -> bool:
    """An infinitive with «прошу», «необходимо» …, or without any other verb («информацию направить до …»)."""
    words = source.words(start, end)
    if len(words) < _FEWEST_WORDS or not any(word_forms.is_infinitive(word.folded) for word in words):
        return False
    if _ASKS.search(source.folded, start, end):
        return True
    return not any(word_forms.is_finite_verb(word.folded) for word in words)
