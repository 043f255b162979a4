"""What a platform is to be told of a person once it is so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from app.services.lti_message import Launch
from app.services.lti_target import Target


def note(engine: Engine, launch: Launch, target: Target, *, now: datetime) -> None:
    """Keeps where the mark goes."""
