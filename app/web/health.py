"""For the watchman: is the process there, does the database answer."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint
from sqlalchemy import select

from app.extensions import db
from app.models import OrgUnit
from app.policies.unscoped import open_session
from app.services import clock, job_hold

blueprint = Blueprint("health", __name__)

LONGEST_WAIT = timedelta(minutes=5)


@blueprint.get("/health/alive")
def alive() -> tuple[str, int, dict[str, str]]:
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/health/ready")
def ready() -> tuple[str, int, dict[str, str]]:
    """Finds nothing, by the scope; it only asks whether the database answers."""
    db.session.scalar(select(OrgUnit.id).limit(1))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/health/jobs")
def jobs() -> tuple[str, int, dict[str, str]]:
    """503 where a job has waited for five minutes: no worker stands, or all are stuck. Pages work all the same."""
    with open_session(db.engine, reason="yes or no: does anybody's job wait too long") as session:
        stands_still = job_hold.stands_still(session, since=clock.now() - LONGEST_WAIT)
    told = "jobs wait: start a worker with «flask jobs»\n" if stands_still else "ok\n"
    return told, 503 if stands_still else 200, {"Content-Type": "text/plain; charset=utf-8"}
