"""What the pages of a group's people share: the group, the ticked rows, the page of verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.forms.base import row_number
from app.models import TrainingGroup
from app.policies.refusal import Invalid, NotFound
from app.services.enrolment_verdict import Verdict
from app.web.session import guarded
from app.web.shell import shell

MOST_CHOSEN = 1000
Answer = str | Response | tuple[str, int]


def the_group(group_id: int) -> TrainingGroup:
    """Raises NotFound outside the scope."""
    found = guarded().get(TrainingGroup, group_id)
    if found is None:
        raise NotFound
    return found


def group_crumbs(group: TrainingGroup) -> tuple[tuple[str, str | None], ...]:
    return ("Потоки", "/training-groups/"), (group.title, f"/training-groups/{group.id}")


def chosen() -> list[tuple[int, int | None]]:
    """The ticked rows, «number:version»; raises Invalid where there are none."""
    found: dict[int, int | None] = {}
    for raw in request.form.getlist("id")[:MOST_CHOSEN]:
        number, _, version = raw.partition(":")
        if (known := row_number(number)) is not None:
            found[known] = row_number(version)
    if not found:
        raise Invalid("Отметьте в списке хотя бы одного человека.")
    return list(found.items())


def told(group: TrainingGroup, title: str, verdicts: Sequence[Verdict]) -> Answer:
    """One row done is told on the group's page; of several, or of a refusal, each says what became of it."""
    back = f"/training-groups/{group.id}"
    if len(verdicts) == 1 and verdicts[0].ok:
        flash(f"{verdicts[0].name}: {verdicts[0].sentence}", "success")
        return redirect(f"{back}#trainees")
    return render_template(
        "enrolment/verdicts.html",
        shell=shell(*group_crumbs(group), (title, None)),
        title=title,
        verdicts=verdicts,
        back=f"{back}#trainees",
    )
