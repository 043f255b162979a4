"""Where the link at the foot of each letter leads: its reader says whether to get more of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.page_view import PageView
from app.policies.refusal import WrongState
from app.services import mail_refusal
from app.web.session import current_actor, guarded
from app.web.shell import shell


class MailStopView(PageView):
    closed = "Войдите, чтобы отказаться от писем."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here each letter has one of its own.
        self._default_view = "one"
        super().__init__(name="Письма", endpoint="mail_stop", url="/mail-stop")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().user_id is not None

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        work, actor = guarded(), current_actor()
        title = mail_refusal.title_for(work, actor, record_id)
        return render_template(
            "mailing/stop.html",
            shell=shell((title, None)),
            number=record_id,
            title_of_mailing=title,
            is_refused=mail_refusal.is_refused(work, actor, record_id),
        )

    @expose("/<int:record_id>", methods=("POST",))
    def answer(self, record_id: int) -> Response:
        work, actor = guarded(), current_actor()
        if request.form.get("again") != "1":
            mail_refusal.refuse(work, actor, record_id)
            flash("Больше этих писем не будет.", "success")
            return redirect(f"/mail-stop/{record_id}")
        try:
            mail_refusal.take_back(work, actor, record_id)
        except WrongState as refusal:
            flash(refusal.sentence, "error")
        else:
            flash("Письма снова будут приходить.", "success")
        return redirect(f"/mail-stop/{record_id}")
