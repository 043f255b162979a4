"""«Реестр недостатков» in Excel."""

from __future__ import annotations

from flask import Response
from flask_admin import expose

from app.admin.asked import asked_number
from app.admin.downloads import attachment, spool
from app.excel.annexes.finding_register import REGISTER, write
from app.services import audit, clock, finding_annex, own_exports
from app.web.session import begin_writing, current_actor, guarded


class FindingAnnex:
    """The part of the view of findings that writes the workbook that is signed."""

    @expose("/annex")
    def annex(self) -> Response:
        """The findings of the asker's scope; the journal keeps who took them and how many."""
        actor, session = current_actor(), guarded()
        annex = finding_annex.build(
            session,
            actor,
            round_id=asked_number("round"),
            municipality_id=asked_number("municipality"),
            as_of=clock.local(clock.now(), actor.time_zone),
        )
        target = spool()
        write(target, annex.content)
        begin_writing()
        rows = len(annex.content.findings)
        audit.record_list_export(
            session, own_exports.FINDING_REGISTER, REGISTER.title, rows=rows, narrowed=annex.narrowed
        )
        return attachment(target, annex.file_name)
