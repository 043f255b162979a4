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
    MAX_BODY_XML_BYTES,
    MAX_BODY_XML_ELEMENTS,
    MAX_LETTER_TEMPLATE_BYTES,
    MAX_SIDE_XML_BYTES,
    MAX_SIDE_XML_ELEMENTS,
    MIB,
)
from app.documents.refusal import DocumentRefused
from app.documents.zip_parts import ZipParts

# The names of WordprocessingML, which stand in two namespaces; no other element in a letter is called so.
_SIMPLE, _CHAR, _TOLD = "fldSimple", "fldChar", frozenset({"instrText", "delInstrText"})
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
_MERGED: Final = "Шаблон связан с источником данных слияния. Разорвите связь: «Рассылки» → «Обычный документ Word»."
_INSIDE: Final = "В шаблон вложен объект другой программы. Уберите его: оставьте текст, таблицы и рисунки."
_FIELD: Final = "В шаблоне есть поле Word «{}», которое не принимается. Замените его обычным текстом (Ctrl+Shift+F9)."


class _Fields(Listener):
    """Refuses fields of Word that fetch something or run something."""

    def __init__(self, max_elements: int) -> None:
        super().__init__(max_elements)
        # The instruction of each field that has begun, until it is told whole.
        self._open: list[list[str] | None] = []
        self._telling = False

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "mailMerge":
            raise DocumentRefused(_MERGED)
        if name == _SIMPLE:
            _judge(_attribute(attributes, "instr"))
        elif name == _CHAR:
            self._turn(_attribute(attributes, "fldCharType"))
        self._telling = name in _TOLD
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
    _check_parts(content, MAX_SIDE_XML_BYTES, MAX_SIDE_XML_ELEMENTS)


def check_written(content: bytes) -> None:
    """The same of a letter by a template from outside: its markup may have put together what did not stand in it."""
    _check_parts(content, MAX_BODY_XML_BYTES, MAX_BODY_XML_ELEMENTS)


def _check_parts(content: bytes, max_bytes: int, max_elements: int) -> None:
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
            listen(parts.chunks(name, max_bytes=max_bytes), _Fields(max_elements))


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


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _attribute(attributes: dict[str, str], wanted: str) -> str:
    return next((value for name, value in attributes.items() if _local(name) == wanted), "")


def _judge(instruction: str) -> None:
    words = instruction.split()
    if words and words[0].upper() not in _HARMLESS:
        raise DocumentRefused(_FIELD.format(words[0][:40]))
