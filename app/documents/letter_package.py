"""The package of a letter's template from outside: Word's own document and nothing that reaches out of it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit

from app.documents import known_kinds as kinds
from app.documents.file_kind import kind_of
from app.documents.guarded_xml import Listener, listen, tree_of
from app.documents.limits import (
    MAX_LETTER_TEMPLATE_BYTES,
    MAX_SIDE_XML_BYTES,
    MAX_SIDE_XML_ELEMENTS,
    MIB,
)
from app.documents.refusal import DocumentRefused
from app.documents.zip_parts import ZipParts

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_EMBEDDED: Final = re.compile(r"(^|/)(embeddings|activex|customui|vba)", re.IGNORECASE)
# Any part may be declared to be the document itself, whatever its name: only what is read here, and pictures.
_KNOWN: Final = re.compile(r"\.(xml|rels|png|jpe?g|gif|bmp|tiff?|emf|wmf|odttf)$", re.IGNORECASE)
_LINKED: Final = frozenset({"http", "https", "mailto"})
# Contents of other files and programs run by Word come along by relationships of these kinds.
_BROUGHT: Final = ("/afchunk", "/oleobject", "/package", "/control", "/subdocument", "/frame", "/vbaproject")
_HARMLESS: Final = frozenset(
    {"PAGE", "NUMPAGES", "SECTIONPAGES", "HYPERLINK", "TOC", "REF", "PAGEREF", "SEQ", "STYLEREF"}
)

_NOT_DOCX: Final = "Шаблон письма — документ Word (.docx), а это {}. Сохраните его в Word как «Документ Word (*.docx)»."
_LARGE: Final = f"Шаблон больше {MAX_LETTER_TEMPLATE_BYTES // MIB} МБ. Уменьшите рисунки в нём."
_OUTSIDE: Final = (
    "Шаблон ссылается на внешний файл ({}), такие не принимаются. Вставьте рисунок в документ, а связи разорвите: "
    "в Word «Файл» → «Сведения» → «Изменить связи с файлами»."
)
_INSIDE: Final = "В шаблон вложен объект другой программы. Уберите его: оставьте текст, таблицы и рисунки."
_FIELD: Final = "В шаблоне есть поле Word «{}», которое не принимается. Замените его обычным текстом (Ctrl+Shift+F9)."


class _Fields(Listener):
    """Refuses fields of Word that fetch something or run something."""

    def __init__(self) -> None:
        super().__init__(MAX_SIDE_XML_ELEMENTS)
        # The instruction of each field that has begun, until it is told whole.
        self._open: list[list[str] | None] = []
        self._telling = False

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_W}fldSimple":
            _judge(attributes.get(f"{_W}instr", ""))
        elif tag == f"{_W}fldChar":
            self._turn(attributes.get(f"{_W}fldCharType", ""))
        self._telling = tag in {f"{_W}instrText", f"{_W}delInstrText"}
        if self._telling and not self._open:
            self._open.append([])

    def closed(self, tag: str) -> None:
        del tag
        self._telling = False

    def told(self, text: str) -> None:
        if self._telling and self._open and (instruction := self._open[-1]) is not None:
            instruction.append(text)

    def close(self) -> None:
        for instruction in self._open:
            if instruction is not None:
                _judge("".join(instruction))

    def _turn(self, kind: str) -> None:
        if kind == "begin":
            if self._open and self._open[-1] is not None:
                # A field inside the instruction of another writes what that one will do.
                raise DocumentRefused(_FIELD.format("поле в поле"))
            self._open.append([])
            return
        if self._open and (instruction := self._open[-1]) is not None:
            _judge("".join(instruction))
            self._open[-1] = None
        if kind == "end" and self._open:
            self._open.pop()


def check_package(content: bytes) -> None:
    """Raises `DocumentRefused` for what is no Word document, is too large, or reaches out of itself."""
    if len(content) > MAX_LETTER_TEMPLATE_BYTES:
        raise DocumentRefused(_LARGE)
    stream = BytesIO(content)
    # Without an extension: what it is instead is told below.
    kind = kind_of(stream, "шаблон")
    if kind is not kinds.DOCX:
        raise DocumentRefused(_NOT_DOCX.format(kind.named))
    parts = ZipParts(stream)
    for name in parts.names:
        if _EMBEDDED.search(name) or not (_KNOWN.search(name) or name.endswith("/")):
            raise DocumentRefused(_INSIDE)
        if name.lower().endswith(".rels"):
            _relations(parts, name)
        elif name.lower().endswith(".xml"):
            listen(parts.chunks(name, max_bytes=MAX_SIDE_XML_BYTES), _Fields())


def _relations(parts: ZipParts, name: str) -> None:
    for element in tree_of(parts.chunks(name, max_bytes=MAX_SIDE_XML_BYTES)).iter():
        kind = element.get("Type", "").lower()
        if kind.endswith(_BROUGHT):
            raise DocumentRefused(_INSIDE)
        if element.get("TargetMode", "").lower() != "external":
            continue
        target = element.get("Target", "")
        if not kind.endswith("/hyperlink") or not _is_link(target):
            raise DocumentRefused(_OUTSIDE.format(target[:80] or "без имени"))


def _is_link(target: str) -> bool:
    try:
        return urlsplit(target).scheme.lower() in _LINKED
    except ValueError:
        return False


def _judge(instruction: str) -> None:
    words = instruction.split()
    if words and words[0].upper() not in _HARMLESS:
        raise DocumentRefused(_FIELD.format(words[0][:40]))
