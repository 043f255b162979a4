"""The text layer of a PDF, read by a child process that may neither run long nor grow large."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from app.documents.limits import (
    MAX_PDF_PAGES,
    MAX_TEXT_CHARS,
    PDF_CPU_SECONDS,
    PDF_MEMORY_BYTES,
    PDF_WALL_SECONDS,
)
from app.documents.plain_text import TOO_LONG
from app.documents.refusal import BROKEN, DocumentRefused

_READER: Final = Path(__file__).with_name("pdf_reader.py")
_NO_LAYER: Final = (
    "В файле нет текстового слоя: похоже, это скан. "
    "Распознайте текст и сохраните его как .docx или .txt, или вставьте текст вручную."
)
_ILLEGIBLE: Final = (
    "Текстовый слой файла не читается: буквы в нём записаны своей кодировкой. "
    "Загрузите исходный документ .docx или вставьте текст вручную."
)
_COMPLEX: Final = (
    "Файл PDF устроен слишком сложно, прочитать его не удалось. "
    "Загрузите исходный документ .docx или вставьте текст вручную."
)
_REFUSALS: Final = {
    "protected": "Файл PDF зашифрован или защищён паролем. Сохраните копию без защиты или вставьте текст вручную.",
    "pages": (
        f"В файле больше {MAX_PDF_PAGES} страниц, на приказ это не похоже. "
        "Сохраните в отдельный файл страницы самого приказа или вставьте его текст вручную."
    ),
    "long": TOO_LONG,
    "complex": _COMPLEX,
    "broken": BROKEN,
}
# Below this share of letters and digits among the visible signs the layer is not a text in any language.
_LEGIBLE_SHARE: Final = 0.5
_LATIN_1: Final = range(0xC0, 0x100)


def pdf_text(content: bytes) -> str:
    """Text of all pages, one below another. Raises `DocumentRefused`."""
    pages = _pages(content)
    text = "\n".join(pages)
    visible = [sign for sign in text if not sign.isspace()]
    words = [sign for sign in visible if sign.isalnum()]
    if not visible or (len(visible) < 2 * len(pages) and not words):
        raise DocumentRefused(_NO_LAYER)
    # Cyrillic letters kept as accented Latin ones: the mark of a font without a map to Unicode.
    accented = sum(ord(sign) in _LATIN_1 for sign in words)
    if len(words) < _LEGIBLE_SHARE * len(visible) or accented > _LEGIBLE_SHARE * len(words):
        raise DocumentRefused(_ILLEGIBLE)
    return text


def _pages(content: bytes) -> list[str]:
    limits = (PDF_MEMORY_BYTES, PDF_CPU_SECONDS, MAX_PDF_PAGES, MAX_TEXT_CHARS)
    command = [sys.executable, "-I", str(_READER), *map(str, limits)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program with numbers for arguments, the file on its input
            command, input=content, capture_output=True, check=False, timeout=PDF_WALL_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentRefused(_COMPLEX) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        # Killed by a limit, or out of memory even for an answer.
        raise DocumentRefused(_COMPLEX) from error
    if answer["verdict"] != "text":
        raise DocumentRefused(_REFUSALS[answer["verdict"]])
    return [str(page) for page in answer["pages"]]
