"""What is taken as evidence, decided by content; names lie."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from app.documents import known_kinds as kinds
from app.documents.file_kind import kind_of
from app.documents.file_name import MAX_NAME_CHARS, display_name, extension_of
from app.documents.known_kinds import FileKind
from app.documents.refusal import DocumentRefused
from app.documents.text_in import text_of

PDF = (Path(__file__).parents[1] / "files" / "order_with_text_layer.pdf").read_bytes()
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR....\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0..JFIF..\xff\xd9"


def archive(parts: dict[str, bytes | str]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for name, data in parts.items():
            written.writestr(name, data)
    return stream.getvalue()


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    source = zipfile.ZipFile(BytesIO(content))
    return archive({name: source.read(name) for name in source.namelist()} | parts)


def saved(document) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def odf(kind: str, **parts: str) -> bytes:
    return archive({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<x/>", **parts})


def ole(*names: str) -> bytes:
    """A container with a directory of these streams, as [MS-CFB] lays it out: a header and a sector of entries."""
    entries = b""
    for at, name in enumerate(("Root Entry", *names)):
        written = name.encode("utf-16-le") + b"\0\0"
        entries += written.ljust(64, b"\0") + struct.pack("<HB", len(written), 2 if at else 5) + b"\1" + b"\0" * 60
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


DOCX = saved(Document())
XLSX = saved(Workbook())

TAKEN = [
    (PDF, "приказ.pdf", kinds.PDF),
    (b"\n" + PDF, "приказ.pdf", kinds.PDF),
    (DOCX, "Положение.DOCX", kinds.DOCX),
    (XLSX, "таблица.xlsx", kinds.XLSX),
    (odf("text"), "a.odt", kinds.ODT),
    (odf("spreadsheet"), "a.ods", kinds.ODS),
    (ole("WordDocument", "1Table"), "a.doc", kinds.DOC),
    (ole("Workbook"), "a.xls", kinds.XLS),
    (ole("Book"), "a.xls", kinds.XLS),
    (PNG, "a.png", kinds.PNG),
    (JPEG, "a.jpg", kinds.JPEG),
    (JPEG, "a.JPEG", kinds.JPEG),
    ("Справка о ВСОКО".encode("cp1251"), "a.txt", kinds.TXT),
    ("школа;балл\nСОШ № 1;5".encode(), "a.csv", kinds.CSV),
    (b"PKZIP and MZ are words too", "a.txt", kinds.TXT),
    ("< 30 % школ".encode(), "a.txt", kinds.TXT),
]


@pytest.mark.parametrize(("content", "name", "kind"), TAKEN)
def test_a_kind_is_known_by_its_content_with_or_without_a_name(content: bytes, name: str, kind: FileKind) -> None:
    stream = BytesIO(content)
    stream.seek(3)
    assert kind_of(stream, name) is kind
    assert stream.tell() == 0
    if kind is not kinds.CSV:
        assert kind_of(BytesIO(content), "без расширения") is kind


@pytest.mark.parametrize(("content", "name", "kind"), TAKEN)
def test_a_name_of_another_kind_is_refused_with_both_named(content: bytes, name: str, kind: FileKind) -> None:
    for other in kinds.TAKEN:
        if other is kind or {other, kind} <= {kinds.TXT, kinds.CSV}:
            continue
        with pytest.raises(DocumentRefused) as refused:
            kind_of(BytesIO(content), f"файл.{other.extension}")
        assert f"По имени файл — {other.title} (.{other.extension})" in str(refused.value)
        assert f"по содержанию — {kind.title if kind is not kinds.CSV else kinds.TXT.title}" in str(refused.value)
    with pytest.raises(DocumentRefused, match=r"По имени файл — программа \(\.exe\)"):
        kind_of(BytesIO(content), f"{name}.exe")


MACRO_TYPE = b"application/vnd.ms-word.document.macroEnabled.main+xml"
MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = zipfile.ZipFile(BytesIO(DOCX)).read("[Content_Types].xml")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (with_parts(DOCX, {"word/vbaProject.bin": b"."}), "a.docx", "с макросами"),
        (with_parts(DOCX, {"word/vbaProject.bin": b"."}), "a.docm", "с макросами"),
        (with_parts(XLSX, {"xl/VBAPROJECT.BIN": b"."}), "a.xlsx", "с макросами"),
        (with_parts(DOCX, {"[Content_Types].xml": TYPES.replace(MAIN_TYPE, MACRO_TYPE)}), "a.docx", "с макросами"),
        (
            with_parts(
                DOCX,
                {
                    "word/quiet.bin": b".",
                    "[Content_Types].xml": TYPES.replace(
                        b"</Types>",
                        b'<Override PartName="/word/quiet.bin" ContentType="application/vnd.ms-office.vba&#80;roject"/></Types>',
                    ),
                },
            ),
            "a.docx",
            "с макросами",
        ),
        (odf("text", **{"Basic/Standard/Module1.xml": "x"}), "a.odt", "с макросами"),
        (ole("WordDocument", "Macros", "VBA"), "a.doc", "с макросами"),
        (ole("Workbook", "_VBA_PROJECT_CUR"), "a.xls", "с макросами"),
        (ole("EncryptedPackage", "EncryptionInfo"), "a.docx", "защищён паролем"),
        (
            archive({"mimetype": "application/vnd.oasis.opendocument.text", "encrypted-package": b"."}),
            "a.odt",
            "паролем",
        ),
        (ole("PowerPoint Document"), "a.ppt", "презентация"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.doc", "повреждён"),
        (archive({"приказ.pdf": PDF}), "a.zip", "Распакуйте архив"),
        (
            archive({"приказ.pdf": PDF}),
            "a.docx",
            "По имени файл — документ Word (.docx), а по содержанию — архив ZIP (.zip)",
        ),
        (archive({"word/document.xml": b"<x/>"}), "a.docx", "архив ZIP"),
        (b"Rar!\x1a\x07\0", "a.rar", "архив RAR"),
        (b"7z\xbc\xaf\x27\x1c", "a.7z", "архив 7z"),
        (b"<!doctype html><title>x", "a.html", "веб-страница"),
        (b"\xef\xbb\xbf \n<HTML>", "a.txt", "веб-страница"),
        (b"<!-- a --><!-- b --><script>alert(1)</script>", "a.txt", "веб-страница"),
        (b'<?xml version="1.0"?><html xmlns="x">', "a.txt", "веб-страница"),
        ("<script>".encode("utf-16"), "a.txt", "веб-страница"),
        (b'<?xml version="1.0"?>\n<!-- c --><svg onload="x">', "a.svg", "изображение SVG"),
        (b"<svg/>", "a.png", "изображение SVG"),
        (b'<?xml version="1.0"?><root/>', "a.txt", "документ XML"),
        (b"MZ\x90\0\3", "a.pdf", "программа"),
        (b"\x7fELF\2", "a", "программа"),
        (b"#!/bin/sh\nrm", "a.txt", "сценарий"),
        (b"<?php x", "a.txt", "сценарий"),
        (b"GIF89a", "a.gif", ".png или .jpg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", ".png или .jpg"),
        (b"\0\0\0\x18ftypheic", "a.heic", ".png или .jpg"),
        (PNG[:-8], "a.png", "повреждён"),
        (JPEG[:-2], "a.jpg", "повреждён"),
        (PDF[:5000], "a.pdf", "повреждён"),
        (DOCX[:5000], "a.docx", "повреждён"),
        (b"", "a.pdf", "Файл пуст"),
        (b"\1\2\3\4", "a.pdf", "не понять, что это за документ"),
    ],
)
def test_what_is_not_taken_is_refused_in_words(content: bytes, name: str, words: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        kind_of(BytesIO(content), name)
    assert words in str(refused.value)
    assert str(refused.value).endswith((".", "?"))


def test_many_comments_before_markup_cost_nothing() -> None:
    assert_refused = pytest.raises(DocumentRefused, match="документ XML")
    with assert_refused:
        kind_of(BytesIO(b"<!---->" * 5000 + b"text"), "a.txt")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (ole("WordDocument"), "a.doc", "Старый документ Word (.doc) не читается. Сохраните документ как .docx"),
        (with_parts(DOCX, {"word/vbaProject.bin": b"."}), "a.docm", "В документе есть макросы"),
        (odf("text"), "a.odt", "Документ OpenDocument (.odt) не читается"),
        (XLSX, "a.xlsx", "Из такого файла (книга Excel)"),
    ],
)
def test_documents_whose_text_is_not_read_are_refused_with_the_way_out(content: bytes, name: str, words: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        text_of(content, name)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("raw", "shown", "extension"),
    [
        ("Приказ № 3.docx", "Приказ № 3.docx", "docx"),
        ("../../etc/passwd", "passwd", ""),
        (r"C:\fakepath\Отчёт.PDF", "Отчёт.PDF", "pdf"),
        ("a\u202efdp.exe", "afdp.exe", "exe"),
        ("a\r\nContent-Type: x\0.pdf", "a Content-Type_ x.pdf", "pdf"),
        (".htaccess", "htaccess", ""),
        ("отчёт.pdf. . ", "отчёт.pdf", "pdf"),
        ("приказ 3.12", "приказ 3.12", ""),
        ("..", "файл", ""),
        ("", "файл", ""),
        ("и\u0306.txt", "й.txt", "txt"),
    ],
)
def test_names_are_made_fit_to_be_shown(raw: str, shown: str, extension: str) -> None:
    assert display_name(raw) == shown
    assert extension_of(raw) == extension


def test_a_long_name_keeps_its_extension_and_a_bare_one_is_given_one() -> None:
    assert display_name("я" * 500 + ".docx") == "я" * 195 + ".docx"
    assert display_name("Приказ № 3.12", extension="pdf") == "Приказ № 3.12.pdf"
    assert display_name("Приказ.pdf", extension="pdf") == "Приказ.pdf"


@given(st.text(max_size=400), st.sampled_from(["", "pdf"]))
def test_a_shown_name_is_never_a_path_nor_a_trick(raw: str, extension: str) -> None:
    name = display_name(raw, extension=extension)
    assert 0 < len(name) <= MAX_NAME_CHARS
    assert not set(name) & set('/\\\r\n\0\u202e\u2066"<>|?*:')
    assert name[0] not in ". "
    assert display_name(name, extension=extension) == name
