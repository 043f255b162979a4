"""Judging and writing a workbook that is too large for a page to wait for."""

from __future__ import annotations

from app.jobs.run import Outcome, Run
from app.jobs.tasks import task
from app.policies.refusal import Invalid
from app.services import workbook_import, workbook_judgement
from app.services.workbook_judgement import Means

JUDGE, APPLY = "judge_workbook", "apply_workbook"


@task(JUDGE)
def judge(run: Run) -> Outcome:
    number = int(run.parameters["import_id"])
    imported = workbook_import.the_one(run.session, number)
    content = workbook_import.content_of(run.store, imported)
    register, file_name, choices = imported.register, imported.file_name, dict(imported.choices)
    refusal = None
    try:
        judgement = workbook_judgement.judge(
            run.session,
            run.actor,
            register,
            content,
            file_name,
            means=Means(run.store, run.today, run.now),
            choices=choices,
            tell=run.progress,
        )
    except Invalid as error:
        refusal = error
    run.begin_writing()
    imported = workbook_import.the_one(run.session, number)
    page = f"/imports/{number}"
    if refusal is not None:
        workbook_import.refuse(run.session, run.actor, imported, refusal.sentence)
        return Outcome(refusal.sentence, leads_to=page)
    workbook_import.settle(run.session, run.actor, imported, run.store, judgement)
    return Outcome(f"«{file_name}» проверен: посмотрите, что изменится.", leads_to=page)


@task(APPLY)
def apply(run: Run) -> Outcome:
    number, only_right = int(run.parameters["import_id"]), bool(run.parameters["only_right"])
    means = Means(run.store, run.today, run.now)
    imported = workbook_import.the_one(run.session, number)
    judgement = workbook_import.judged_again(run.session, run.actor, imported, means=means, tell=run.progress)
    run.begin_writing()
    imported = workbook_import.the_one(run.session, number)
    done = workbook_import.apply(
        run.session,
        run.actor,
        imported,
        means=means,
        only_right=only_right,
        judgement=judgement,
        tell=run.progress,
    )
    page = f"/imports/{number}"
    if not done:
        return Outcome("Пока файл ждал, записи изменились: проверьте, что он сделает теперь.", leads_to=page)
    return Outcome(f"Записано: {workbook_import.told(imported.counts)}.", leads_to=page)
