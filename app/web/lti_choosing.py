"""Deep linking."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Response

from app.policies.actor import Actor
from app.services.lti_message import Launch


def begun(launch: Launch, actors: Sequence[Actor]) -> Response:
    raise NotImplementedError
