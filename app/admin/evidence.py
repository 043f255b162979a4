"""Evidence: the files, as downloads, within the actor's scope."""

from __future__ import annotations

from flask import Response
from flask_admin import expose

from app.admin.page_view import PageView
from app.admin.uploads import download
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services import evidence
from app.web.session import current_actor, guarded


class EvidenceView(PageView):
    closed = "Подтверждения не открыты для ваших полномочий."

    def __init__(self) -> None:
        super().__init__(name="Подтверждения", endpoint="evidence", url="/evidence")

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.EVIDENCE_READ)

    @expose("/")
    def index(self) -> Response:
        """Evidence has no register of its own: it stands under the reports."""
        raise NotFound

    @expose("/files/<int:revision_id>")
    def file(self, revision_id: int) -> Response:
        return download(evidence.revision_to_read(guarded(), revision_id))
