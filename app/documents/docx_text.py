"""The text of a Word document as its reader sees it: paragraphs, tables and the numbers of lists, in order.

Read as it unpacks, without a tree of the document: memory stays flat whatever the file holds.
"""

import posixpath
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from app.documents.guarded_xml import Listener, listen, tree_of
from app.documents.limits import (
    MAX_BODY_XML_BYTES,
    MAX_BODY_XML_ELEMENTS,
    MAX_SIDE_XML_BYTES,
    MAX_TEXT_CHARS,
)
from app.documents.list_numbering import NAMESPACES, ListNumbering, truth, value_of
from app.documents.plain_text import TOO_LONG
from app.documents.refusal import DocumentRefused
from app.documents.zip_parts import ZipParts

CELL_BORDER: Final = " | "

# What the reader does not see: deleted and moved-away text, former properties, the twin of a drawing for old programs.
_UNSEEN: Final = frozenset(
    space + name
    for space in NAMESPACES
    for name in (
        *("del", "moveFrom", "pPrChange", "rPrChange", "numberingChange", "sectPrChange", "tblPrChange"),
        *("trPrChange", "tcPrChange", "tblGridChange"),
    )
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_SIGNS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def docx_text(stream: BinaryIO) -> str:
    """Lines of the body; a table row is a line with its cells joined by « | ». Raises `DocumentRefused`."""
    parts = ZipParts(stream)
    body = _related(parts, "").get("officeDocument", "word/document.xml")
    related = _related(parts, body)
    side = [
        tree_of(parts.chunks(related[kind], max_bytes=MAX_SIDE_XML_BYTES)) if related.get(kind) in parts.names else None
        for kind in ("numbering", "styles")
    ]
    reader = _BodyReader(ListNumbering(*side))
    listen(parts.chunks(body, max_bytes=MAX_BODY_XML_BYTES), reader)
    return "\n".join(reader.lines)


def _related(parts: ZipParts, source: str) -> dict[str, str]:
    """The parts a part refers to, by the last word of the relationship's type."""
    folder, name = posixpath.split(source)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in parts.names:
        return {}
    root = tree_of(parts.chunks(relations, max_bytes=MAX_SIDE_XML_BYTES))
    return {
        relation.get("Type", "").rpartition("/")[2]: posixpath.normpath(
            posixpath.join("/", folder, relation.get("Target", ""))
        ).lstrip("/")
        for relation in root
        if relation.get("TargetMode") != "External"
    }


@dataclass
class _Paragraph:
    style: str | None = None
    num_id: str | None = None
    level: int | None = None
    deleted: bool = False
    text: list[str] = field(default_factory=list)


class _BodyReader(Listener):
    def __init__(self, numbering: ListNumbering) -> None:
        super().__init__(MAX_BODY_XML_ELEMENTS)
        self.lines: list[str] = []
        self._numbering = numbering
        self._path: list[str] = []
        self._unseen = 0
        self._hidden = False
        self._paragraphs: list[_Paragraph] = []
        self._sinks = [self.lines]
        self._rows: list[list[list[str]]] = []
        self._chars = 0

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        if self._unseen or tag in _UNSEEN:
            # A deletion among the properties of a paragraph mark takes the paragraph itself.
            if not self._unseen and self._paragraphs and self._path[-2:] == ["pPr", "rPr"] and tag.endswith("}del"):
                self._paragraphs[-1].deleted = True
            self._unseen += 1
            return
        space, _, name = tag.rpartition("}")
        name = name if space + "}" in NAMESPACES else ""
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        match name:
            case "p":
                self._paragraphs.append(_Paragraph())
            case "r":
                self._hidden = False
            case "tr":
                self._rows.append([])
            case "tc":
                self._sinks.append([])
            case "vanish" if parent == "rPr" and self._path[-3:-2] == ["r"]:
                self._hidden = truth(value_of(attributes))
            case "tab" | "ptab" | "br" | "cr" | "noBreakHyphen" if parent == "r":
                self._write(_SIGNS[name])
            case "pStyle" | "ilvl" | "numId" if self._paragraphs and parent in {"pPr", "numPr"}:
                self._mark(self._paragraphs[-1], name, value_of(attributes))

    def closed(self, _tag: str) -> None:
        if self._unseen:
            self._unseen -= 1
            return
        match self._path.pop():
            case "p":
                self._end_paragraph(self._paragraphs.pop())
            case "tc":
                cell = self._sinks.pop()
                if self._rows:
                    self._rows[-1].append(cell)
            case "tr":
                self._sinks[-1].extend(_row_lines(self._rows.pop()))

    def told(self, text: str) -> None:
        if not self._unseen and self._path and self._path[-1] == "t":
            self._write(text)

    def _write(self, text: str) -> None:
        if self._hidden or not self._paragraphs:
            return
        self._grow(text)
        self._paragraphs[-1].text.append(text)

    def _grow(self, text: str) -> None:
        self._chars += len(text)
        if self._chars > MAX_TEXT_CHARS:
            raise DocumentRefused(TOO_LONG)

    @staticmethod
    def _mark(paragraph: _Paragraph, name: str, value: str | None) -> None:
        if name == "pStyle":
            paragraph.style = value
        elif name == "numId":
            paragraph.num_id = value
        elif value is not None and len(value) == 1 and value.isdecimal():
            paragraph.level = int(value)

    def _end_paragraph(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.text)
        if paragraph.deleted and not text:
            return
        label = self._numbering.label(paragraph.style, paragraph.num_id, paragraph.level)
        if label:
            self._grow(label)
            text = f"{label} {text.lstrip()}".rstrip()
        self._sinks[-1].extend(text.split("\n"))


def _row_lines(row: list[list[str]]) -> list[str]:
    """A row of one cell is a frame around paragraphs; of more, one line."""
    if len(row) == 1:
        return row[0]
    cells = [" ".join(" ".join(cell).split()) for cell in row]
    return [CELL_BORDER.join(cells)] if any(cells) else []
