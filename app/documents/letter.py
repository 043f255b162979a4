"""Letters by a template: the product's own, or one from outside, which is taken for hostile."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from app.documents import letter_press
from app.documents.letter_fields import FIELDS, Value
from app.documents.letter_package import check_package, check_written
from app.documents.limits import (
    LETTER_CPU_SECONDS,
    LETTER_MEMORY_BYTES,
    LETTER_WALL_SECONDS,
    MAX_LETTER_PART_CHARS,
)
from app.documents.refusal import DocumentRefused
from app.models.enumeration_of_measures import LetterKind

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PRESS: Final = Path(letter_press.__file__)
_OWN: Final = Path(__file__).with_name("letter_templates")
_SLOW: Final = (
    "Письма по этому шаблону пишутся слишком долго или занимают слишком много памяти. Создайте шаблон заново из "
    "встроенного: скачайте его и поправьте."
)
# A table of this many rows is no letter any more, but it must still be written.
_MANY: Final = 300
# Letters that one process writes within its limits, on a busy machine too.
_BATCH: Final = 20


def built_in(kind: LetterKind) -> bytes:
    """The template that stands while a region has none of its own; scripts/make_letter_templates.py makes it."""
    return (_OWN / f"{kind.value}.docx").read_bytes()


def write(kind: LetterKind, letters: Sequence[Mapping[str, Value]], template: bytes | None = None) -> list[bytes]:
    """A .docx for each letter, whose values are those of `letter_fields`; None is the product's own template.

    A template from outside is read by a process of its own, bounded in time and memory. Raises `DocumentRefused`.
    """
    words, rows = FIELDS[kind].known()
    if template is not None:
        batches = [letters[start : start + _BATCH] for start in range(0, len(letters), _BATCH)]
        files = [file for batch in batches for file in _by_another(template, words, rows, batch)]
        for file in files:
            check_written(file)
        return files
    return letter_press.pressed(built_in(kind), words, rows, letters, limit=MAX_LETTER_PART_CHARS)


def check(kind: LetterKind, content: bytes) -> None:
    """Whether letters of the kind can be written by this file: its package, its fields, and three letters by it.

    Raises `DocumentRefused` with what is wrong in words.
    """
    check_package(content)
    fields = FIELDS[kind]
    write(kind, [fields.sample(), fields.blank(), fields.sample(lines=_MANY)], content)


def _by_another(
    template: bytes, words: Sequence[str], rows: Mapping[str, Sequence[str]], letters: Sequence[Mapping[str, Value]]
) -> list[bytes]:
    asked = {"template": base64.b64encode(template).decode(), "words": words, "rows": rows, "letters": letters}
    limits = (LETTER_MEMORY_BYTES, LETTER_CPU_SECONDS, MAX_LETTER_PART_CHARS)
    command = [sys.executable, "-I", str(_PRESS), *map(str, limits)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program with numbers for arguments, the template on its input
            command, input=json.dumps(asked).encode(), capture_output=True, check=False, timeout=LETTER_WALL_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentRefused(_SLOW) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        # Killed by a limit, or out of memory even for an answer.
        raise DocumentRefused(_SLOW) from error
    if "refused" in answer:
        raise DocumentRefused(answer["refused"])
    return [base64.b64decode(file) for file in answer["files"]]
