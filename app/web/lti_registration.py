"""The page that a learning platform opens to register the product: in its own frame, by a link made here for it."""

from __future__ import annotations

from http import HTTPStatus

from flask import g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import db
from app.policies.refusal import NotFound, Refusal
from app.services import clock, lti_registration
from app.services.lti_configuration import Tool
from app.services.lti_registration import Registered
from app.services.outside import outside_of
from app.web.errors import STATUS
from app.web.lti import blueprint
from app.web.shell import shell

# Longer addresses and tokens are nobody's.
LONGEST = 4_000


@blueprint.get("/register/<token>")
def register(token: str) -> Response:
    """Looked at without the platform's parameters, as by a mail scanner, the link only says what it is for."""
    # The service commits in a session of its own; the request's must not hold SQLite's write lock.
    db.session.rollback()
    now = clock.now()
    try:
        site = lti_registration.invited(db.engine, token, now)
    except NotFound as refusal:
        origin = lti_registration.once_invited(db.engine, token)
        g.frame_ancestors = (origin,) if origin else ()
        return _page(refusal=refusal, origin=origin, status=HTTPStatus.NOT_FOUND)
    # Only pages of the site for which the link was made show the answer within them.
    g.frame_ancestors = (site.origin,)
    configuration = request.args.get("openid_configuration", "")[:LONGEST]
    if not configuration:
        return _page(origin=site.origin)
    url = outside_of(db.engine).url
    try:
        done = lti_registration.register(
            db.engine,
            token,
            configuration_url=configuration,
            registration_token=request.args.get("registration_token", "")[: 2 * LONGEST],
            tool=Tool(url(url_for("lti.launch")), url(url_for("lti.login")), url(url_for("lti.jwks"))),
            now=now,
        )
    except Refusal as refusal:
        return _page(refusal=refusal, origin=site.origin, status=STATUS.get(type(refusal), HTTPStatus.CONFLICT))
    return _page(done=done, origin=site.origin)


def _page(
    *, done: Registered | None = None, refusal: Refusal | None = None, origin: str = "", status: int = HTTPStatus.OK
) -> Response:
    page = render_template("lti_platform/registered.html", shell=shell(), done=done, refusal=refusal, origin=origin)
    return make_response(page, status)
