"""Small documents of the demo, made byte by byte the same each time: a page of PDF, a .docx, a text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
# Adobe's glyph names of the Cyrillic half of code page 1251: readers find the letters in a font of their own.
_SMALL_YO, _BIG_YO = 0xB8, 0xA8
_LINE_WIDTH = 78
_MADE_AT = (2023, 1, 1, 0, 0, 0)


def text(lines: Sequence[str]) -> bytes:
    return "\n".join([*lines, ""]).encode()


def docx(lines: Sequence[str]) -> bytes:
    paragraphs = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in lines)
    parts = {
        "[Content_Types].xml": f'{PROLOGUE}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{MAIN_TYPE}"/></Types>',
        "_rels/.rels": f'{PROLOGUE}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{PROLOGUE}<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, _MADE_AT), content.encode(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def pdf(lines: Sequence[str]) -> bytes:
    """One page with a text layer."""
    shown = [piece for line in lines for piece in (_wrapped(line) or [""])]
    page = b"BT /F1 11 Tf 56 780 Td 16 TL\n" + b"".join(b"(" + _quoted(line) + b") Tj T*\n" for line in shown) + b"ET"
    fonts = b"/Resources << /Font << /F1 5 0 R >> >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R " + fonts,
        b"<< /Length %d >>\nstream\n" % len(page) + page + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /FirstChar 32 /LastChar 255 /Widths ["
        + b"600 " * 224
        + b"] /Encoding << /Type /Encoding"
        b" /BaseEncoding /WinAnsiEncoding /Differences [" + _glyph_names() + b"] >> >>",
    ]
    whole = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        whole
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            len(whole),
        )
    )


def _wrapped(line: str) -> list[str]:
    pieces: list[str] = []
    for word in line.split():
        if pieces and len(pieces[-1]) + len(word) < _LINE_WIDTH:
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    return pieces


def _quoted(line: str) -> bytes:
    plain = line.encode("cp1251", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _glyph_names() -> bytes:
    """afii10017–10049 are А–Я with Ё after Е, afii10065–10097 the same in small letters; afii61352 is №."""
    big = [f"afii{10017 + place + (place > 5)}" for place in range(32)]  # noqa: PLR2004 - Ё stands after six letters
    small = [f"afii{10065 + place + (place > 5)}" for place in range(32)]  # noqa: PLR2004 - as above
    names = [
        f"{_BIG_YO} /afii10023",
        "171 /guillemotleft",
        f"{_SMALL_YO} /afii10071",
        "185 /afii61352",
        "187 /guillemotright",
        "192 " + " ".join(f"/{name}" for name in [*big, *small]),
    ]
    return " ".join(names).encode()
