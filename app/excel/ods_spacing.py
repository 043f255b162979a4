"""White space between the rows and cells of an .ods, which some programs write and calamine takes for a mistake."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Final

from app.excel.package import Package
from app.excel.table import MIB

_CONTENT: Final = "content.xml"
# All that calamine reads besides.
_KEPT: Final = ("mimetype", "META-INF/manifest.xml")
_MOST: Final = 64 * MIB
# No text holds «<», and none stands beside a table's tags but this.
_SPACING: Final = re.compile(rb">\s+<(?=/?table:)")


def without_spacing(content: bytes, package: Package) -> bytes:
    """The file without it; the very same where there is none, or where the sheet is too large to be rewritten."""
    if any(name not in package for name in (_CONTENT, *_KEPT)) or package.info(_CONTENT).file_size > _MOST:
        return content
    written = b"".join(package.chunks(_CONTENT, _MOST))
    if _SPACING.search(written) is None:
        return content
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in _KEPT:
            archive.writestr(name, b"".join(package.chunks(name, MIB)))
        archive.writestr(_CONTENT, _SPACING.sub(b"><", written))
    return target.getvalue()
