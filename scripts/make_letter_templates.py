"""The product's own templates of letters, laid out after GOST R 7.0.97-2016: `python -m scripts.make_letter_templates`.

Made once and kept in app/documents/letter_templates; a test holds the files to this program.
"""

import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

FOLDER = Path(__file__).parent.parent / "app" / "documents" / "letter_templates"
TYPEFACE = "Times New Roman"
LEFT, RIGHT, CENTRE, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
# The corner of the requisites is 73 mm wide, the addressee begins beyond it.
CORNER, GAP, ADDRESSEE = 7.3, 1.7, 8.0
NO_MOMENT = (2016, 12, 8, 0, 0, 0)


class Blank:
    def __init__(self, title: str) -> None:
        self.document = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin, section.right_margin = Cm(3), Cm(1)
        section.top_margin, section.bottom_margin = Cm(2), Cm(2)
        section.header_distance = Cm(1)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = TYPEFACE, Pt(13)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for part in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{part}"), None)
        for part in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{part}"), TYPEFACE)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "ru-RU")
        style.element.get_or_add_rPr().append(language)
        style.paragraph_format.space_after = Pt(0)
        facts = self.document.core_properties
        facts.title, facts.author, facts.last_modified_by, facts.comments = title, "", "", ""
        facts.language, facts.revision = "ru-RU", 1
        facts.created = facts.modified = datetime(2016, 12, 8)  # noqa: DTZ001 - a core property has no zone
        self._page_numbers(section)

    def _page_numbers(self, section: Section) -> None:
        """In the middle of the upper margin, from the second page on."""
        section.different_first_page_header_footer = True
        paragraph = section.header.paragraphs[0]
        paragraph.alignment = CENTRE
        run = paragraph.add_run()
        run.font.size = Pt(12)
        for kind in ("begin", None, "end"):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.text = "PAGE"
            run._r.append(part)  # noqa: SLF001 - a field has no public maker

    def text(
        self,
        words: str,
        side: WD_ALIGN_PARAGRAPH = LEFT,
        *,
        size: float | None = None,
        bold: bool = False,
        before: float = 0,
        after: float = 0,
        indent: float = 0,
        where: _Cell | None = None,
    ) -> Paragraph:
        paragraph = (where or self.document).add_paragraph()
        run = paragraph.add_run(words)
        run.bold = bold
        if size:
            run.font.size = Pt(size)
        shape = paragraph.paragraph_format
        paragraph.alignment, shape.space_before, shape.space_after = side, Pt(before), Pt(after)
        shape.first_line_indent = Cm(indent) if indent else None
        return paragraph

    def bare_table(self, widths: Sequence[float]) -> tuple[_Cell, ...]:
        table = self.document.add_table(rows=1, cols=len(widths))
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for cell, width in zip(table.rows[0].cells, widths, strict=True):
            cell.width = Cm(width)
        return tuple(table.rows[0].cells)

    def head(self, *, is_answer: bool) -> None:
        corner, _, addressee = self.bare_table((CORNER, GAP, ADDRESSEE))
        first = corner.paragraphs[0]
        first.add_run("{%p if вышестоящая %}")
        self.text("{{ вышестоящая }}", CENTRE, size=11, after=3, where=corner)
        self.text("{%p endif %}", where=corner)
        self.text("{{ организация }}", CENTRE, bold=True, after=3, where=corner)
        self.text("{%p if контакты %}", where=corner)
        self.text("{{ контакты }}", CENTRE, size=10, after=3, where=corner)
        self.text("{%p endif %}", where=corner)
        self.text("{{ дата }} № {{ номер }}", CENTRE, size=12, before=8, where=corner)
        if is_answer:
            self.text("на № {{ на_номер }} от {{ на_дата }}", CENTRE, size=12, before=3, where=corner)
        addressee.paragraphs[0].add_run("{{ адресат }}")
        title = self.text("{{ заголовок }}", before=24, after=18)
        title.paragraph_format.right_indent = Cm(GAP + ADDRESSEE)
        self.text("{%p if обращение %}")
        self.text("{{ обращение }}", CENTRE, after=10)
        self.text("{%p endif %}")

    def body(self) -> None:
        paragraph = self.text("{{ текст }}", BOTH, indent=1.25, after=2)
        paragraph.paragraph_format.line_spacing = 1.15

    def signature(self) -> None:
        position, name = self.bare_table((9.5, 7.5))
        position.paragraphs[0].add_run("{{ должность }}")
        position.paragraphs[0].paragraph_format.space_before = Pt(36)
        name.paragraphs[0].add_run("{{ подписант }}")
        name.paragraphs[0].alignment = RIGHT
        for cell in (position, name):
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        self.text("{%p if исполнитель %}")
        self.text("Исп. {{ исполнитель }}", size=10, before=36)
        self.text("{%p endif %}")

    def content(self) -> bytes:
        raw, packed = BytesIO(), BytesIO()
        self.document.save(raw)
        with zipfile.ZipFile(raw) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in parts.namelist():
                archive.writestr(zipfile.ZipInfo(name, NO_MOMENT), parts.read(name), zipfile.ZIP_DEFLATED)
        return packed.getvalue()


def answer() -> bytes:
    blank = Blank("Ответ об исполнении поручения")
    blank.head(is_answer=True)
    blank.body()
    blank.text("{%p if приложения %}")
    blank.text("Приложения:", before=14, after=2).paragraph_format.keep_with_next = True
    blank.text("{%p for приложение in приложения %}")
    words = (
        "{{ приложение.номер }}.\t{{ приложение.название }}{% if приложение.файл %} (файл «{{ приложение.файл }}»)"
        "{% endif %}{% if приложение.ссылка %}: {{ приложение.ссылка }}{% endif %}"
        "{% if loop.last %}.{% else %};{% endif %}"
    )
    shape = blank.text(words, size=12, after=2).paragraph_format
    shape.left_indent, shape.first_line_indent = Cm(0.9), Cm(-0.9)
    shape.tab_stops.add_tab_stop(Cm(0.9), WD_TAB_ALIGNMENT.LEFT)
    blank.text("{%p endfor %}")
    blank.text("{%p endif %}")
    blank.signature()
    return blank.content()


def weaknesses() -> bytes:
    blank = Blank("Письмо о выявленных недостатках")
    blank.head(is_answer=False)
    blank.body()
    heads = (("№", 1.0), ("Организация", 4.3), ("Недостаток", 5.8), ("Тяжесть", 3.1), ("Причина", 2.8))
    blank.text("", size=6)
    table = blank.document.add_table(rows=4, cols=len(heads))
    table.style = "Table Grid"
    table.autofit = False
    fields = ("номер", "организация", "недостаток", "тяжесть", "причина")
    for place, ((head, width), field) in enumerate(zip(heads, fields, strict=True)):
        table.columns[place].width = Cm(width)
        for row, words in ((0, head), (2, f"{{{{ строка.{field} }}}}")):
            cell = table.cell(row, place)
            cell.width = Cm(width)
            run = cell.paragraphs[0].add_run(words)
            run.font.size, run.bold = Pt(10.5), row == 0
            cell.paragraphs[0].alignment = CENTRE if row == 0 or place == 0 else LEFT
    table.cell(1, 0).paragraphs[0].add_run("{%tr for строка in недостатки %}")
    table.cell(3, 0).paragraphs[0].add_run("{%tr endfor %}")
    for row, repeated in ((0, True), (2, False)):
        marks = table.rows[row]._tr.get_or_add_trPr()  # noqa: SLF001 - a repeated head has no public maker
        marks.append(OxmlElement("w:cantSplit"))
        if repeated:
            marks.append(OxmlElement("w:tblHeader"))
    blank.signature()
    return blank.content()


MADE = {"answer": answer, "weaknesses": weaknesses}


def main() -> None:
    for name, make in MADE.items():
        (FOLDER / f"{name}.docx").write_bytes(make())


if __name__ == "__main__":
    main()
