"""«Войти один раз и связать»: in a window of its own, never in a frame, and never by an address alone.

The page is opened by a form of our own page of a launch: whoever sends another person an address would get their own
platform account tied to that person's account.
"""

from __future__ import annotations

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from app.extensions import csrf, db
from app.models.enumeration_of_platforms import TicketPurpose
from app.policies.actor import Actor
from app.policies.refusal import Refusal
from app.services import clock, lti_account, lti_score, lti_target, lti_ticket, lti_welcome
from app.services.lti_account import Proved
from app.services.lti_launch import LaunchRefused
from app.services.lti_ticket import Ticket, TicketGone
from app.services.sign_in import sign_in
from app.web import lti_entry
from app.web.lti import blueprint, from_here, refused
from app.web.session import settings
from app.web.shell import shell

FROM_PLATFORM = "Эта страница открывается кнопкой «Войти один раз и связать» внутри учебной платформы."


@blueprint.route("/link", methods=("GET", "POST"))
@csrf.exempt  # type: ignore[untyped-decorator] # Flask-WTF ships no types
def link() -> Response:
    if request.method != "POST" or not from_here():
        return refused(LaunchRefused(FROM_PLATFORM))
    # Services commit in sessions of their own; the request's must not hold SQLite's write lock.
    db.session.rollback()
    token = request.form.get("ticket", "")
    try:
        ticket = lti_ticket.peek(db.engine, TicketPurpose.LINK, token, clock.now())
        return _proved(ticket, token) if "password" in request.form else _page(ticket, token)
    except (TicketGone, LaunchRefused) as refusal:
        return refused(refusal)


def _proved(ticket: Ticket, token: str) -> Response:
    login, typed = request.form.get("login", "")[:200], request.form.get("password", "")[:1000]
    now, demo = clock.now(), settings().demo
    try:
        signed = sign_in(
            db.engine, login=login, typed_password=typed, address=request.remote_addr or "", now=now, demo=demo
        )
        proved = lti_account.prove(db.engine, token, signed.user_id, now=now, demo=demo)
    except TicketGone:
        raise
    except Refusal as refusal:
        return _page(ticket, token, refusal.sentence, login)
    answer = _entered(ticket, proved, lti_account.actors_within(db.engine, proved.user_id, proved.within, demo=demo))
    # After the new session has begun, which forgets what was to be said in the one before.
    flash(f"Учётная запись связана: «{ticket.payload.get('platform', '')}» открывает её без пароля.", "success")
    return answer


def _entered(ticket: Ticket, proved: Proved, actors: list[Actor]) -> Response:
    """Where the launch wanted to go, as far as it is there for the person."""
    target = lti_target.named_by(ticket.payload.get("custom", {}))
    actor, seen = lti_welcome.chosen(db.engine, actors, target)
    if seen is not None:
        line = lti_score.Line(**ticket.payload.get("line", {}))
        lti_score.note(db.engine, proved.account_id, line, seen.target, now=clock.now())
    return lti_entry.enter(
        platform_id=proved.platform_id,
        deployment_id=proved.deployment_id,
        user_id=proved.user_id,
        unit_id=actor.unit_id,
        path=seen.target.path if seen is not None else "/",
    )


def _page(ticket: Ticket, token: str, error: str = "", login: str = "") -> Response:
    page = render_template(
        "lti/link.html",
        shell=shell(),
        platform=ticket.payload.get("platform", ""),
        person=ticket.payload.get("name", ""),
        subject=ticket.payload.get("subject", ""),
        ticket=token,
        error=error,
        login=login,
    )
    return Response(page, 422 if error else 200, mimetype="text/html")
