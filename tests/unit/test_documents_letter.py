"""Letters by the product's own templates, and templates from outside that are not what they seem."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents import letter, letter_press
from app.documents.letter_fields import FIELDS, line, paragraphs
from app.documents.letter_package import check_package
from app.documents.refusal import DocumentRefused
from app.models.enumeration_of_measures import LetterKind
from scripts import make_letter_templates

pytestmark = pytest.mark.once

ANSWER, WEAKNESSES = LetterKind.ANSWER, LetterKind.WEAKNESSES
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def template(*texts: str) -> bytes:
    document, made = Document(), io.BytesIO()
    for text in texts:
        document.add_paragraph(text)
    document.save(made)
    return made.getvalue()


def with_parts(content: bytes, **changed: bytes | tuple[bytes, bytes]) -> bytes:
    """The package with parts put in, or with bytes of a part replaced; «__» in a name is a slash, «_dot_» a dot."""
    parts = {name.replace("__", "/").replace("_dot_", "."): value for name, value in changed.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            value = parts.pop(name, None)
            old = before.read(name)
            if isinstance(value, tuple):
                assert value[0] in old
                old = old.replace(*value, 1)
            after.writestr(name, value if isinstance(value, bytes) else old)
        for name, value in parts.items():
            after.writestr(name, value)
    return made.getvalue()


def texts(content: bytes) -> list[str]:
    document = Document(io.BytesIO(content))
    cells = [p.text for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    return [text.replace("\xa0", " ") for text in cells + [paragraph.text for paragraph in document.paragraphs]]


@pytest.mark.parametrize("kind", LetterKind)
def test_the_built_in_templates_are_what_the_program_makes(kind):
    made, kept = make_letter_templates.MADE[kind.value](), letter.built_in(kind)
    with zipfile.ZipFile(io.BytesIO(made)) as new, zipfile.ZipFile(io.BytesIO(kept)) as old:
        assert {name: new.read(name) for name in new.namelist()} == {name: old.read(name) for name in old.namelist()}
    letter.check(kind, kept)


def test_every_field_has_its_place_and_is_taken_as_text():
    for kind in LetterKind:
        fields = FIELDS[kind]
        words = {one.name: f"<{one.name}> & {{{{ {one.name} }}}}" for one in fields.words}
        rows = {one.name: [{each.name: f"<{each.name}>" for each in one.fields}] for one in fields.rows}
        told = "\n".join(texts(letter.write(kind, [words | rows])[0]))
        for name, value in words.items():
            assert value in told or name == "муниципалитет", name
        for list_ in fields.rows:
            for each in list_.fields:
                assert f"<{each.name}>" in told


def test_a_letter_of_which_little_is_known_leaves_no_traces_of_fields():
    for kind in LetterKind:
        (content,) = letter.write(kind, [FIELDS[kind].blank()])
        told = "\n".join(texts(content))
        assert "{" not in told
        assert "Приложения" not in told
        assert "Исп." not in told


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=200))
def test_any_text_comes_back_paragraph_by_paragraph(text):
    (content,) = letter.write(ANSWER, [FIELDS[ANSWER].blank() | {"текст": paragraphs(text), "заголовок": "|"}])
    told = [each.text for each in Document(io.BytesIO(content)).paragraphs]
    place = told.index("|") + 1
    wanted = [each.strip() for each in line(text).split("\n") if each.strip()]
    assert told[place : place + len(wanted)] == wanted


LOOP = "{%p for строка in приложения %}"
HOSTILE = {
    "a class reached by attributes": ("{{ ''.__class__.__mro__ }}", "поле"),
    "a call": ("{{ range(9) }}", "вызов"),
    "a method": ("{{ текст.upper() }}", "вызов"),
    "a power": ("{{ 9 ** 999999999 }}", "вычисление"),
    "a long string": ("{{ 'а' * 999999999 }}", "вычисление"),
    "a padded string": ("{{ текст|center(999999999) }}", "обработка «center»"),
    "markup let through": ("{{ текст|safe }}", "обработка «safe»"),
    "escaping switched off": ("{% autoescape false %}{{ текст }}{% endautoescape %}", "вычисление"),
    "another file": ("{% include '/etc/passwd' %}", "включение файла"),
    "an import": ("{% import 'os' as x %}", "включение файла"),
    "an item": ("{{ приложения[0] }}", "скобки"),
    "a variable": ("{% set x = 1 %}", "присваивание"),
    "a macro": ("{% macro x() %}{% endmacro %}", "макрос"),
    "a whole list": ("{{ приложения }}", "вне повтора"),
    "an unknown field": ("{{ секрет }}", "есть поле «секрет», которого нет"),
    "an unknown field of a row": (f"{LOOP}\n{{{{ строка.секрет }}}}\n{{%p endfor %}}", "строка.секрет"),
    "a method of a row": (f"{LOOP}\n{{{{ строка.items }}}}\n{{%p endfor %}}", "строка.items"),
    "a loop over signs": ("{%p for знак in текст %}\n{%p endfor %}", "есть поле «текст»"),
    "a loop in a loop": (f"{LOOP}\n{LOOP}\nа\n{{%p endfor %}}\n{{%p endfor %}}", "повтор внутри повтора"),
    "an open bracket": ("{{ текст", "не читается"),
    "a field outside of text": ("{{r текст }}", "После подстановки"),
}


@pytest.mark.parametrize(("words", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_fields_only(words, sentence):
    """By the press itself: the process around it says the same, see below."""
    content = template(*words.split("\n"))
    known = FIELDS[ANSWER].known()
    with pytest.raises(letter_press.UnusableError, match=sentence):
        letter_press.pressed(content, *known, [FIELDS[ANSWER].sample()], limit=1_000_000)


def test_a_repeated_page_is_cut_off():
    content = template("{%p for строка in приложения %}", "а" * 10_000, "{%p endfor %}")
    many = FIELDS[ANSWER].sample(lines=300)
    with pytest.raises(letter_press.UnusableError, match="недопустимо большим"):
        letter_press.pressed(content, *FIELDS[ANSWER].known(), [many], limit=1_000_000)


def test_the_process_says_what_the_press_says_and_ends_in_time(monkeypatch):
    with pytest.raises(DocumentRefused, match="есть поле «секрет», которого нет"):
        letter.check(ANSWER, template("{{ секрет }}"))
    (content,) = letter.write(ANSWER, [FIELDS[ANSWER].sample()], template("{{ текст }}"))
    assert texts(content) == ["Сообщаем следующее.", "ВСОКО утверждена & <введена>."]
    # The patterns of docxtpl take quadratic time over such a part.
    monkeypatch.setattr(letter, "LETTER_CPU_SECONDS", 1)
    began = time.monotonic()
    with pytest.raises(DocumentRefused, match="слишком долго"):
        letter.write(ANSWER, [FIELDS[ANSWER].sample()], template("{%tc " + "{{r" * 200_000))
    assert time.monotonic() - began < letter.LETTER_WALL_SECONDS


def relation(kind: str, target: str, mode: str = "External") -> bytes:
    return f'<Relationship Id="rId99" Type="{RELATION}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'.encode()


def field(instruction: str) -> bytes:
    runs = "".join(
        f'<w:r xmlns:w="{W}"><w:instrText>{part}</w:instrText></w:r>' for part in (instruction[:3], instruction[3:])
    )
    begin, end = (f'<w:r xmlns:w="{W}"><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"{begin}{runs}{end}</w:p>".encode()


RELS, BODY = "word___rels__document_dot_xml_dot_rels", "word__document_dot_xml"
PACKAGES = {
    "a template that Word fetches": (
        {RELS: (b"</Relationships>", relation("attachedTemplate", "http://x/a.dotm"))},
        "внешний файл",
    ),
    "a picture from elsewhere": ({RELS: (b"</Relationships>", relation("image", "http://x/a.png"))}, "внешний файл"),
    "a link to a file": ({RELS: (b"</Relationships>", relation("hyperlink", "file:///c:/a.exe"))}, "внешний файл"),
    "contents of another file": ({RELS: (b"</Relationships>", relation("aFChunk", "a.html", "Internal"))}, "объект"),
    "an object": ({"word__embeddings__oleObject1_dot_bin": b"x"}, "объект"),
    "a control": ({"word__activeX__activeX1_dot_xml": b"<x/>"}, "объект"),
    "a part of no known kind": ({"word__document_dot_dat": b"x"}, "объект"),
    "macros": ({"word__vbaProject_dot_bin": b"x"}, "макрос"),
    "a program in a field": ({BODY: (b"</w:p>", field("DDEAUTO c:\\\\cmd.exe"))}, "DDEAUTO"),
    "a file in a field": ({BODY: (b"</w:p>", field("INCLUDETEXT \\\\\\\\x\\\\y"))}, "INCLUDETEXT"),
    "a file in a field of strict Word": (
        {
            BODY: (
                b"</w:p>",
                field("INCLUDETEXT x").replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"),
            )
        },
        "INCLUDETEXT",
    ),
    "a merge with a database": (
        {"word__settings_dot_xml": (b"<w:zoom", b'<w:mailMerge><w:query w:val="x"/></w:mailMerge><w:zoom')},
        "слияния",
    ),
    "entities": ({BODY: (b"<w:document", b'<!DOCTYPE a [<!ENTITY b "c">]><w:document')}, "подстановок XML"),
}


@pytest.mark.parametrize(("changed", "sentence"), PACKAGES.values(), ids=PACKAGES)
def test_nothing_reaches_out_of_the_package(changed, sentence):
    with pytest.raises(DocumentRefused, match=sentence):
        check_package(with_parts(template("{{ текст }}"), **changed))


SMUGGLED = {
    "a comment of the template takes the harmless word away": b'<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    b"<w:r><w:t>{#</w:t></w:r><w:r><w:instrText>PAGE </w:instrText></w:r><w:r><w:t>#}</w:t></w:r>"
    b'<w:r><w:instrText>INCLUDETEXT x</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
    "a comment of the template opens one of XML": b"</w:p><w:p><w:r><w:t>{#</w:t></w:r></w:p><!-- #}</w:t></w:r></w:p>"
    b'<w:p><w:fldSimple w:instr="INCLUDETEXT x"><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>'
    b"<w:p><w:r><w:t>{# --><w:p><w:r><w:t>#}</w:t></w:r></w:p><w:p></w:p>",
}


@pytest.mark.parametrize("words", SMUGGLED.values(), ids=SMUGGLED)
def test_nothing_is_put_together_by_the_markup(words):
    """What stands in the template is harmless, and what is made of it is not: the letter is looked at as well."""
    hostile = with_parts(template("{{ текст }}"), **{BODY: (b"</w:p>", words)})
    check_package(hostile)
    with pytest.raises(DocumentRefused, match="INCLUDETEXT"):
        letter.check(LetterKind.ANSWER, hostile)


def test_a_field_in_a_field_and_a_bomb_and_what_is_harmless():
    inner = field("PAGE").replace(b"</w:p>", b"")
    nested = field("PAGE").replace(b"</w:instrText></w:r>", b"</w:instrText></w:r>" + inner, 1)
    with pytest.raises(DocumentRefused, match="поле в поле"):
        check_package(with_parts(template("а"), **{BODY: (b"</w:p>", nested)}))
    with pytest.raises(DocumentRefused, match="недопустимо большого"):
        check_package(with_parts(template("а"), word__media__a_dot_png=b"\0" * 50_000_000))
    with pytest.raises(DocumentRefused, match="больше 2 МБ"):
        check_package(b"PK" + b"\0" * 2_100_000)
    links = relation("hyperlink", "https://school.example.ru/")
    check_package(
        with_parts(template("{{ текст }}"), **{RELS: (b"</Relationships>", links), BODY: (b"</w:p>", field("PAGE"))})
    )
