"""A file that holds no table is refused by what it is, whatever its name says."""

from __future__ import annotations

import pytest

from app.excel.reader import WorkbookRefused, read_table
from tests.unit.workbook_bytes import book, ods, ole, with_part, with_password, xls, zipped


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Файл пуст"),
        (b"PK\x03\x04", "повреждён или загружен не до конца"),
        (b"PK\x05\x06" + bytes(18), "повреждён"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 200, "повреждён"),
        (ole("EncryptedPackage", "EncryptionInfo"), "защищён паролем"),
        (ole("WordDocument"), "документ Word"),
        (ole("Workbook", "_VBA_PROJECT_CUR"), "макросы"),
        (ole("Workbook"), "повреждён"),
        (xls(with_password), "защищён паролем"),
        (xls()[:3000], "повреждён"),
        (b"%PDF-1.7 ...", "документ PDF"),
        (b"\x89PNG\r\n\x1a\n", "картинка PNG"),
        (b"\xff\xd8\xff\xe0", "картинка JPEG"),
        (b"{\\rtf1 x}", "документ RTF"),
        (zipped({"a.txt": b"x"}), "архив ZIP"),
        (b"\xef\xbb\xbf <html><table><tr><td>1</td></tr></table>", "веб-страница"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML 2003"),
        (b'<?xml version="1.0"?><a/>', "документ XML"),
        (bytes(range(256)), "не похож на таблицу"),
        (b"\n\n;;\n", "нет таблицы"),
        ("Код;Имя\n1;Школа".encode() + b"\xd0\n", "UTF-8 с ошибками"),
        ('Код;Имя\n1;"Школа\n2;Другая\n'.encode(), "не закрыта кавычка"),
        (ods("", media_type="text"), "текстовый документ LibreOffice"),
        (ods("", manifest="<manifest><file-entry><encryption-data/></file-entry></manifest>"), "защищён паролем"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(content, told):
    with pytest.raises(WorkbookRefused, match=told):
        read_table(content, "список.xlsx")


@pytest.mark.parametrize(
    ("main", "told"),
    [
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "макросы"),
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", "xlsb"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "документ Word"),
    ],
)
def test_office_files_are_told_by_their_content_types(main, told):
    sheet = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

    def change(text: bytes) -> bytes:
        assert sheet in text
        return text.replace(b"spreadsheetml.worksheet", b"x").replace(sheet, main.encode())

    content = with_part(book(("a",)), "[Content_Types].xml", change)
    with pytest.raises(WorkbookRefused, match=told):
        read_table(content, "отчёт.xlsx")


def test_the_name_of_a_file_does_not_matter():
    assert read_table(book(("a", "b")), "отчёт.csv").rows == [["a", "b"]]
    assert read_table(b"BM;MZ\n1;2", "отчёт.xlsx").rows == [["BM", "MZ"], ["1", "2"]]
