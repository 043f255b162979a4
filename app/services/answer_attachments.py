"""What goes with a letter: the newest files of the report's proof under names that do not clash, and its links."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from sqlalchemy.orm import Session

from app.documents.file_name import display_name
from app.documents.file_store import FileStore
from app.documents.limits import MIB
from app.models import AssignmentReport
from app.policies.refusal import NotFound, WrongState
from app.services import evidence

# What a mail server or a state document system still takes is far less; a disk would take more.
MAX_PACKAGE_BYTES: Final = 300 * MIB
LINKS: Final = "Ссылки.txt"
_BLOCK: Final = MIB


@dataclass(frozen=True, slots=True)
class Attachment:
    """A piece of proof as the letter lists it; `file_name` is its name in the archive, empty for a link."""

    number: int
    label: str
    file_name: str = ""
    url: str = ""
    digest: str = ""
    size: int = 0


def attachments(session: Session, report: AssignmentReport) -> list[Attachment]:
    """In the order of the report; numbers before the names keep names apart on every file system."""
    found = []
    for number, piece in enumerate(evidence.of_reports(session, [report.id]).get(report.id, []), start=1):
        last = piece.revisions[-1] if piece.revisions else None
        found.append(
            Attachment(
                number,
                piece.label,
                display_name(f"{number:02d} {last.file_name}") if last is not None else "",
                piece.url,
                last.digest if last is not None else "",
                last.size if last is not None else 0,
            )
        )
    return found


def pack(
    letter: bytes,
    name: str,
    attached: Sequence[Attachment],
    target: BinaryIO,
    *,
    store: FileStore,
    moment: datetime,
) -> None:
    """An archive of the letter, the files and a list of the links; `moment` in the reader's zone.

    Raises WrongState past the limit, NotFound.
    """
    whole = sum(one.size for one in attached)
    if whole > MAX_PACKAGE_BYTES:
        raise WrongState(
            f"Приложения вместе больше {MAX_PACKAGE_BYTES // MIB} МБ: скачайте письмо и файлы по одному со страницы "
            "поручения."
        )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), letter, zipfile.ZIP_DEFLATED)
        for one in attached:
            if one.digest:
                _put(archive, one, store, moment)
        linked = [f"{one.number}. {one.label}\r\n{one.url}\r\n" for one in attached if one.url]
        if linked:
            archive.writestr(zipfile.ZipInfo(LINKS, moment.timetuple()[:6]), "\r\n".join(linked).encode("utf-8-sig"))


def _put(archive: zipfile.ZipFile, one: Attachment, store: FileStore, moment: datetime) -> None:
    try:
        source = store.open(one.digest)
    except FileNotFoundError as error:
        raise NotFound(f"Файла «{one.file_name}» нет в хранилище. Сообщите администратору.") from error
    with source, archive.open(zipfile.ZipInfo(one.file_name, moment.timetuple()[:6]), "w") as place:
        while block := source.read(_BLOCK):
            place.write(block)
