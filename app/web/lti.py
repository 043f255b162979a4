"""Public addresses of the LTI tool: login, launch, keys, and the way from a launch page into the product.

Only these pages may stand in a platform's frame, and no session is ever begun or read inside one: what a frame may do
it does by a one-time ticket. The cookie of a login is the only one of this program that crosses sites.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.extensions import csrf, db
from app.models.enumeration_of_platforms import TicketPurpose
from app.policies.refusal import NotFound
from app.services import clock, lti_key, lti_launch, lti_login, lti_ticket
from app.services.lti_launch import LaunchRefused, LaunchWithoutCookie
from app.services.lti_origin import origin_of
from app.services.lti_ticket import TicketGone
from app.web import lti_entry
from app.web.session import settings
from app.web.shell import shell

blueprint = Blueprint("lti", __name__, url_prefix="/lti")

REFUSED = 403
SEE_OTHER = 303
LONGEST_TOKEN = 70_000
FOREIGN = "Эта кнопка действует только на странице этой системы. Откройте задание в учебной платформе ещё раз."


@blueprint.route("/login", methods=("GET", "POST"))
@csrf.exempt  # type: ignore[untyped-decorator] # Flask-WTF ships no types
def login() -> AnyResponse:
    """Begun by a platform, in its frame or in a window: Moodle posts a form, others may ask by GET."""
    return _begun(request.form.to_dict() if request.method == "POST" else request.args.to_dict())


@blueprint.post("/launch")
@csrf.exempt  # type: ignore[untyped-decorator] # Flask-WTF ships no types
def launch() -> AnyResponse:
    """What the platform posts back: proved by its signature, the nonce, and the cookie of this browser."""
    from app.web import lti_page  # noqa: PLC0415 - its routes stand on this module's blueprint

    _let_go()
    state = request.form.get("state", "")
    cookie = lti_login.cookie_of(state)
    try:
        received = lti_launch.receive(
            db.engine,
            state=state,
            id_token=request.form.get("id_token", "")[:LONGEST_TOKEN],
            browser_key=request.cookies.get(cookie),
            now=clock.now(),
            error=request.form.get("error", ""),
        )
        g.frame_ancestors = received.platform_origins
        answer = lti_page.launched(received, in_frame=in_frame())
    except LaunchWithoutCookie as refusal:
        answer = _again_page(refusal, state)
    except LaunchRefused as refusal:
        answer = refused(refusal)
    answer.delete_cookie(cookie, path=_cookie_path(), secure=True, httponly=True, samesite="None", partitioned=True)
    return answer


@blueprint.post("/again")
@csrf.exempt  # type: ignore[untyped-decorator] # Flask-WTF ships no types
def again() -> AnyResponse:
    """From our own page in a frame that got no cookie: the same login from its beginning, in a window of its own."""
    if not from_here():
        return refused(LaunchRefused(FOREIGN))
    _let_go()
    try:
        params = lti_launch.begun_with(db.engine, request.form.get("state", ""), clock.now())
    except LaunchRefused as refusal:
        return refused(refusal)
    return _begun(params)


@blueprint.post("/enter")
@csrf.exempt  # type: ignore[untyped-decorator] # Flask-WTF ships no types
def enter() -> AnyResponse:
    """The button of a launch page, in a new window: only a page of ours may press it, so nobody signs others in."""
    if not from_here():
        return refused(LaunchRefused(FOREIGN))
    _let_go()
    try:
        ticket = lti_ticket.take(db.engine, TicketPurpose.ENTER, request.form.get("ticket", ""), clock.now())
        # Numbers of rows begin with one: a ticket of nobody finds nobody.
        return lti_entry.enter(
            platform_id=ticket.platform_id or 0,
            deployment_id=ticket.deployment_id or 0,
            user_id=ticket.user_id or 0,
            unit_id=ticket.unit_id,
            path=str(ticket.payload.get("path", "/")),
        )
    except TicketGone as gone:
        return refused(LaunchRefused(gone.sentence))
    except LaunchRefused as refusal:
        return refused(refusal)


@blueprint.get("/jwks")
def jwks() -> Response:
    _let_go()
    return jsonify(lti_key.jwks(db.engine, clock.now()))


def in_frame() -> bool:
    """Unknown counts as a frame: an ordinary session begins only where the browser says that the page is the window."""
    return request.headers.get("Sec-Fetch-Dest") != "document"


def from_here() -> bool:
    """Whether a page of this program posts this. A browser that says neither is not believed."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None:
        return site == "same-origin"
    return origin_of(origin) in {origin_of(request.host_url), origin_of(settings().public_address)} - {""}


def refused(refusal: LaunchRefused | NotFound) -> AnyResponse:
    """A plain page; in the platform's frame where the platform is known."""
    origins = getattr(refusal, "platform_origins", ())
    if origins:
        g.frame_ancestors = origins
    page = render_template("lti/refused.html", shell=shell(), sentence=refusal.sentence)
    return make_response(page, REFUSED)


def _begun(params: dict[str, str]) -> AnyResponse:
    _let_go()
    try:
        begun = lti_login.begin(db.engine, params, clock.now())
    except LaunchRefused as refusal:
        return refused(refusal)
    answer = redirect(begun.redirect_url, SEE_OTHER)
    # None: the platform's own page posts the token here. Partitioned: where it may be kept for this platform only.
    answer.set_cookie(
        begun.cookie,
        begun.browser_key,
        max_age=int(lti_login.LIVES.total_seconds()),
        path=_cookie_path(),
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return answer


def _again_page(refusal: LaunchWithoutCookie, state: str) -> AnyResponse:
    g.frame_ancestors = refusal.platform_origins
    # Browsers hold the redirect of a form to its page's targets too.
    g.form_targets = refusal.platform_origins
    page = render_template("lti/again.html", shell=shell(), sentence=refusal.sentence, state=state, in_frame=in_frame())
    return make_response(page)


def _cookie_path() -> str:
    return f"{request.script_root}/lti"


def _let_go() -> None:
    """Services commit in sessions of their own; the request's must not hold SQLite's write lock."""
    db.session.rollback()
