"""The list of a course in a learning platform against the people of a training group."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.asked import asked_number, in_range
from app.admin.page_view import PageView
from app.admin.trainee_acts import MOST_CHOSEN, Answer, group_crumbs, the_group, told
from app.extensions import db
from app.forms.base import row_number
from app.models import LtiCourse, TrainingGroup
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, Refusal, WrongState
from app.services import clock, lti_course, lti_members, lti_roster
from app.services.lti_roster import Compared
from app.web.session import begin_reading, current_actor, guarded, today
from app.web.shell import shell

HOW = "Откройте систему из курса учебной платформы: на странице запуска есть кнопка «Связать курс с потоком»."
NOT_TIED = "С этим потоком не связан ни один курс учебной платформы. " + HOW
CHOOSE = "Выберите поток, с которым сверять список курса."


class LtiCourseView(PageView):
    """Stands beside the register of groups, at the same prefix, under an endpoint of its own."""

    closed = "Списки курсов не открыты для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "begun"
        super().__init__(name="Список курса", endpoint="lti_course", url="/training-groups")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ENROLMENT_KEEP)

    @expose("/course", methods=("GET", "POST"))
    def begun(self) -> Answer:
        """From a launch, by its ticket: to the group that takes the list of that course, or to choose one."""
        token, actor = request.values.get("ticket", ""), current_actor()
        if request.method == "GET":
            ticket = lti_course.ticket_of(db.engine, actor, token, now=clock.now())
            tied = lti_course.of_context(guarded(), ticket)
            going = lti_course.still_going(guarded(), tied)
            if len(going) == 1 and not request.args.get("other"):
                return redirect(f"/training-groups/{going[0].group_id}/course?course={going[0].id}&ticket={token}")
            return self._choose(token, ticket.payload.get("context_title", ""), tied)
        ticket = lti_course.ticket_of(db.engine, actor, token, now=clock.now())
        number = row_number(request.form.get("group"))
        if number is None:
            guarded().rollback()
            tied = lti_course.of_context(guarded(), ticket)
            return self._choose(token, ticket.payload.get("context_title", ""), tied, CHOOSE), 422
        group = the_group(number)
        course = lti_course.tie(guarded(), actor, group, ticket, now=clock.now())
        flash(f"Курс связан с потоком «{group.title}».", "success")
        return redirect(f"/training-groups/{group.id}/course?course={course.id}")

    @staticmethod
    def _choose(token: str, title: str, tied: Any, problem: str = "") -> str:
        groups = lti_course.groups_to_tie(guarded(), current_actor())
        known = {one.group_id for one in tied}
        return render_template(
            "lti_course/choose.html",
            shell=shell(("Потоки", "/training-groups/"), ("Список курса", None)),
            ticket=token,
            title=title,
            groups=groups,
            tied=[one for one in groups if one.id in known],
            problem=problem,
        )

    @expose("/<int:group_id>/course")
    def compared(self, group_id: int) -> Answer:
        """Reads the list from the platform each time: what is shown is what stands there now."""
        group = the_group(in_range(group_id))
        lti_course.require_keeper(current_actor(), group)
        return self._page(group, self._course(group, asked_number("course")))

    @expose("/<int:group_id>/course/<int:course_id>", methods=("POST",))
    def act(self, group_id: int, course_id: int) -> Answer:
        """What was ticked, and nothing else. A reason that is missing brings the page back as it was filled in."""
        group = the_group(in_range(group_id))
        course = lti_course.the_one(guarded(), group, in_range(course_id))
        try:
            verdicts = lti_roster.apply(
                guarded(),
                current_actor(),
                group,
                course,
                applied=self._people(),
                dropped=self._gone(),
                reason=request.form.get("reason", ""),
                now=clock.now(),
                today=today(),
            )
        except (Invalid, WrongState) as refusal:
            begin_reading()
            group = the_group(in_range(group_id))
            return self._page(group, lti_course.the_one(guarded(), group, course_id), refusal.sentence), 422
        if not verdicts:
            flash("Отмечено: список просмотрен, никто не изменён.", "success")
            return redirect(f"/training-groups/{group.id}/course?course={course.id}")
        return told(group, "Список курса", verdicts)

    @expose("/<int:group_id>/course/<int:course_id>/untie", methods=("POST",))
    def untie(self, group_id: int, course_id: int) -> Answer:
        group = the_group(in_range(group_id))
        lti_course.untie(guarded(), current_actor(), group, lti_course.the_one(guarded(), group, in_range(course_id)))
        flash("Курс отвязан. Слушатели потока не изменились.", "success")
        return redirect(f"/training-groups/{group.id}")

    @staticmethod
    def _people() -> list[int]:
        """The cards of the ticked rows: the one of the row, or the one chosen in it."""
        found = []
        for place in request.form.getlist("new")[:MOST_CHOSEN]:
            number = row_number(request.form.get(f"person-{place}"))
            if number is None:
                raise Invalid("У отмеченного человека не выбрана карточка работника.")
            found.append(number)
        return found

    @staticmethod
    def _gone() -> list[tuple[int, int | None]]:
        pairs = (raw.partition(":") for raw in request.form.getlist("gone")[:MOST_CHOSEN])
        return [(number, row_number(version)) for raw, _, version in pairs if (number := row_number(raw)) is not None]

    @staticmethod
    def _course(group: TrainingGroup, number: int | None) -> LtiCourse | None:
        if number is not None:
            return lti_course.the_one(guarded(), group, number)
        return next(iter(lti_course.of_group(guarded(), group)), None)

    def _page(self, group: TrainingGroup, course: LtiCourse | None, problem: str = "") -> str:
        if course is None:
            return self._rendered(group, None, problem=problem)
        try:
            platform = lti_course.platform_of(db.engine, course)
            roster = lti_members.read(db.engine, platform, course.memberships_url, now=clock.now())
            found = lti_roster.compare(guarded(), current_actor(), group, roster, platform, today=today())
        except NotFound:
            raise
        except Refusal as refusal:
            return self._rendered(group, course, trouble=refusal.sentence, problem=problem)
        return self._rendered(
            group, course, found=found, nameless=roster.nameless, platform=platform.title, problem=problem
        )

    @staticmethod
    def _rendered(
        group: TrainingGroup,
        course: LtiCourse | None,
        *,
        found: Compared | None = None,
        nameless: bool = False,
        platform: str = "",
        trouble: str = "",
        problem: str = "",
    ) -> str:
        zone = current_actor().time_zone
        return render_template(
            "lti_course/compared.html",
            shell=shell(*group_crumbs(group), ("Список курса", None)),
            group=group,
            course=course,
            courses=lti_course.of_group(guarded(), group),
            read_at=clock.local(course.read_at, zone) if course is not None and course.read_at else None,
            found=found,
            nameless=nameless,
            platform=platform,
            trouble=trouble,
            problem=problem,
            not_tied=NOT_TIED,
            ticked=set(request.form.getlist("new")) | set(request.form.getlist("gone")),
            typed=request.form,
            # Of a launch: the same course goes on with another group next year.
            ticket=request.args.get("ticket", ""),
            back=f"/training-groups/{group.id}",
        )
