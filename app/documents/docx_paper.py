"""An official paper as .docx: A4, one typeface, headings, tables with a repeated head; the same in, the same out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from typing import Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

TYPEFACE: Final = "Times New Roman"
BODY_SIZE, TABLE_SIZE, NOTE_SIZE = 12, 10, 9
# Longer values of a table are words, to be read from the left.
_SHORT: Final = 24
_TEXT_WIDTH: Final = 16.5  # cm of A4 between the margins of an official paper
_TWIPS: Final = 1440 / 2.54  # twentieths of a point in a centimetre
_HEAD_FILL: Final = "E9EDF5"
_LANGUAGE: Final = "ru-RU"
_QUIET: Final = RGBColor(0x5B, 0x65, 0x7A)
# What XML 1.0 cannot hold.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The archive keeps no moment of its making: the same figures make the same bytes.
_NO_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


class Paper:
    """A document being written from top to bottom."""

    def __init__(self, title: str, author: str, made_at: datetime) -> None:
        self._document = Document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin, section.right_margin = Cm(3), Cm(1.5)
        section.top_margin, section.bottom_margin = Cm(2), Cm(2)
        for name, size, bold in (("Normal", BODY_SIZE, False), ("Heading 1", 13, True), ("Heading 2", 12, True)):
            self._style(name, size, bold=bold)
        facts = self._document.core_properties
        facts.title, facts.author, facts.last_modified_by = _clean(title), _clean(author), _clean(author)
        facts.created = facts.modified = made_at.astimezone(UTC).replace(tzinfo=None)
        facts.language, facts.comments, facts.revision = _LANGUAGE, "", 1
        self._page_numbers()

    def title(self, text: str, *, size: float = 14) -> None:
        self._line(text, WD_ALIGN_PARAGRAPH.CENTER, bold=True, size=size)

    def subtitle(self, text: str) -> None:
        self._line(text, WD_ALIGN_PARAGRAPH.CENTER)

    def heading(self, text: str, level: int = 1) -> None:
        self._document.add_heading(_clean(text), level)

    def text(self, text: str) -> None:
        """A paragraph of the running text."""
        paragraph = self._line(text, WD_ALIGN_PARAGRAPH.JUSTIFY)
        paragraph.paragraph_format.first_line_indent = Cm(1.25)

    def note(self, text: str) -> None:
        self._line(text, WD_ALIGN_PARAGRAPH.LEFT, size=NOTE_SIZE).runs[0].font.color.rgb = _QUIET

    def point(self, head: str, text: str) -> None:
        """A paragraph that begins with a word in bold."""
        paragraph = self._line(f"{head} ", WD_ALIGN_PARAGRAPH.LEFT, bold=True)
        paragraph.add_run(_clean(text))
        paragraph.paragraph_format.left_indent = Cm(0.75)

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """`widths` are parts of the text's width. The first column stands to the left, short values in the middle."""
        unit = _TEXT_WIDTH / sum(widths)
        columns = [round(width * unit * _TWIPS) for width in widths]
        head = "".join(_cell(title, width, is_head=True) for title, width in zip(titles, columns, strict=True))
        lines = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
        for values in rows:
            cells = "".join(
                _cell(value, width, centred=number > 0 and len(value) < _SHORT)
                for number, (value, width) in enumerate(zip(values, columns, strict=True))
            )
            lines.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
        # One piece of XML: python-docx takes a second for forty rows made cell by cell.
        table = parse_xml(
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
            '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>"
            f"{''.join(lines)}</w:tbl>"
        )
        after = self._document.add_paragraph()
        after.paragraph_format.space_after = Pt(0)
        after._p.addprevious(table)  # noqa: SLF001 - the one way to place a piece of XML in the body

    def signatures(self, lines: Sequence[tuple[str, str]]) -> None:
        """Role, room for the hand, name in print."""
        for role, name in lines:
            paragraph = self._line(f"{role}  {'_' * 22}  {name or '_' * 24}", WD_ALIGN_PARAGRAPH.LEFT)
            paragraph.paragraph_format.space_before = Pt(18)
            paragraph.paragraph_format.keep_with_next = True

    def content(self) -> bytes:
        """The finished file."""
        raw, packed = BytesIO(), BytesIO()
        self._document.save(raw)
        with zipfile.ZipFile(raw) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in parts.namelist():
                archive.writestr(zipfile.ZipInfo(name, _NO_MOMENT), parts.read(name), zipfile.ZIP_DEFLATED)
        return packed.getvalue()

    def _style(self, name: str, size: float, *, bold: bool) -> None:
        style = self._document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.name = TYPEFACE
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        # The template names fonts of its theme, which stand before the name.
        for part in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{part}"), None)
        for part in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{part}"), TYPEFACE)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), _LANGUAGE)
        style.element.get_or_add_rPr().append(language)
        shape = style.paragraph_format
        shape.space_before, shape.space_after, shape.line_spacing = Pt(10 if bold else 0), Pt(4), 1.0
        shape.keep_with_next = bold

    def _line(self, text: str, side: WD_ALIGN_PARAGRAPH, *, bold: bool = False, size: float | None = None) -> Paragraph:
        paragraph = self._document.add_paragraph()
        paragraph.alignment = side
        run = paragraph.add_run(_clean(text))
        run.bold = bold
        if size is not None:
            run.font.size = Pt(size)
        return paragraph

    def _page_numbers(self) -> None:
        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run()
        run.font.size = Pt(NOTE_SIZE)
        for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
            if kind:
                part = OxmlElement("w:fldChar")
                part.set(qn("w:fldCharType"), kind)
            else:
                part = OxmlElement("w:instrText")
                part.text = code
            run._r.append(part)  # noqa: SLF001 - a field has no public maker


def _cell(text: str, width: int, *, is_head: bool = False, centred: bool = False) -> str:
    """A cell as XML; `width` in twentieths of a point."""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{_HEAD_FILL}"/>' if is_head else ""
    side = "center" if is_head or centred else "left"
    bold = "<w:b/>" if is_head else ""
    size = f'<w:sz w:val="{2 * TABLE_SIZE}"/><w:szCs w:val="{2 * TABLE_SIZE}"/>'
    shape = f'<w:spacing w:after="20"/><w:jc w:val="{side}"/>'
    run = f'<w:r><w:rPr>{bold}{size}</w:rPr><w:t xml:space="preserve">{escape(_clean(text), quote=False)}</w:t></w:r>'
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
        f"<w:p><w:pPr>{shape}</w:pPr>{run}</w:p></w:tc>"
    )


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)
