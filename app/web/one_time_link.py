"""A link that sets a password once: the first sign-in, or a reset by an administrator."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import db
from app.policies.refusal import Invalid
from app.services import clock
from app.services import one_time_link as service
from app.services.password import SHORTEST
from app.web.shell import shell

blueprint = Blueprint("one_time_link", __name__)


@blueprint.get("/password/<token>")
def form(token: str) -> str:
    return _page(service.login_of(db.engine, token, clock.now()))


@blueprint.post("/password/<token>")
def use(token: str) -> tuple[str, int] | Response:
    # The service commits in a session of its own; the request's must not hold SQLite's write lock.
    db.session.rollback()
    login = service.login_of(db.engine, token, clock.now())
    password, again = request.form.get("password", "")[:1000], request.form.get("password_again", "")[:1000]
    if password != again:
        return _page(login, Invalid("Пароли не совпадают. Введите один и тот же пароль дважды.", field="again")), 422
    try:
        service.set_password(db.engine, token, password, clock.now())
    except Invalid as refusal:
        return _page(login, refusal), 422
    flash("Пароль сохранён. Войдите с ним.", "success")
    return redirect(url_for("sign_in.form"))


def _page(login: str, refusal: Invalid | None = None) -> str:
    return render_template(
        "choose_password.html",
        shell=shell(),
        person=login,
        errors=[refusal.sentence] if refusal else [],
        min_length=SHORTEST,
    )
