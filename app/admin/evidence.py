"""Evidence: the files, as downloads, within the actor's scope."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_admin import BaseView, expose

from app.admin.uploads import download
from app.policies.permission import Permission
from app.policies.refusal import NotFound, NotPermitted
from app.services import evidence
from app.web.session import current_actor, guarded


class EvidenceView(BaseView):
    def __init__(self) -> None:
        super().__init__(name="Подтверждения", endpoint="evidence", url="/evidence")

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.EVIDENCE_READ)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        del name, kwargs
        raise NotPermitted("Подтверждения не открыты для ваших полномочий.")

    @expose("/")
    def index(self) -> Response:
        """Evidence has no register of its own: it stands under the reports."""
        raise NotFound

    @expose("/files/<int:revision_id>")
    def file(self, revision_id: int) -> Response:
        return download(evidence.revision_to_read(guarded(), revision_id))
