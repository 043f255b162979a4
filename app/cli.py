"""Commands."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    del app
