"""Deep linking in the platform's frame: the page of choices, and the answer that goes back through the browser.

There is no session in a frame: what is shown and signed is decided by a one-time ticket and the rights of its person
at this moment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import g, render_template, request
from werkzeug.wrappers import Response

from app.extensions import csrf, db
from app.models.enumeration_of_platforms import TicketPurpose
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import Refusal, WrongState
from app.services import clock, lti_account, lti_deep_linking, lti_entry, lti_target, lti_ticket
from app.services.lti_deep_linking import MOST_CHOSEN, Part
from app.services.lti_launch import Launch, LaunchRefused
from app.services.lti_origin import origin_of
from app.services.lti_target import Seen
from app.services.lti_ticket import Ticket, TicketGone
from app.web.lti import blueprint, from_here, refused
from app.web.session import guarded, settings
from app.web.shell import shell

LONGEST_QUERY = 200
NOTHING = "Отметьте, что добавить в курс."
TOO_MUCH = f"За один раз добавляется не больше {MOST_CHOSEN} ссылок."
NOT_OPEN = "Среди отмеченного есть то, что вам уже не открыто: выберите заново."
STANDS_NOWHERE = "Полномочий в организациях этой платформы у вас больше нет."


def begun(launch: Launch, actors: Sequence[Actor]) -> Response:
    """The page of choices of a person who may choose; `actors` are their standings, at least one."""
    asked = launch.deep_linking
    if asked is None:
        raise LaunchRefused("Платформа не сказала, куда вернуть выбранное.")
    token = lti_ticket.issue(
        db.engine,
        TicketPurpose.CHOOSE,
        platform_id=launch.platform_id,
        deployment_id=launch.deployment_id,
        user_id=launch.user_id,
        unit_id=launch.unit_id,
        payload={
            "account_id": launch.account_id,
            "return_url": asked.return_url,
            "data": asked.data,
            "multiple": asked.accept_multiple,
            "scored": asked.accept_line_item and bool(launch.line_items_url),
            "client_id": launch.client_id,
            "issuer": launch.issuer,
            "deployment": launch.deployment,
            "platform": launch.platform_title,
            "course": launch.context_title,
            "origins": list(launch.platform_origins),
        },
        now=clock.now(),
        lives=lti_ticket.LIVES * 3,
    )
    return _page(token, _kept(token), actors[0], actors)


@blueprint.post("/choose")
@csrf.exempt  # type: ignore[untyped-decorator] # Flask-WTF ships no types
def choose() -> Response:
    """Searching leaves the ticket unused; the answer takes it."""
    if not from_here():
        return refused(LaunchRefused("Выбирают на странице, которую открывает учебная платформа."))
    # Services commit in sessions of their own; the request's must not hold SQLite's write lock.
    db.session.rollback()
    token = request.form.get("ticket", "")
    try:
        ticket = _kept(token)
        actors = _actors(ticket)
    except (TicketGone, LaunchRefused) as refusal:
        return refused(refusal)
    g.frame_ancestors = tuple(ticket.payload.get("origins", ()))
    actor = _standing(actors)
    marked = request.form.getlist("choice")[: MOST_CHOSEN + 1]
    if request.form.get("act") != "add":
        return _page(token, ticket, actor, actors, marked=marked)
    try:
        return _answer(token, ticket, _chosen(ticket, actors, marked))
    except TicketGone as gone:
        return refused(gone)
    except Refusal as refusal:
        return _page(token, ticket, actor, actors, marked=marked, error=refusal.sentence)


def _kept(token: str) -> Ticket:
    return lti_ticket.peek(db.engine, TicketPurpose.CHOOSE, token, clock.now())


def _actors(ticket: Ticket) -> list[Actor]:
    """The person in their units of this moment. Raises LaunchRefused."""
    unit_id = lti_entry.unit_held(
        guarded(),
        account_id=int(ticket.payload.get("account_id") or 0),
        deployment_id=ticket.deployment_id or 0,
        user_id=ticket.user_id or 0,
        demo=settings().demo,
    )
    if unit_id is None:
        raise LaunchRefused(lti_entry.NOT_LINKED)
    found = lti_account.actors_within(db.engine, ticket.user_id or 0, unit_id, demo=settings().demo)
    if not found:
        raise LaunchRefused(STANDS_NOWHERE)
    return found


def _standing(actors: Sequence[Actor]) -> Actor:
    """In which of their units the person looks: the one asked for, or the first."""
    asked = request.form.get("unit", "")
    return next((actor for actor in actors if str(actor.unit_id) == asked), actors[0])


def _chosen(ticket: Ticket, actors: Sequence[Actor], marked: Sequence[str]) -> list[Seen]:
    """What the person sees of what they marked, in any of their units. Raises WrongState."""
    if not marked:
        raise WrongState(NOTHING)
    if len(marked) > MOST_CHOSEN:
        raise WrongState(TOO_MUCH)
    if len(marked) > 1 and not ticket.payload.get("multiple"):
        raise WrongState("Платформа принимает одну ссылку: оставьте одну отметку.")
    found: list[Seen] = []
    for text in dict.fromkeys(marked):
        target = lti_deep_linking.named(text)
        seen = next((one for actor in actors if (one := _seen(actor, target)) is not None), None)
        if seen is None:
            raise WrongState(NOT_OPEN)
        found.append(seen)
    return found


def _seen(actor: Actor, target: lti_target.Target | None) -> Seen | None:
    if target is None:
        return None
    with GuardedSession(db.engine, info={"actor": actor}) as session:
        return lti_deep_linking.chosen(session, actor, target)


def _answer(token: str, ticket: Ticket, items: Sequence[Seen]) -> Response:
    scored = bool(ticket.payload.get("scored")) and bool(request.form.get("scored"))
    signed = lti_deep_linking.response(db.engine, ticket.payload, items, scored=scored, now=clock.now())
    # Signed first: without a key nothing is taken, and the page stands.
    lti_ticket.take(db.engine, TicketPurpose.CHOOSE, token, clock.now())
    return_url = str(ticket.payload["return_url"])
    g.form_targets = (origin_of(return_url),)
    page = render_template(
        "lti/returned.html",
        shell=shell(),
        platform=ticket.payload.get("platform", ""),
        return_url=return_url,
        signed=signed,
        items=items,
    )
    return Response(page, mimetype="text/html")


def _page(
    token: str,
    ticket: Ticket,
    actor: Actor,
    actors: Sequence[Actor],
    *,
    marked: Collection[str] = (),
    error: str = "",
) -> Response:
    query = request.form.get("q", "")[:LONGEST_QUERY].strip()
    with GuardedSession(db.engine, info={"actor": actor}) as session:
        parts = lti_deep_linking.choices(session, actor, query)
    context: dict[str, Any] = {
        "platform": ticket.payload.get("platform", ""),
        "course": ticket.payload.get("course", ""),
        "multiple": ticket.payload.get("multiple"),
        "may_score": ticket.payload.get("scored"),
        "scored": "scored" in request.form,
        "parts": [_lines(part, marked) for part in parts],
        "kept": _kept_marks(parts, actors, marked),
        "units": [(one.unit_id, one.unit_name, one.unit_id == actor.unit_id) for one in actors],
        "unit": actor,
    }
    page = render_template("lti/choose.html", shell=shell(), ticket=token, query=query, error=error, **context)
    return Response(page, 422 if error else 200, mimetype="text/html")


def _lines(part: Part, marked: Collection[str]) -> dict[str, Any]:
    return {
        "title": part.title,
        "more": part.more,
        "lines": [
            {"name": name, "seen": one, "marked": name in marked}
            for one in part.choices
            for name in (lti_deep_linking.name_of(one.target),)
        ],
    }


def _kept_marks(parts: Sequence[Part], actors: Sequence[Actor], marked: Collection[str]) -> list[dict[str, Any]]:
    """What was marked before and is not among what is shown now: nothing is lost by another search."""
    shown = {lti_deep_linking.name_of(one.target) for part in parts for one in part.choices}
    found = []
    for name in dict.fromkeys(marked):
        target = lti_deep_linking.named(name) if name not in shown else None
        seen = next((one for actor in actors if (one := _seen(actor, target)) is not None), None)
        if seen is not None:
            found.append({"name": name, "seen": seen, "marked": True})
    return found
