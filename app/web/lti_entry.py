"""The ordinary session of a person who comes from a platform: it stands within the deployment's unit, or not at all."""

from __future__ import annotations

from flask import flash, redirect
from werkzeug.wrappers import Response

from app.extensions import db
from app.services import clock, lti_entry
from app.web.session import enter as begin_session
from app.web.sign_in import safe_target

SEE_OTHER = 303


def enter(*, platform_id: int, deployment_id: int, user_id: int, path: str, unit_id: int | None = None) -> Response:
    """Signs the linked person in and goes to the path of this site. Everything is asked anew: raises LaunchRefused.

    `unit_id`: in which of their units there they stand first; another is chosen where they no longer do.
    For a request that is top-level in its own window; the caller has checked the launch, or taken its ticket.
    """
    # The service commits in a session of its own; the request's must not hold SQLite's write lock.
    db.session.rollback()
    admitted = lti_entry.admit(
        db.engine, platform_id=platform_id, deployment_id=deployment_id, user_id=user_id, now=clock.now()
    )
    begin_session(admitted.signed_in, through=(admitted.account_id, admitted.deployment_id), unit_id=unit_id)
    # Whoever was brought here by somebody else's link sees under whose name.
    flash(f"Вы вошли из платформы «{admitted.platform_title}» как {admitted.user_name}.", "info")
    return redirect(safe_target(path), SEE_OTHER)
