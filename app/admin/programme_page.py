"""What the page of a programme shows, gathered once; and the page itself, with whatever form is open in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import cast

from flask import render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.admin.cells import term_word
from app.admin.programme_register import UNAGREED, UNREGISTERED, position_words
from app.admin.record_view import RecordView
from app.admin.training_deeds import Deed, deeds_of
from app.admin.unit_names import UNIT_NAME, with_unit_names
from app.forms.programme import AgreementForm, RegisterForm, TermsForm
from app.models import Programme, TrainingGroup, TrainingTopic
from app.models.enumeration_of_training import ProgrammeStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import programme as programmes
from app.services.group_seats import Seats, seats
from app.services.training_norm import Norm, hours_refusal, norm_on
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.engine import Transition
from app.workflows.programme import WORKFLOW

Answer = str | Response | tuple[str, int]
SECTION = ("Программы", "/programmes/")
WORDS = {
    "create": ("Заведена", "programme-draft"),
    "submit": ("Отправлена на согласование", "programme-on_agreement"),
    "return": ("Возвращена на доработку", "programme-returned"),
    "agree": ("Согласована", "programme-agreed"),
    "register": ("Включена в федеральный реестр", "programme-in_register"),
    "exclude": ("Исключена", "programme-excluded"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One of the two terms: its day, what it says today, and when it was met."""

    label: str
    day: date | None
    word: str
    tone: str
    met: date | None


@dataclass
class ProgrammePage:
    programme: Programme
    provider: str
    topic: TrainingTopic | None
    positions: str
    norm: Norm
    # The sentence where the hours have come to lie below the norm of today.
    short: str | None
    terms: list[Term]
    groups: list[tuple[TrainingGroup, Seats]]
    deeds: list[Deed]
    acts: tuple[Transition, ...]
    may_change: bool
    may_set_terms: bool
    may_delete: bool
    may_add_group: bool
    # The number comes with the act: until it is typed the workflow has nothing to register.
    may_register: bool

    def may(self, action: str) -> bool:
        return any(step.action == action for step in self.acts)


def gather(session: GuardedSession, actor: Actor, programme: Programme, day: date) -> ProgrammePage:
    provider = with_unit_names(select(UNIT_NAME).select_from(Programme), Programme).where(Programme.id == programme.id)
    rows = list(
        session.scalars(
            select(TrainingGroup)
            .where(TrainingGroup.programme_id == programme.id)
            .order_by(TrainingGroup.starts_on.desc(), TrainingGroup.id.desc())
            .limit(50)
        )
    )
    counted = seats(session, [group.id for group in rows])
    norm = norm_on(session, programme.region_id, programme.document_kind, day)
    keeps = programmes.may_keep(actor, programme)
    return ProgrammePage(
        programme=programme,
        provider=session.scalar(provider) or "",
        topic=session.get(TrainingTopic, programme.topic_id) if programme.topic_id else None,
        positions=position_words(programme.positions),
        norm=norm,
        short=hours_refusal(norm, programme.hours),
        terms=[
            _term(
                "Согласование в министерстве",
                programme.agree_by,
                programme.agreed_on,
                runs=programme.status in UNAGREED,
                day=day,
            ),
            _term(
                "Федеральный реестр",
                programme.register_by,
                programme.registered_on,
                runs=programme.status in UNREGISTERED,
                day=day,
            ),
        ],
        groups=[(group, counted[group.id]) for group in rows],
        deeds=deeds_of(session, actor, programme, WORDS),
        acts=WORKFLOW.possible(programme, actor),
        may_change=keeps and programme.status in programmes.CHANGEABLE,
        may_set_terms=keeps and programme.status is not ProgrammeStatus.EXCLUDED,
        may_delete=keeps and programme.status is ProgrammeStatus.DRAFT and not rows,
        may_add_group=keeps and actor.may(Permission.GROUP_WRITE) and programme.status in programmes.USABLE,
        may_register=keeps and programme.status is ProgrammeStatus.AGREED,
    )


def _term(label: str, due: date | None, met: date | None, *, runs: bool, day: date) -> Term:
    if due is None or not runs:
        late = "с опозданием" if due is not None and met is not None and met > due else ""
        return Term(label, due, late, "late" if late else "", met)
    return Term(label, due, *term_word(due, day), met)


class ProgrammePages(RecordView):
    """Part of `ProgrammeView`: the page, and how a programme is found."""

    def programme(self, record_id: int) -> Programme:
        return cast(Programme, self.get_one(str(record_id)))

    def page_of(
        self,
        programme: Programme,
        *,
        status: int = HTTPStatus.OK,
        agreement: AgreementForm | None = None,
        registration: RegisterForm | None = None,
        terms: TermsForm | None = None,
        problem: str = "",
        problem_of: str = "",
        note: str = "",
    ) -> Answer:
        """The whole page; a form that was refused stands in it as it was typed."""
        body = render_template(
            "programme/page.html",
            shell=shell(SECTION, (programme.title, None)),
            page=gather(guarded(), current_actor(), programme, today()),
            programme=programme,
            agreement=agreement or AgreementForm(agreed_on=today()),
            registration=registration or RegisterForm(registered_on=today()),
            terms=terms,
            problem=problem,
            problem_of=problem_of,
            note=note,
        )
        return body if status == HTTPStatus.OK else (body, int(status))

    def again(self, record_id: int) -> Programme:
        """The record after a refused act: nothing of it stays in the session."""
        guarded().rollback()
        return self.programme(record_id)
