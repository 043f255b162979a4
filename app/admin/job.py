"""Background jobs of the person: the newest of them, the page of one that follows it to its end, the file it made."""

from __future__ import annotations

import json
from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.cells import size_words
from app.admin.downloads import attachment
from app.admin.page_view import PageView
from app.documents.result_store import ResultStore
from app.models import Job
from app.models.enumeration import JobStatus
from app.policies.refusal import NotFound
from app.services import clock, job, job_result
from app.web.session import current_actor, guarded
from app.web.shell import shell
from app.workflows.job import ANYBODY

ANNOUNCED = {JobStatus.DONE: "success", JobStatus.CANCELLED: "info"}


class JobView(PageView):
    closed = "Заданий пока нет: вам ещё не дали полномочий ни в одной организации."

    def __init__(self) -> None:
        super().__init__(name="Фоновые задания", endpoint="job", url="/jobs")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(ANYBODY)

    @expose("/")
    def index(self) -> str:
        jobs = job.newest(guarded())
        return render_template(
            "job/list_part.html" if _is_part() else "job/list.html",
            shell=shell(("Фоновые задания", None)),
            jobs=jobs,
            waits=any(is_unfinished(one) for one in jobs),
            **_words(),
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> Response:
        """Asks for itself again until the job is over, and then says so aloud once."""
        found = job.the_one(guarded(), record_id)
        waits, is_part = is_unfinished(found), _is_part()
        answer = make_response(
            render_template(
                "job/part.html" if is_part else "job/page.html",
                shell=shell(("Фоновые задания", "/jobs/"), (found.title, None)),
                job=found,
                waits=waits,
                **_words(),
            )
        )
        if is_part and not waits:
            told = {"text": f"{found.title}: {found.status.label}.", "category": ANNOUNCED.get(found.status, "error")}
            answer.headers["HX-Trigger"] = json.dumps({"app:announce": told})
        return answer

    @expose("/<int:record_id>/result")
    def result(self, record_id: int) -> Response:
        file = job_result.of_job(job.the_one(guarded(), record_id))
        store: ResultStore = current_app.extensions["result_store"]
        try:
            content = store.open(file.digest)
        except FileNotFoundError as error:
            raise NotFound("Файла нет в хранилище: поставьте задание заново.") from error
        return attachment(content, file.name, file.media_type)

    @expose("/<int:record_id>/cancel", methods=("POST",))
    def cancel(self, record_id: int) -> Response:
        asked = job.cancel(guarded(), current_actor(), record_id, now=clock.now())
        if asked.status is JobStatus.CANCELLED:
            flash("Задание отменено.", "success")
        else:
            flash("Задание остановится в ближайшие секунды: начатое отменяется целиком.", "info")
        return redirect(f"/jobs/{record_id}")


def is_unfinished(one: Job) -> bool:
    return one.status in job.UNFINISHED


def _is_part() -> bool:
    return bool(request.headers.get("HX-Request"))


def _words() -> dict[str, Any]:
    zone = current_actor().time_zone
    return {
        "is_unfinished": is_unfinished,
        "size_words": size_words,
        "told_moment": lambda moment: f"{clock.local(moment, zone):%d.%m.%Y %H:%M}",
    }
