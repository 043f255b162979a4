"""Those not known, a page at a time: for each a choice among the people of the group; and the same act on many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response

from app.admin.asked import asked_number
from app.admin.learning_candidates import candidates_of, proposed
from app.admin.ticked_rows import ticked_rows
from app.forms.base import row_number
from app.models import LearningCourse, LearningOutcome, LearningPerson, LearningSite, TrainingGroup
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound
from app.services import act_on_many, clock, learning_decision
from app.services.act_on_many import Verdict
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Кто есть кто", "/learning-people/")
PAGE = 40
NOTHING_TICKED = "Отметьте в списке хотя бы одного человека."
CHOICE, IGNORED = "who-", "ignore"


class LearningPersonQueue:
    """The part of the view of people that decides on many; the rest is the view's."""

    get_one: Callable[[str], Any]

    @expose("/decide", methods=("GET",))
    def decide(self) -> Answer:
        """Of one course, one site or one group, or all that the actor keeps."""
        actor, work = current_actor(), guarded()
        actor.require(Permission.LEARNING_SITE_WRITE)
        narrowed = _narrowed()
        wanted = _waiting(narrowed)
        people = list(work.scalars(wanted.order_by(LearningPerson.full_name, LearningPerson.id).limit(PAGE)))
        total = work.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        known = candidates_of(work, people)
        return render_template(
            "learning_person/decide.html",
            shell=shell(("Данные из СДО", "/learning-sites/"), SECTION, ("Не узнаны", None)),
            of_what=_of_what(narrowed),
            query=urlencode(narrowed),
            people=people,
            total=total,
            candidates={number: proposed(found) for number, found in known.items()},
            # Besides those proposed; whoever is taken cannot be chosen.
            others={
                number: sum(not one.is_taken for one in found) - len(proposed(found)) for number, found in known.items()
            },
        )

    @expose("/decide", methods=("POST",))
    def decided(self) -> Answer:
        """Each choice by itself: one that is refused leaves the others done."""
        current_actor().require(Permission.LEARNING_SITE_WRITE)
        narrowed = _narrowed()
        verdicts = _act(_choices())
        back = f"/learning-people/decide?{urlencode(narrowed)}"
        if not verdicts:
            flash("Ни у кого не выбрано, кто это.", "info")
            return redirect(back)
        done = [verdict for verdict in verdicts if verdict.ok]
        left = guarded().scalar(select(func.count()).select_from(_waiting(narrowed).subquery())) or 0
        return render_template(
            "learning_person/verdicts.html",
            shell=shell(("Данные из СДО", "/learning-sites/"), SECTION, ("Решения", None)),
            verdicts=verdicts,
            done=len(done),
            left=left,
            query=urlencode(narrowed),
            course=_course(narrowed),
        )

    @expose("/ignore-many", methods=("POST",))
    def ignore_many(self) -> Answer:
        return _many(learning_decision.ignore, "Не слушатели")

    @expose("/open-many", methods=("POST",))
    def open_many(self) -> Answer:
        return _many(learning_decision.open_again, "Решить заново")


def _narrowed() -> dict[str, int]:
    asked = {name: asked_number(name) for name in ("course", "site", "group")}
    return {name: number for name, number in asked.items() if number is not None}


def _waiting(narrowed: Mapping[str, int]) -> Select[Any]:
    wanted = select(LearningPerson).where(
        LearningPerson.staff_member_id.is_(None), LearningPerson.is_ignored.is_(False)
    )
    if "site" in narrowed:
        wanted = wanted.where(LearningPerson.site_id == narrowed["site"])
    told = select(LearningOutcome.person_id)
    if "course" in narrowed:
        wanted = wanted.where(LearningPerson.id.in_(told.where(LearningOutcome.course_id == narrowed["course"])))
    if "group" in narrowed:
        of_group = select(LearningCourse.id).where(LearningCourse.group_id == narrowed["group"])
        wanted = wanted.where(LearningPerson.id.in_(told.where(LearningOutcome.course_id.in_(of_group))))
    return wanted


def _of_what(narrowed: Mapping[str, int]) -> str:
    """Raises NotFound for what is out of scope."""
    records = {"course": LearningCourse, "site": LearningSite, "group": TrainingGroup}
    words = {"course": "Курс", "site": "СДО", "group": "Поток"}
    told = []
    for name, number in narrowed.items():
        found: Any = guarded().get(records[name], number)
        if found is None:
            raise NotFound
        told.append(f"{words[name]} «{found.label if name != 'group' else found.title}».")
    return " ".join(told)


def _course(narrowed: Mapping[str, int]) -> LearningCourse | None:
    return guarded().get(LearningCourse, narrowed["course"]) if "course" in narrowed else None


def _choices() -> dict[tuple[int, int | None], str]:
    """«who-12:3» = the number of a card, or «ignore»; the version is the one that the person saw."""
    found = {}
    for name, value in request.form.items():
        if not name.startswith(CHOICE) or not value:
            continue
        number, _, version = name.removeprefix(CHOICE).partition(":")
        person = row_number(number)
        if person is not None and (value == IGNORED or row_number(value) is not None):
            found[person, row_number(version)] = value
    return found


def _act(choices: Mapping[tuple[int, int | None], str]) -> list[Verdict]:
    """Raises NotFound where one is out of scope."""
    work, actor, now, day = guarded(), current_actor(), clock.now(), today()
    chosen = list(choices)
    learning_decision.hold_groups(work, people={number for number, _ in chosen})
    found = act_on_many.held(work, LearningPerson, chosen)
    wanted = {number: value for (number, _), value in choices.items()}
    said: dict[int, str] = {}

    def act(person: LearningPerson, version: int | None) -> None:
        value = wanted[person.id]
        if value == IGNORED:
            said[person.id] = learning_decision.ignore(work, actor, person, version=version, now=now)
            return
        said[person.id] = learning_decision.known_as(
            work, actor, person, int(value), version=version, now=now, today=day
        )

    return _told(act_on_many.act_on_each(work, found, chosen, act, done=""), said)


def _many(verb: Callable[..., str], title: str) -> Answer:
    work, actor, now = guarded(), current_actor(), clock.now()
    actor.require(Permission.LEARNING_SITE_WRITE)
    try:
        chosen = ticked_rows(NOTHING_TICKED)
    except Invalid as refusal:
        flash(refusal.sentence, "error")
        return redirect(SECTION[1])
    found = act_on_many.held(work, LearningPerson, chosen)
    said: dict[int, str] = {}

    def act(person: LearningPerson, version: int | None) -> None:
        said[person.id] = verb(work, actor, person, version=version, now=now)

    verdicts = _told(act_on_many.act_on_each(work, found, chosen, act, done=""), said)
    return render_template(
        "learning_person/verdicts.html",
        shell=shell(("Данные из СДО", "/learning-sites/"), SECTION, (title, None)),
        verdicts=verdicts,
        done=sum(verdict.ok for verdict in verdicts),
        left=0,
        query="",
        course=None,
    )


def _told(verdicts: Sequence[Verdict], said: Mapping[int, str]) -> list[Verdict]:
    return [
        Verdict(one.record_id, one.label, one.ok, said.get(one.record_id, "") if one.ok else one.sentence)
        for one in verdicts
    ]
