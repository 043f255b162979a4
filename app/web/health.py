"""For the watchman: is the process there, does the database answer."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select

from app.extensions import db
from app.models import OrgUnit

blueprint = Blueprint("health", __name__)


@blueprint.get("/health/alive")
def alive() -> tuple[str, int, dict[str, str]]:
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/health/ready")
def ready() -> tuple[str, int, dict[str, str]]:
    """Finds nothing, by the scope; it only asks whether the database answers."""
    db.session.scalar(select(OrgUnit.id).limit(1))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
