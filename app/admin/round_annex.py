"""The annex of a round in Excel."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast

from flask import Response
from flask_admin import expose

from app.admin.downloads import attachment
from app.admin.page_view import PageView
from app.excel.annexes.round_results import write
from app.policies.permission import Permission
from app.services import audit, clock, round_annex
from app.web.session import begin_writing, current_actor, guarded


class RoundAnnexView(PageView):
    """Stands beside the register of rounds, at the same prefix, under an endpoint of its own."""

    closed = "Итоги мониторинга не открыты для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "annex"
        super().__init__(name="Приложение к циклу", endpoint="round_annex", url="/monitoring-rounds")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ASSESSMENT_READ)

    @expose("/<int:record_id>/annex")
    def annex(self, record_id: int) -> Response:
        """The results of a round in the asker's scope; the journal keeps who took them and how many sheets."""
        actor, session = current_actor(), guarded()
        now = clock.local(clock.now(), actor.time_zone)
        annex = round_annex.build(session, actor, record_id, as_of=now)
        target = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed when the answer has been sent
        write(target, annex.results)
        begin_writing()
        audit.record_event(session, annex.round, "export", rows=annex.rows_taken)
        return attachment(target, annex.file_name)
