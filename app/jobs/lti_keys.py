"""What keeps launches in order, by the clock: keys change hands, and what nobody can use any more is forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from app.jobs.schedule import Every, Turn, schedule
from app.models import LtiState, LtiTicket
from app.services import lti_key

# Used and expired ones still tell their bearer what happened, in the platform's own frame.
KEPT = timedelta(hours=2)


@schedule("rotate launch keys", every=Every.DAY, after=timedelta(minutes=40))
def rotate_keys(turn: Turn) -> None:
    lti_key.rotate(turn.session, turn.now)


@schedule("sweep launches", every=Every.HOUR, after=timedelta(minutes=20))
def sweep_launches(turn: Turn) -> None:
    turn.session.execute(delete(LtiState).where(LtiState.expires_at < turn.now - KEPT))
    turn.session.execute(delete(LtiTicket).where(LtiTicket.expires_at < turn.now - KEPT))
