"""Bytes of plain text in the encodings met in Russian offices, and the tidying every text gets."""

import re
import unicodedata
from typing import Final

from app.documents.limits import MAX_TEXT_CHARS
from app.documents.refusal import BROKEN, DocumentRefused

_NOT_TEXT: Final = (
    "Файл не похож на обычный текст. Сохраните документ как .docx или как «Текст в кодировке UTF-8» "
    "и загрузите ещё раз, или вставьте текст вручную."
)
EMPTY_TEXT: Final = "В файле нет текста. Проверьте, тот ли файл выбран, или вставьте текст вручную."
TOO_LONG: Final = (
    f"В документе больше {MAX_TEXT_CHARS // 1_000_000} млн знаков, на приказ это не похоже. "
    "Загрузите только сам приказ или вставьте его текст вручную."
)

_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CYRILLIC_CODINGS: Final = ("cp1251", "koi8-r", "cp866")
# Share of the letters in Russian texts, per cent; a wrong coding turns frequent letters into rare ones.
_FREQUENT: Final = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_PER_CENT: Final = (
    *(11.0, 8.5, 8.0, 7.4, 6.7, 6.3, 5.5, 4.7, 4.5, 4.4, 3.5, 3.2, 3.0, 2.8, 2.6, 2.0, 1.9),
    *(1.7, 1.7, 1.7, 1.6, 1.4, 1.2, 1.0, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.04, 0.04),
)
_SHARE: Final = dict(zip(_FREQUENT, _PER_CENT, strict=True))
_SAMPLE_BYTES: Final = 64 * 1024
_ALIEN_WEIGHT: Final = 15.0
# Right codings of Russian texts score 5 to 7.
_LEAST_LIKENESS: Final = 2.0
_DAMAGED_SHARE: Final = 10

_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BREAKS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Soft hyphens, zero-width marks and bidirectional overrides: unseen by the reader, in the way of the parser.
_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_GAPS: Final = re.compile(r"\n{3,}")


def decoded(content: bytes) -> str:
    """Text by its byte order mark, else as UTF-8, else by the Cyrillic coding whose letters look most Russian."""
    for mark, coding in _MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], coding)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = _guessed(content)
    return _without_controls(text)


def tidied(text: str) -> str:
    """Composed letters, line feeds, no unseen characters, no gaps over one blank line; refused when empty."""
    if len(text) > MAX_TEXT_CHARS:
        raise DocumentRefused(TOO_LONG)
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", _BREAKS.sub("\n", text)))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    text = _GAPS.sub("\n\n", text).strip("\n")
    if not any(sign.isalnum() for sign in text):
        raise DocumentRefused(EMPTY_TEXT)
    return text


def _strictly(content: bytes, coding: str) -> str:
    try:
        return _without_controls(content.decode(coding))
    except UnicodeDecodeError as error:
        raise DocumentRefused(_NOT_TEXT) from error


def _without_controls(text: str) -> str:
    if _CONTROLS.search(text):
        raise DocumentRefused(_NOT_TEXT)
    return text


def _guessed(content: bytes) -> str:
    # UTF-8 with a few bad bytes is a damaged file, not a text in another coding.
    damaged = content.decode("utf-8", errors="replace")
    bad = damaged.count("\ufffd")
    if sum(sign > "\x7f" for sign in damaged) - bad > _DAMAGED_SHARE * bad:
        raise DocumentRefused(BROKEN)
    candidates = []
    for coding in _CYRILLIC_CODINGS:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        candidates.append((_likeness(text[:_SAMPLE_BYTES]), text))
    if not candidates:
        raise DocumentRefused(_NOT_TEXT)
    likeness, text = max(candidates, key=lambda candidate: candidate[0])
    if likeness < _LEAST_LIKENESS:
        raise DocumentRefused(_NOT_TEXT)
    return text


def _likeness(text: str) -> float:
    """How Russian the signs beyond ASCII look, per sign: shares of letters less what no Russian text has."""
    score = 0.0
    seen = 0
    before = " "
    for sign in text:
        if sign > "\x7f":
            seen += 1
            share = _SHARE.get(sign.lower())
            if share is not None:
                score += share
                # A capital after a small letter inside a word: the mark of a swapped coding.
                if sign.isupper() and before.islower():
                    score -= _ALIEN_WEIGHT
            elif sign not in "№«»–—„“”’…• \u00a0§°":
                score -= _ALIEN_WEIGHT
        before = sign
    return score / seen if seen else 0.0
