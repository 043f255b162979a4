"""The life cycle of a job: в очереди → выполняется → готово, не удалось, отменено или прервано."""

from __future__ import annotations

from app.models.enumeration import JobStatus as Status
from app.models.job import Job
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.workflows.engine import Workflow, transition

# Held by everybody who stands anywhere, installation administrators included: a job is its asker's own affair.
ANYBODY = Permission.ORG_UNIT_READ


def by_system(job: Job, actor: Actor) -> str | None:
    del job
    return None if actor.is_system else "Это делает сама программа."


def by_asker(job: Job, actor: Actor) -> str | None:
    if job.user_id == actor.user_id and job.org_unit_id == actor.unit_id:
        return None
    return "Отменить задание может только тот, кто его поставил."


WAITING, RUNNING = (Status.WAITING,), (Status.RUNNING,)
WORKFLOW = Workflow(
    transition("start", "Начать", WAITING, Status.RUNNING, ANYBODY, who=by_system),
    transition("finish", "Завершить", RUNNING, Status.DONE, ANYBODY, who=by_system),
    transition("fail", "Признать неудачным", RUNNING, Status.FAILED, ANYBODY, who=by_system),
    # The worker died or was stopped: the job goes back into the queue, or ends where it has gone back too often.
    transition("again", "Вернуть в очередь", RUNNING, Status.WAITING, ANYBODY, who=by_system),
    transition("interrupt", "Прервать", RUNNING, Status.INTERRUPTED, ANYBODY, who=by_system),
    transition("cancel", "Отменить", WAITING, Status.CANCELLED, ANYBODY, who=by_asker),
    # The asker wishes it, the task stops at its next check, the worker writes it down.
    transition("stop", "Остановить", RUNNING, Status.CANCELLED, ANYBODY, who=by_system),
)
