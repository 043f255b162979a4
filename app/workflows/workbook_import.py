"""A workbook on its way in: проверяется → проверено → записано; or не принято, отложено."""

from __future__ import annotations

from app.models.enumeration import ImportStatus as Status
from app.models.workbook_import import WorkbookImport
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition


def by_who_brought_it(imported: WorkbookImport, actor: Actor) -> str | None:
    if imported.user_id == actor.user_id and imported.org_unit_id == actor.unit_id:
        return None
    return "Записать файл может только тот, кто его загрузил."


BROUGHT, JUDGED, APPLYING = (Status.BROUGHT,), (Status.JUDGED,), (Status.APPLYING,)
OWN, IN = by_who_brought_it, Permission.WORKBOOK_IMPORT
WORKFLOW = Workflow(
    transition("judge", "Проверить", (Status.BROUGHT, Status.JUDGED), Status.JUDGED, IN, who=OWN),
    transition("refuse", "Не принять", BROUGHT, Status.REFUSED, IN, who=OWN),
    # Again from «записывается»: the job of the first attempt came to nothing.
    transition("begin", "Записать", (Status.JUDGED, Status.APPLYING), Status.APPLYING, IN, who=OWN),
    # What was to be written has changed since it was shown: it is shown again.
    transition("reconsider", "Показать заново", APPLYING, Status.JUDGED, IN, who=OWN),
    transition("apply", "Записать", (Status.JUDGED, Status.APPLYING), Status.APPLIED, IN, who=OWN),
    transition(
        "put_aside", "Не записывать", (Status.BROUGHT, Status.JUDGED, Status.APPLYING), Status.PUT_ASIDE, IN, who=OWN
    ),
)
