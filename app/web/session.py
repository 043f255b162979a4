"""Who is acting: the only user of Flask-Login's `current_user`, and the only place that gives a session its actor."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.config import Settings
from app.extensions import db, login_manager
from app.policies.actor import NOBODY, Actor
from app.policies.guard import GuardedSession
from app.services import clock, identity, lti_entry
from app.services.sign_in import SignedIn

# Reachable without an account; everything else is closed by default.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "health.alive",
        "health.jobs",
        "health.ready",
        "lti.again",
        "lti.choose",
        "lti.enter",
        "lti.jwks",
        "lti.launch",
        "lti.link",
        "lti.login",
        "lti.register",
        "sign_in.form",
        "sign_in.enter",
        "one_time_link.form",
        "one_time_link.use",
    }
)
# In the session of who came from a learning platform: by which link and deployment.
THROUGH = "lti"
SLIDE_SECONDS = 600
# However busy the person is: a copied cookie does not live for ever.
LONGEST_SECONDS = 16 * 3600
LONGEST_LAUNCH = 512 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Visitor(UserMixin):
    def __init__(self, user_id: int, auth_epoch: int, actor: Actor | None = None) -> None:
        self.id = f"{user_id}.{auth_epoch}"
        self.actor = actor


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def guarded() -> GuardedSession:
    """The session of this request, cut to its actor."""
    return db.session()  # type: ignore[return-value] # the session class is given to the extension at run time


def current_actor() -> Actor:
    actor: Actor = g.get("actor", NOBODY)
    return actor


def today() -> date:
    """The reader's day: terms are days in the region's own zone. On a page that shows a past state, the past day."""
    shown: date | None = g.get("day_shown")
    return shown or clock.today(current_actor().time_zone)


@login_manager.user_loader  # type: ignore[untyped-decorator] # Flask-Login ships no types
def _load(key: str) -> Visitor | None:
    user_id, _, epoch = key.partition(".")
    if not (user_id.isdigit() and epoch.isdigit()):
        return None
    within = None
    if THROUGH in session:
        within = _held(int(user_id))
        if within is None:
            return None
    actor = identity.actor_of(
        guarded(),
        user_id=int(user_id),
        auth_epoch=int(epoch),
        unit_id=session.get("unit_id"),
        demo=settings().demo,
        within=within,
    )
    return Visitor(int(user_id), int(epoch), actor) if actor is not None else None


def _held(user_id: int) -> int | None:
    """The unit that bounds a session begun by a launch; None once its platform, deployment or link is gone."""
    through = lti_entry.row_of(session.get(THROUGH))
    if through is None:
        return None
    account_id, deployment_id = through
    return lti_entry.unit_held(
        guarded(), account_id=account_id, deployment_id=deployment_id, user_id=user_id, demo=settings().demo
    )


def enter(signed_in: SignedIn, *, through: tuple[int, int] | None = None, unit_id: int | None = None) -> None:
    """A new session for the person who signed in: nothing of the one before stays.

    `through`: the link and the deployment of a learning platform by which the person came; the session ends with them.
    `unit_id`: the unit in which they stand first.
    """
    session.clear()
    session.permanent = True
    session["since"] = int(clock.now().timestamp())
    if through is not None:
        session[THROUGH] = list(through)
    if unit_id is not None:
        session["unit_id"] = unit_id
    login_user(Visitor(signed_in.user_id, signed_in.auth_epoch))


def leave() -> None:
    logout_user()
    session.clear()


def stand_in(unit_id: int) -> None:
    """Switches to another of one's units; 404 for one where the person does not stand."""
    if unit_id not in {standing.unit_id for standing in current_actor().standings}:
        abort(404)
    session["unit_id"] = unit_id
    # What another window still shows was written for the unit before: it is refused, not filed under this one.
    session.pop("csrf_token", None)


def install(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.session_protection = "basic"

    @app.before_request
    def _begin() -> Response | None:
        g.request_id = secrets.token_hex(6)
        if request.endpoint == "static":
            return None
        work: Any = guarded()
        work.info["request_id"] = g.request_id
        visitor: Any = current_user
        g.actor = work.info["actor"] = visitor.actor if visitor.is_authenticated and _slide() else NOBODY
        if g.actor is NOBODY and request.endpoint not in PUBLIC_ENDPOINTS:
            # A stranger's body is not even read.
            return _to_sign_in()
        if request.blueprint == "lti":
            # Strangers post here; no launch is longer.
            request.max_content_length = LONGEST_LAUNCH
        if request.method not in SAFE_METHODS:
            # The body is read to its end first: a slow upload must not hold SQLite's write lock.
            request.get_data(parse_form_data=True)
            begin_writing()
        return None


def begin_writing() -> None:
    """Ends the reading transaction and begins one that may write: on SQLite it takes the write lock at once."""
    work: Any = guarded()
    work.rollback()
    work.connection(execution_options={"writes": True})


def begin_reading() -> None:
    """Lets the write lock go where a request has long reading to do before it writes: nothing was written yet."""
    guarded().rollback()


def this_app() -> Flask:
    """The application itself, for what outlives the context in which it was asked for."""
    return cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined] # Werkzeug's proxy hides it # noqa: SLF001 - its documented way


@contextmanager
def acting_as(app: Flask, actor: Actor, work: GuardedSession) -> Iterator[None]:
    """The code of pages run outside a request, by a job or while a file is sent: as this actor, with this session."""
    with app.app_context():
        g.actor = actor
        db.session.registry.set(work)  # type: ignore[arg-type] # the session class is given to the extension at run time
        try:
            yield
        finally:
            # The session is its owner's: the end of the context must not close it.
            db.session.registry.clear()


def _slide() -> bool:
    """Whether the session still holds. Signing a cookie anew for every page would cost a tenth of the page."""
    moment = int(clock.now().timestamp())
    if moment - session.get("since", 0) > LONGEST_SECONDS:
        leave()
        return False
    if moment - session.get("seen", 0) > SLIDE_SECONDS:
        session["seen"] = moment
    return True


def _to_sign_in() -> Response:
    target = url_for("sign_in.form", next=request.full_path.rstrip("?") if request.method == "GET" else None)
    if request.headers.get("HX-Request"):
        # htmx follows redirects inside the page; the whole page has to go.
        return Response("", 204, headers={"HX-Redirect": target})
    return redirect(target)
