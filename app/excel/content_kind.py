"""What kind of file the bytes are, whatever the name says; kinds that hold no table are refused by what they are."""

from __future__ import annotations

import enum
import json
import re
from typing import Final

from app.excel.csv_text import decoded
from app.excel.package import PROTECTED, Package
from app.excel.table import DAMAGED, MAX_BYTES, TOO_BIG_FILE, Budget, WorkbookRefused

_WANTED: Final = "Нужна таблица: книга Excel (.xlsx, .xls), LibreOffice (.ods) или текст с разделителями (.csv)."
_RESAVE: Final = "Откройте его в Excel или LibreOffice, сохраните как «Книга Excel (.xlsx)» и загрузите ещё раз."
_NO_BYTES: Final = "Файл пуст. Проверьте, тот ли файл выбран."
MACROS: Final = (
    "В этой книге есть макросы (.xlsm), а файлы с макросами не принимаются. Сохраните её как «Книга Excel (.xlsx)» "
    "без макросов и загрузите ещё раз."
)
_BINARY: Final = f"Это двоичная книга Excel (.xlsb), она не читается. {_RESAVE}"
_NAMED_XLS: Final = "хотя файл может называться .xls: так выгружают некоторые системы"
_WEB_PAGE: Final = f"Это веб-страница (HTML), {_NAMED_XLS}. {_RESAVE}"
_XML_TABLE: Final = f"Это таблица XML 2003, {_NAMED_XLS}. {_RESAVE}"

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENTRY: Final = 128  # bytes of a directory entry and of the boundary it stands on ([MS-CFB] 2.6)
_OTHERS: Final = (
    (b"%PDF-", "документ PDF"),
    (b"\x89PNG", "картинка PNG"),
    (b"\xff\xd8\xff", "картинка JPEG"),
    (b"GIF8", "картинка GIF"),
    (b"II*\0", "картинка TIFF"),
    (b"MM\0*", "картинка TIFF"),
    (b"BM", "картинка BMP"),
    (b"{\\rtf", "документ RTF"),
    (b"Rar!", "архив RAR"),
    (b"7z\xbc\xaf", "архив 7z"),
    (b"\x1f\x8b", "архив gzip"),
    (b"MZ", "программа"),
)
# The record FILEPASS after the record BOF of BIFF8 ([MS-XLS] 2.1.7.20.1), at the beginning of a sector.
_LOCKED: Final = re.compile(rb"\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
_SECTOR: Final = 512
_TEXT_START: Final = re.compile(rb"[\xef\xbb\xbf\s]*(.{0,512})", re.DOTALL)
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|meta|table|body|style|div)\b", re.IGNORECASE)
# Some programs write XML without its first line.
_XML_ELEMENT: Final = re.compile(rb"<[A-Za-z][\w.:-]*(?:\s[^<>]*)?>")
_XML_2003: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_ODF: Final = "application/vnd.oasis.opendocument."


class ContentKind(enum.StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    TEXT = "csv"


def content_kind(content: bytes) -> ContentKind:
    """The kind of a file that may hold a table. Raises WorkbookRefused."""
    if len(content) > MAX_BYTES:
        raise WorkbookRefused(TOO_BIG_FILE)
    if not content:
        raise WorkbookRefused(_NO_BYTES)
    if content.startswith(_ZIP):
        return _zip_kind(Package(content, Budget()))
    if content.startswith(_OLE):
        return _ole_kind(content)
    start = content[:16]
    for magic, name in _OTHERS:
        if start.startswith(magic) and not (magic.isalpha() and _reads_as_text(content)):
            raise _refusal(name)
    found = _TEXT_START.match(content)
    opening = found[1] if found is not None else b""
    if _HTML.match(opening):
        raise WorkbookRefused(_WEB_PAGE)
    if opening.lower().startswith((b"<?xml", b"<!--", b"<!doctype")):
        head = content[:4096].lower()
        if _XML_2003 in head:
            raise WorkbookRefused(_XML_TABLE)
        raise WorkbookRefused(_WEB_PAGE) if b"<html" in head else _refusal("документ XML")
    _check_data(opening, content)
    return ContentKind.TEXT


def _refusal(name: str) -> WorkbookRefused:
    return WorkbookRefused(f"Это {name}, а не таблица. {_WANTED}")


def _reads_as_text(content: bytes) -> bool:
    """«BM» and «MZ» may begin a heading."""
    try:
        decoded(content[:4096])
    except WorkbookRefused:
        return False
    return True


def _check_data(opening: bytes, content: bytes) -> None:
    """Data of programs, which a reader of separated text would take for a table of one column."""
    if _XML_ELEMENT.match(opening) and content.rstrip().endswith(b">"):
        raise _refusal("документ XML")
    if opening.startswith((b"{", b"[")) and _is_json(content):
        raise _refusal("файл данных JSON")


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return False
    return True


def _zip_kind(package: Package) -> ContentKind:
    if "[content_types].xml" in package:
        return _office_kind(package)
    if "mimetype" in package:
        return _open_document_kind(package)
    if not package.names:
        raise WorkbookRefused(DAMAGED)
    raise _refusal("архив ZIP")


def _office_kind(package: Package) -> ContentKind:
    types: set[str] = set()

    def start(_tag: str, attributes: dict[str, str]) -> None:
        types.add(attributes.get("ContentType", "").lower())

    package.elements("[Content_Types].xml", start)
    told = " ".join(types)
    if "sheet.binary" in told:
        raise WorkbookRefused(_BINARY)
    if any(name.endswith("vbaproject.bin") for name in package.names) or any(
        mark in told for mark in ("vbaproject", "macroenabled", "macrosheet")
    ):
        raise WorkbookRefused(MACROS)
    if "spreadsheetml.sheet.main+xml" in told or "spreadsheetml.template.main+xml" in told:
        return ContentKind.XLSX
    for mark, name in (("wordprocessingml", "документ Word"), ("presentationml", "презентация PowerPoint")):
        if mark in told:
            raise _refusal(name)
    raise _refusal("документ другой программы")


def _open_document_kind(package: Package) -> ContentKind:
    media_type = b"".join(package.chunks("mimetype", 1024)).decode("ascii", "replace").strip()
    if "encrypted-package" in package:
        raise WorkbookRefused(PROTECTED)
    if not media_type.startswith(_ODF):
        raise _refusal("архив ZIP")
    name = media_type.removeprefix(_ODF)
    if name not in {"spreadsheet", "spreadsheet-template"}:
        known = {"text": "текстовый документ LibreOffice (.odt)", "presentation": "презентация LibreOffice (.odp)"}
        raise _refusal(known.get(name, "документ LibreOffice другого вида"))
    if any(name.startswith(("basic/", "scripts/")) for name in package.names):
        raise WorkbookRefused(MACROS.replace(".xlsm", ".ods"))
    if _has_encrypted_parts(package):
        raise WorkbookRefused(PROTECTED)
    return ContentKind.ODS


def _has_encrypted_parts(package: Package) -> bool:
    found = False

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal found
        found = found or tag == "encryption-data"

    if "META-INF/manifest.xml" in package:
        package.elements("META-INF/manifest.xml", start)
    return found


def _ole_kind(content: bytes) -> ContentKind:
    if _has_entry(content, "EncryptedPackage") or any(
        found.start() % _SECTOR == 0 for found in _LOCKED.finditer(content)
    ):
        raise WorkbookRefused(PROTECTED)
    if _has_entry(content, "_VBA_PROJECT_CUR"):
        raise WorkbookRefused(MACROS.replace(".xlsm", ".xls"))
    if _has_entry(content, "Workbook") or _has_entry(content, "Book"):
        return ContentKind.XLS
    for entry, name in (("WordDocument", "документ Word"), ("PowerPoint Document", "презентация PowerPoint")):
        if _has_entry(content, entry):
            raise _refusal(name)
    raise WorkbookRefused(DAMAGED)


def _has_entry(content: bytes, name: str) -> bool:
    """Whether a directory entry has this name; its zero-ended name stands first in the entry."""
    wanted = f"{name}\0".encode("utf-16-le")
    return any(found.start() % _OLE_ENTRY == 0 for found in re.finditer(re.escape(wanted), content))
