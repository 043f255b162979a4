"""Files that were read and shown, on their way through the form until the person agrees; a СНИЛС may be in them."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from app.excel.moodle_columns import ExportKind
from app.excel.moodle_export import ExportRow, MoodleExport
from app.policies.refusal import Invalid, WrongState
from app.services.secret_box import SecretBox

LOST: Final = "Прочитанные файлы потерялись по дороге: выберите их ещё раз."
# A form of four megabytes is the most that the product takes.
MOST: Final = 3 * 1024 * 1024
_TOO_MUCH: Final = "Вместе эти файлы слишком велики. Загрузите их по одному или скачайте отчёты по группам курса."


def box_of(secret: str, *, user_id: int | None, group_id: int) -> SecretBox:
    """A box of its own: what signs sessions seals nothing else, and what one person was shown another cannot bring."""
    derived = hashlib.sha256(f"learning file\0{user_id}\0{group_id}\0{secret}".encode()).digest()
    return SecretBox([base64.urlsafe_b64encode(derived).decode("ascii")])


def packed(box: SecretBox, exports: Sequence[MoodleExport]) -> str:
    """Nothing for no files. Raises Invalid at `files` for more than a form can carry."""
    if not exports:
        return ""
    plain = [_plain(asdict(one)) for one in exports]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    carried = box.seal_bytes(zlib.compress(text.encode(), 9)).decode("ascii")
    if len(carried) > MOST:
        raise Invalid(_TOO_MUCH, field="files")
    return carried


def unpacked(box: SecretBox, text: str) -> list[MoodleExport]:
    """The other way. Raises Invalid at `files` for anything else than what `packed` made here."""
    if not text:
        return []
    try:
        found = json.loads(zlib.decompress(box.unseal_bytes(text.encode("ascii"))))
    except (WrongState, UnicodeEncodeError) as error:
        raise Invalid(LOST, field="files") from error
    return [_export(one) for one in found]


def _plain(told: Any) -> Any:
    """Without what is empty; days as texts."""
    match told:
        case dict():
            return {key: _plain(value) for key, value in told.items() if value}
        case list() | tuple():
            return [_plain(one) for one in told]
        case date():
            return told.isoformat()
        case _:
            return told


def _export(told: Mapping[str, Any]) -> MoodleExport:
    rows = tuple(_row(one) for one in told["rows"])
    kept = {key: value for key, value in told.items() if key not in {"kind", "rows", "skipped"}}
    return MoodleExport(kind=ExportKind(told["kind"]), rows=rows, skipped=tuple(told.get("skipped", ())), **kept)


def _row(told: Mapping[str, Any]) -> ExportRow:
    days = {key: date.fromisoformat(told[key]) for key in ("completed_on", "last_done_on") if key in told}
    return ExportRow(**{**told, **days, "problems": tuple(told.get("problems", ()))})
