"""Static files under addresses that change with their content, so that browsers keep them for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app, url_for


@lru_cache(maxsize=256)
def _digest(path: str, changed: int) -> str:
    del changed
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    known: dict[str, str] = current_app.extensions.setdefault("assets", {})
    if name not in known or current_app.debug:
        path = Path(current_app.static_folder or "") / name
        known[name] = url_for("static", filename=name, v=_digest(str(path), path.stat().st_mtime_ns))
    return known[name]
