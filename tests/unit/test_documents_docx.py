"""The text of Word documents: what the reader sees is what the parser gets."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from app.documents.refusal import DocumentRefused
from app.documents.text_in import text_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def saved(document) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def rewritten(content: bytes, changed: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """The same archive with some parts changed; parts not there yet are made from nothing."""
    source, target = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, changed.get(name, lambda part: part)(source.read(name)))
        for name in changed.keys() - set(source.namelist()):
            archive.writestr(name, changed[name](b""))
    return target.getvalue()


def with_body(xml: str) -> bytes:
    document = (
        f'<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{xml}</w:body></w:document>"
    )
    return rewritten(saved(Document()), {"word/document.xml": lambda _: document.encode()})


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def level(at: int, form: str, text: str, start: int = 1, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def with_lists(abstracts: dict[int, str], nums: dict[int, str], paragraphs: list[tuple[int | None, int, str]]) -> bytes:
    document = Document()
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    for at, levels in abstracts.items():
        numbering.append(parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{at}">{levels}</w:abstractNum>'))
    for at, inner in nums.items():
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{at}">{inner}</w:num>'))
    for num_id, at, text in paragraphs:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        if num_id is not None:
            num_pr = properties.get_or_add_numPr()
            num_pr.get_or_add_ilvl().val = at
            num_pr.get_or_add_numId().val = num_id
    return saved(document)


def lines(content: bytes) -> list[str]:
    return text_of(content, "приказ.docx").split("\n")


def test_paragraphs_and_tables_come_in_document_order() -> None:
    document = Document()
    document.add_paragraph("Об утверждении")
    table = document.add_table(rows=2, cols=3)
    for row, cells in zip(
        table.rows, [("№ п/п", "Муниципалитет", "Срок"), ("1", "Томаринский\nгородской округ", "")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("Министр\tА. Н. Киктева")
    assert lines(saved(document)) == [
        "Об утверждении",
        "№ п/п | Муниципалитет | Срок",
        "1 | Томаринский городской округ |",
        "Министр\tА. Н. Киктева",
    ]


def test_a_frame_of_one_cell_keeps_its_paragraphs_and_nested_tables_stay_in_their_cell() -> None:
    document = Document()
    frame = document.add_table(rows=1, cols=1).rows[0].cells[0]
    frame.text = "1. Первый пункт"
    frame.add_paragraph("2. Второй пункт")
    outer = document.add_table(rows=1, cols=2).rows[0]
    outer.cells[0].text = "слева"
    inner = outer.cells[1].add_table(rows=1, cols=2).rows[0]
    inner.cells[0].text, inner.cells[1].text = "а", "б"
    assert lines(saved(document)) == ["1. Первый пункт", "2. Второй пункт", "слева | а | б"]


def test_numbers_of_lists_are_restored_with_levels_and_restarts() -> None:
    levels = level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2.") + level(2, "russianLower", "%3)")
    content = with_lists(
        {5: levels, 6: level(0, "bullet", "\uf0b7")},
        {1: '<w:abstractNumId w:val="5"/>', 2: '<w:abstractNumId w:val="6"/>'},
        [
            (1, 0, "Институту:"),
            (1, 1, "довести"),
            (1, 1, "провести"),
            (1, 2, "раз"),
            (1, 2, "два"),
            (None, 0, "Вводная фраза без номера"),
            (2, 0, "пункт"),
            (1, 0, "Школам:"),
            (1, 1, "исполнить"),
            (1, 2, "снова раз"),
        ],
    )
    assert lines(content) == [
        "1. Институту:", "1.1. довести", "1.2. провести", "а) раз", "б) два", "Вводная фраза без номера", "– пункт",
        "2. Школам:", "2.1. исполнить", "а) снова раз",
    ]  # fmt: skip


def test_lists_over_one_definition_go_on_and_one_with_its_own_start_begins_anew() -> None:
    restart = '<w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    content = with_lists(
        {0: level(0, "upperRoman", "Раздел %1.", start=4)},
        {1: '<w:abstractNumId w:val="0"/>', 2: '<w:abstractNumId w:val="0"/>', 3: restart},
        [(1, 0, "а"), (2, 0, "б"), (3, 0, "в"), (3, 0, "г"), (0, 0, "без номера"), (99, 0, "нет списка")],
    )
    assert lines(content) == ["Раздел IV. а", "Раздел V. б", "Раздел I. в", "Раздел II. г", "без номера", "нет списка"]


def test_a_level_may_go_on_after_a_higher_one_and_write_all_in_figures() -> None:
    levels = (
        level(0, "upperRoman", "%1.")
        + level(1, "decimal", "%2.", more='<w:lvlRestart w:val="0"/>')
        + level(2, "decimal", "%1.%2.%3", more="<w:isLgl/>")
    )
    content = with_lists(
        {0: levels},
        {1: '<w:abstractNumId w:val="0"/>'},
        [(1, 0, "а"), (1, 1, "б"), (1, 0, "в"), (1, 1, "г"), (1, 2, "д")],
    )
    assert lines(content) == ["I. а", "1. б", "II. в", "2. г", "2.2.1 д"]


def test_the_russian_list_leaves_out_the_letters_that_word_leaves_out() -> None:
    content = with_lists({0: level(0, "russianLower", "%1)")}, {1: '<w:abstractNumId w:val="0"/>'}, [(1, 0, "x")] * 30)
    assert "".join(line[0] for line in lines(content)) == "абвгдежзиклмнопрстуфхцчшщыэюяа"
    assert lines(content)[29] == "аа) x"


def test_a_style_gives_its_paragraphs_a_number_through_the_style_it_is_based_on() -> None:
    document = Document()
    numbering = document.part.numbering_part.element
    numbering.append(
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{level(0, "decimal", "%1.")}'
            f'{level(1, "decimal", "%1.%2.", more="""<w:pStyle w:val="Podpunkt"/>""")}</w:abstractNum>'
        )
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for style_id, parent in (("Punkt", ""), ("Podpunkt", '<w:basedOn w:val="Punkt"/>')):
        own = "" if parent else '<w:pPr><w:numPr><w:numId w:val="77"/></w:numPr></w:pPr>'
        document.styles.element.append(
            parse_xml(
                f'<w:style {nsdecls("w")} w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{style_id}"/>{parent}{own}</w:style>'
            )
        )
    for style_id, text in (("Punkt", "первый"), ("Podpunkt", "подпункт"), ("Punkt", "второй")):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        mark = OxmlElement("w:pStyle")
        mark.set(qn("w:val"), style_id)
        properties.insert(0, mark)
    document.add_paragraph("обычный")
    assert lines(saved(document)) == ["1. первый", "1.1. подпункт", "2. второй", "обычный"]


def test_the_built_in_list_style_of_word_is_numbered_too() -> None:
    document = Document()
    document.add_paragraph("первый", style="List Number")
    document.add_paragraph("второй", style="List Number")
    document.add_paragraph("точка", style="List Bullet")
    assert lines(saved(document)) == ["1. первый", "2. второй", "– точка"]


def test_an_empty_numbered_cell_shows_its_number() -> None:
    cell = '<w:tc><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p></w:tc>'
    rows = "".join(f"<w:tr>{cell}<w:tc>{p(name)}</w:tc></w:tr>" for name in ("Анивский", "Долинский"))
    content = rewritten(
        with_body(f"<w:tbl>{rows}</w:tbl>"),
        {
            "word/numbering.xml": lambda _: (
                f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">{level(0, "decimal", "%1.")}</w:abstractNum>'
                '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
            ).encode()
        },
    )
    assert lines(content) == ["1. | Анивский", "2. | Долинский"]


def test_deleted_moved_and_hidden_text_and_twins_of_drawings_are_not_seen() -> None:
    content = with_body(
        "<w:p><w:r><w:t>видно</w:t></w:r>"
        "<w:del><w:r><w:delText>удалено</w:delText><w:t>удалено</w:t></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>унесено</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>, вставлено</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>скрыто</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>, снова видно</w:t></w:r>'
        "<mc:AlternateContent><mc:Choice><w:r><w:t>, раз</w:t></w:r></mc:Choice>"
        "<mc:Fallback><w:r><w:t>, два</w:t></w:r></mc:Fallback></mc:AlternateContent>"
        "<w:r><w:instrText>PAGE</w:instrText><w:noBreakHyphen/><w:br/><w:t>строка</w:t></w:r></w:p>"
    )
    assert lines(content) == ["видно, вставлено, снова видно, раз-", "строка"]


def test_tab_stops_are_no_tabs_and_former_properties_give_no_number() -> None:
    former = '<w:pPrChange><w:pPr><w:pStyle w:val="ListNumber"/></w:pPr></w:pPrChange>'
    assert lines(with_body(p("текст", f'<w:tabs><w:tab w:val="left"/></w:tabs>{former}'))) == ["текст"]


def test_the_strict_namespace_and_another_name_of_the_body_are_read() -> None:
    content = with_body(p("Приказываю"))
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    source, target = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = (
                source.read(name).replace(W.encode(), strict.encode()).replace(b"word/document.xml", b"word/body7.xml")
            )
            archive.writestr(name.replace("word/document.xml", "word/body7.xml"), part)
    assert lines(target.getvalue()) == ["Приказываю"]


@pytest.mark.parametrize("body", ["", "<w:p/>", p("   "), p("…—")])
def test_a_document_without_words_is_refused(body: str) -> None:
    with pytest.raises(DocumentRefused, match="нет текста"):
        text_of(with_body(body), "пусто.docx")


def test_a_body_of_broken_xml_is_refused() -> None:
    content = rewritten(with_body(p("текст")), {"word/document.xml": lambda part: part[:-20]})
    with pytest.raises(DocumentRefused, match="повреждён"):
        text_of(content, "приказ.docx")


def test_a_document_without_its_body_is_refused() -> None:
    source, target = zipfile.ZipFile(BytesIO(with_body(p("текст")))), BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            if name != "word/document.xml":
                archive.writestr(name, source.read(name))
    with pytest.raises(DocumentRefused, match="повреждён"):
        text_of(target.getvalue(), "приказ.docx")


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="1 млн знаков"):
        text_of(with_body(p("слово " * 1000) * 200), "приказ.docx")
