"""Files as answers: always a download under a Russian name, never shown in the page's origin."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from urllib.parse import quote

from flask import Response

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BLOCK = 1 << 16
HELD = 1 << 20


def spool() -> BinaryIO:
    """An empty file for `attachment`: in memory while it is small."""
    return cast("BinaryIO", SpooledTemporaryFile(HELD))


def attachment(target: BinaryIO, file_name: str, media_type: str = WORKBOOK) -> Response:
    """A finished file, closed when it has been sent."""

    def blocks() -> Iterator[bytes]:
        with target:
            target.seek(0)
            while block := target.read(BLOCK):
                yield block

    length = target.seek(0, 2)
    answer = streamed(blocks(), file_name, media_type)
    answer.headers["Content-Length"] = str(length)
    return answer


def streamed(blocks: Iterator[bytes], file_name: str, media_type: str = WORKBOOK) -> Response:
    """A file sent while it is made: without a length, and broken off where its making fails."""
    answer = Response(blocks, mimetype=media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"export\"; filename*=UTF-8''{quote(file_name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
