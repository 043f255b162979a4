"""Signing in and out, and switching between one's units."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import db
from app.forms.base import row_number
from app.services import clock
from app.services.sign_in import SignInRefused, sign_in
from app.web.session import current_actor, enter, leave, settings, stand_in
from app.web.shell import shell

blueprint = Blueprint("sign_in", __name__)


def safe_target(address: str | None) -> str:
    """A path of this site, or its home: an address from outside leads nowhere else."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\\" in address:
        return "/"
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc and address.isprintable() else "/"


@blueprint.get("/sign-in")
def form() -> str | Response:
    if current_actor().user_id is not None:
        return redirect(safe_target(request.args.get("next")))
    return _page()


@blueprint.post("/sign-in", endpoint="enter")
def sign_in_now() -> tuple[str, int] | Response:
    login, typed = request.form.get("login", "")[:200], request.form.get("password", "")[:1000]
    # Sign-in commits its attempts in sessions of its own; the request's must not hold SQLite's write lock.
    db.session.rollback()
    try:
        signed = sign_in(
            db.engine,
            login=login,
            typed_password=typed,
            address=request.remote_addr or "",
            now=clock.now(),
            demo=settings().demo,
        )
    except SignInRefused as refusal:
        return _page(refusal.sentence, login), 422
    enter(signed)
    return redirect(safe_target(request.values.get("next")))


@blueprint.post("/sign-out", endpoint="leave")
def sign_out() -> Response:
    leave()
    return redirect(url_for("sign_in.form"))


@blueprint.post("/switch", endpoint="switch")
def switch() -> Response:
    stand_in(row_number(request.form.get("unit_id")) or 0)
    return redirect("/")


def _page(error: str = "", login: str = "") -> str:
    return render_template(
        "sign_in.html",
        shell=shell(),
        error=error,
        login=login,
        next_url=safe_target(request.values.get("next")),
        demo_accounts=current_app.extensions.get("demo_accounts", ()) if settings().demo else (),
    )
