"""Uploaded files on their way into the store, and out of it as downloads."""

from __future__ import annotations

from typing import BinaryIO, cast
from urllib.parse import quote

from flask import Response, current_app, request, send_file

from app.documents.file_store import FileStore, StoredContent
from app.documents.refusal import DocumentRefused
from app.models import AnalyticalNote, EvidenceRevision
from app.policies.refusal import Invalid, NotFound


def file_store() -> FileStore:
    found: FileStore = current_app.extensions["file_store"]
    return found


def taken_in(field: str) -> list[StoredContent]:
    """The files of a form's field, stored under their digests; raises Invalid at the field for one that is refused.

    What is stored before a refusal is swept as an orphan.
    """
    stored = []
    for file in request.files.getlist(field):
        if not file.filename:
            continue
        try:
            stored.append(file_store().put(cast("BinaryIO", file.stream), file.filename))
        except DocumentRefused as refusal:
            raise Invalid(str(refusal), field=field) from refusal
    return stored


def download(revision: EvidenceRevision | AnalyticalNote) -> Response:
    """Always a download under its own name, never shown in the page's origin."""
    try:
        content = file_store().open(revision.digest)
    except FileNotFoundError as error:
        raise NotFound("Файла нет в хранилище. Сообщите администратору.") from error
    answer = send_file(content, mimetype="application/octet-stream", as_attachment=True, download_name="file")
    named = quote(revision.file_name)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"file\"; filename*=UTF-8''{named}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
