"""What a file is, by its content: magic bytes, the structure of archives, text that decodes. Never by its name."""

import os
import re
from collections.abc import Iterable
from typing import BinaryIO, Final

from app.documents import known_kinds as kinds
from app.documents.file_name import extension_of
from app.documents.guarded_xml import tree_of
from app.documents.known_kinds import FileKind
from app.documents.limits import MAX_EVIDENCE_BYTES, MAX_SIDE_XML_BYTES
from app.documents.ole_streams import ole_stream_names
from app.documents.plain_text import decoded
from app.documents.refusal import BROKEN, DocumentRefused
from app.documents.zip_parts import ZipParts

_UNKNOWN: Final = "По содержанию файла не понять, что это за документ. Загрузите файл одного из видов: {wanted}."
_EMPTY: Final = "Файл пуст. Проверьте, тот ли файл выбран."
_PROTECTED: Final = "Файл защищён паролем. Снимите защиту, сохраните его заново и загрузите ещё раз."

_HEAD_BYTES: Final = 2048
_TAIL_BYTES: Final = 64 * 1024
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-\d")
_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_MAGIC: Final = (
    (b"{\\rtf", kinds.RTF),
    (b"Rar!\x1a\x07", kinds.RAR),
    (b"7z\xbc\xaf\x27\x1c", kinds.SEVEN_ZIP),
    (b"\x1f\x8b", kinds.GZIP),
    (b"MZ", kinds.EXECUTABLE),
    (b"\x7fELF", kinds.EXECUTABLE),
    (b"#!", kinds.SCRIPT),
    (b"GIF8", kinds.GIF),
    (b"II*\0", kinds.TIFF),
    (b"MM\0*", kinds.TIFF),
    (b"AT&TFORM", kinds.DJVU),
)
_WEBP: Final = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)
_HEIC: Final = re.compile(rb".{4}ftyp(?:heic|heix|heif|mif1|msf1)", re.DOTALL)
# A bitmap: its length, two reserved zeros, then the offset of the picture.
_BMP: Final = re.compile(rb"BM.{4}\0{4}", re.DOTALL)
_XML_PROLOGUE: Final = re.compile(r"<\?xml[^>]*>\s*", re.IGNORECASE)
_MARKUP: Final = (
    (re.compile(r"<\?(?:php|=)|<%", re.IGNORECASE), kinds.SCRIPT),
    (re.compile(r"<(?:!doctype\s+)?svg\b", re.IGNORECASE), kinds.SVG),
    (
        re.compile(
            r"<(?:!doctype\s+html|html|head|body|title|meta|link|base|script|style|iframe|object|embed|form|table"
            r"|div|span|img|font|center|br|p|a|b|h1)\b",
            re.IGNORECASE,
        ),
        kinds.HTML,
    ),
)
_OFFICE_MAIN: Final = (
    ("wordprocessingml.document.main+xml", "word/", kinds.DOCX),
    ("spreadsheetml.sheet.main+xml", "xl/", kinds.XLSX),
    ("presentationml.", "ppt/", kinds.SLIDES),
)
_MACRO_TYPES: Final = ("vbaproject", "macroenabled", "macrosheet", "sheet.binary")
_MACRO_STORAGES: Final = frozenset({"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "MACROS"})
_ODF_KINDS: Final = {kind.media_type: kind for kind in (kinds.ODT, kinds.ODS)}
_ODF: Final = "application/vnd.oasis.opendocument."
_CONTENT_TYPES: Final = "[Content_Types].xml"


class _UnknownKindError(Exception):
    pass


def kind_of(stream: BinaryIO, file_name: str) -> FileKind:
    """The kind of a file of evidence: taken, and not contradicted by the extension of its name.

    The stream must be seekable; it is left at its beginning. Raises `DocumentRefused`.
    """
    kind = agreeing_kind_of(stream, file_name)
    if kind.advice:
        raise DocumentRefused(f"Это {kind.title}. {kind.advice}")
    return kind


def agreeing_kind_of(stream: BinaryIO, file_name: str, *, wanted: str = kinds.TAKEN_EXTENSIONS) -> FileKind:
    """The kind by content, whether taken or not, refused only where the name says another.

    `wanted` are the extensions named to the person when the content is none of the known kinds.
    """
    extension = extension_of(file_name)
    try:
        kind = _sniffed(stream)
    except _UnknownKindError as error:
        raise DocumentRefused(_UNKNOWN.format(wanted=wanted)) from error
    if kind is kinds.TXT and extension == kinds.CSV.extension:
        # Nothing in a text tells a table from prose; the name may.
        kind = kinds.CSV
    stream.seek(0)
    # Macros are the graver fault: they are named even where the name hides them.
    if extension and extension not in kind.extensions and kind is not kinds.MACROS:
        expected = kinds.BY_EXTENSION.get(extension)
        named = f"{expected.title} (.{extension})" if expected else f"«.{extension}»"
        advice = kind.advice or "Проверьте, тот ли файл выбран, и дайте ему верное расширение."
        raise DocumentRefused(f"По имени файл — {named}, а по содержанию — {kind.named}. {advice}")
    return kind


def _sniffed(stream: BinaryIO) -> FileKind:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if not size:
        raise DocumentRefused(_EMPTY)
    head = stream.read(_HEAD_BYTES)
    stream.seek(max(0, size - _TAIL_BYTES))
    tail = stream.read()
    stream.seek(0)
    if head.startswith(_ZIP):
        return _archived(ZipParts(stream))
    if head.startswith(_OLE):
        return _compound(ole_stream_names(stream))
    whole = _whole(head, tail)
    if whole is not None:
        return whole
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    for pattern, kind in ((_WEBP, kinds.WEBP), (_HEIC, kinds.HEIC), (_BMP, kinds.BMP)):
        if pattern.match(head):
            return kind
    return _textual(stream)


def _whole(head: bytes, tail: bytes) -> FileKind | None:
    """A kind whose end is known, refused when it is missing: an upload that broke off."""
    for found, kind, end in (
        (_PDF.match(head) is not None, kinds.PDF, b"%%EOF"),
        (head.startswith(_PNG), kinds.PNG, b"IEND"),
        (head.startswith(_JPEG), kinds.JPEG, b"\xff\xd9"),
    ):
        if found:
            if end not in tail:
                raise DocumentRefused(BROKEN)
            return kind
    return None


def _archived(parts: ZipParts) -> FileKind:
    if _CONTENT_TYPES in parts.names:
        return _office(parts)
    if "mimetype" in parts.names:
        return _open_document(parts)
    return kinds.ZIP


def _office(parts: ZipParts) -> FileKind:
    root = tree_of(parts.chunks(_CONTENT_TYPES, max_bytes=MAX_SIDE_XML_BYTES))
    types = [element.get("ContentType", "").lower() for element in root.iter()]
    if any(mark in media_type for media_type in types for mark in _MACRO_TYPES) or any(
        name.lower().endswith("vbaproject.bin") for name in parts.names
    ):
        return kinds.MACROS
    for main, folder, kind in _OFFICE_MAIN:
        if any(main in media_type for media_type in types) and _has_folder(parts.names, folder):
            return kind
    return kinds.OTHER_OFFICE


def _open_document(parts: ZipParts) -> FileKind:
    media_type = parts.read("mimetype", max_bytes=MAX_SIDE_XML_BYTES).decode("ascii", errors="replace").strip()
    if not media_type.startswith(_ODF):
        return kinds.ZIP
    if _has_folder(parts.names, "Basic/") or _has_folder(parts.names, "Scripts/"):
        return kinds.MACROS
    if "content.xml" not in parts.names:
        # A document locked with a password may be one encrypted package; any other lacks its body.
        raise DocumentRefused(_PROTECTED if "encrypted-package" in parts.names else BROKEN)
    if media_type.startswith(f"{_ODF}presentation"):
        return kinds.SLIDES
    return _ODF_KINDS.get(media_type, kinds.OTHER_OFFICE)


def _has_folder(names: Iterable[str], folder: str) -> bool:
    return any(name.lower().startswith(folder.lower()) for name in names)


def _compound(names: frozenset[str]) -> FileKind:
    if "ENCRYPTEDPACKAGE" in names:
        raise DocumentRefused(_PROTECTED)
    if names & _MACRO_STORAGES:
        return kinds.MACROS
    if "WORDDOCUMENT" in names:
        return kinds.DOC
    if names & {"WORKBOOK", "BOOK"}:
        return kinds.XLS
    if "POWERPOINT DOCUMENT" in names:
        return kinds.SLIDES
    if "ROOT ENTRY" not in names:
        raise DocumentRefused(BROKEN)
    return kinds.OTHER_OFFICE


def _textual(stream: BinaryIO) -> FileKind:
    content = stream.read(MAX_EVIDENCE_BYTES + 1)
    try:
        text = decoded(content)
    except DocumentRefused as error:
        raise _UnknownKindError from error
    bare = text.lstrip()
    opening = _past_comments(_XML_PROLOGUE.sub("", bare[:_HEAD_BYTES], count=1))
    for pattern, kind in _MARKUP:
        if pattern.match(opening):
            return kind
    return kinds.XML if bare[:5].lower() in {"<?xml", "<!doc"} or bare.startswith("<!--") else kinds.TXT


def _past_comments(markup: str) -> str:
    while markup.startswith("<!--") and (end := markup.find("-->")) > 0:
        markup = markup[end + len("-->") :].lstrip()
    return markup
