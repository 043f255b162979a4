"""The kinds of files told apart by content: those taken, and those refused with advice of their own."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class FileKind:
    """`extensions` are lower case without the dot, the canonical one first; `advice` is why the kind is not taken."""

    title: str
    media_type: str
    extensions: tuple[str, ...]
    advice: str = ""

    @property
    def extension(self) -> str:
        return self.extensions[0]

    @property
    def named(self) -> str:
        """The title with the canonical extension, for sentences: «документ Word (.docx)»."""
        return f"{self.title} (.{self.extension})"


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_ODF: Final = "application/vnd.oasis.opendocument"
_AS_PICTURE: Final = "Сохраните изображение как .png или .jpg и загрузите ещё раз."
_AS_DOCUMENT: Final = "Сохраните документ как .pdf или .docx и загрузите ещё раз."
_UNPACKED: Final = "Распакуйте архив и загрузите документы из него по одному: содержимое архива не проверить."
_PROGRAM: Final = "Программы и сценарии не принимаются. Загрузите сам документ: .pdf, .docx, .xlsx или изображение."
_MACROS: Final = "Файлы с макросами не принимаются. Сохраните его без макросов (.docx или .xlsx) и загрузите ещё раз."

PDF: Final = FileKind("документ PDF", "application/pdf", ("pdf",))
DOCX: Final = FileKind("документ Word", f"{_OFFICE}.wordprocessingml.document", ("docx",))
XLSX: Final = FileKind("книга Excel", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",))
ODT: Final = FileKind("текст OpenDocument", f"{_ODF}.text", ("odt",))
ODS: Final = FileKind("таблица OpenDocument", f"{_ODF}.spreadsheet", ("ods",))
DOC: Final = FileKind("документ Word 97–2003", "application/msword", ("doc",))
XLS: Final = FileKind("книга Excel 97–2003", "application/vnd.ms-excel", ("xls",))
PNG: Final = FileKind("изображение PNG", "image/png", ("png",))
JPEG: Final = FileKind("изображение JPEG", "image/jpeg", ("jpg", "jpeg"))
TXT: Final = FileKind("простой текст", "text/plain", ("txt",))
CSV: Final = FileKind("таблица CSV", "text/csv", ("csv",))

TAKEN: Final = (PDF, DOCX, XLSX, ODT, ODS, DOC, XLS, PNG, JPEG, TXT, CSV)

_BINARY: Final = "application/octet-stream"
MACROS: Final = FileKind(
    "документ Office с макросами", _BINARY, ("docm", "xlsm", "pptm", "dotm", "xltm", "xlsb"), _MACROS
)
RTF: Final = FileKind("документ RTF", "application/rtf", ("rtf",), _AS_DOCUMENT)
SLIDES: Final = FileKind(
    "презентация", _BINARY, ("pptx", "ppt", "odp"), "Сохраните презентацию как .pdf и загрузите ещё раз."
)
OTHER_OFFICE: Final = FileKind(
    "файл Office другого вида", _BINARY, ("dotx", "xltx", "ott", "ots", "odg", "vsdx", "msg", "msi"), _AS_DOCUMENT
)
ZIP: Final = FileKind("архив ZIP", "application/zip", ("zip",), _UNPACKED)
RAR: Final = FileKind("архив RAR", _BINARY, ("rar",), _UNPACKED)
SEVEN_ZIP: Final = FileKind("архив 7z", _BINARY, ("7z",), _UNPACKED)
GZIP: Final = FileKind("архив GZIP", _BINARY, ("gz", "tgz"), _UNPACKED)
HTML: Final = FileKind(
    "веб-страница",
    "text/html",
    ("html", "htm", "xhtml"),
    "Откройте страницу и сохраните её как .pdf или дайте на неё ссылку.",
)
SVG: Final = FileKind("изображение SVG", "image/svg+xml", ("svg",), _AS_PICTURE)
XML: Final = FileKind("документ XML", "application/xml", ("xml",), _AS_DOCUMENT)
SCRIPT: Final = FileKind("сценарий", _BINARY, ("sh", "py", "php"), _PROGRAM)
EXECUTABLE: Final = FileKind("программа", _BINARY, ("exe", "dll", "com", "scr"), _PROGRAM)
GIF: Final = FileKind("изображение GIF", "image/gif", ("gif",), _AS_PICTURE)
TIFF: Final = FileKind("изображение TIFF", "image/tiff", ("tif", "tiff"), _AS_PICTURE)
BMP: Final = FileKind("изображение BMP", "image/bmp", ("bmp",), _AS_PICTURE)
WEBP: Final = FileKind("изображение WebP", "image/webp", ("webp",), _AS_PICTURE)
HEIC: Final = FileKind("изображение HEIC", "image/heic", ("heic", "heif"), _AS_PICTURE)
DJVU: Final = FileKind("документ DjVu", "image/vnd.djvu", ("djvu", "djv"), _AS_DOCUMENT)

REFUSED: Final = (
    *(MACROS, RTF, SLIDES, OTHER_OFFICE, ZIP, RAR, SEVEN_ZIP, GZIP, HTML, SVG, XML, SCRIPT, EXECUTABLE),
    *(GIF, TIFF, BMP, WEBP, HEIC, DJVU),
)

BY_EXTENSION: Final = {extension: kind for kind in (*REFUSED, *TAKEN) for extension in kind.extensions}

TAKEN_EXTENSIONS: Final = ", ".join(f".{kind.extension}" for kind in TAKEN)
