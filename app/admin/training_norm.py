"""Norms and topics of training: what is in force with its source; the region's coordinator keeps them."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.asked import in_range
from app.admin.page_view import PageView
from app.forms.programme import said
from app.forms.training_norm import NormForm, TopicForm
from app.models import TrainingNorm, TrainingTopic
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import DocumentKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import training_norm as norms
from app.services import training_topic as topics
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
HERE = "/training-norms/"


class TrainingNormView(PageView):
    closed: ClassVar[str] = "Нормы и темы обучения открыты тем, кто работает с обучением."

    def __init__(self) -> None:
        super().__init__(name="Нормы и темы", endpoint="training_norm", url="/training-norms")

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.PROGRAMME_READ)

    @expose("/")
    def index(self) -> Answer:
        return self._page()

    # ── norms ────────────────────────────────────────────────────────────────────────────────────────

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> Answer:
        norms.require_keeper(current_actor())
        if request.method == "GET":
            return self._norm_page(NormForm(valid_from=today()), None)
        form = NormForm(request.form)
        if not form.validate():
            return self._norm_page(form, None, 422)
        try:
            norms.add(guarded(), current_actor(), form.values)
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._norm_page(form, None, 422)
        flash("Норма записана. Документы, введённые раньше, сохраняют свой срок действия.", "success")
        return redirect(HERE)

    @expose("/<int:norm_id>/edit", methods=("GET", "POST"))
    def edit(self, norm_id: int) -> Answer:
        norms.require_keeper(current_actor())
        norm = norms.norm_of(guarded(), in_range(norm_id))
        if request.method == "GET":
            return self._norm_page(NormForm.of(norm), norm)
        form = NormForm(request.form)
        if not form.validate():
            return self._norm_page(form, norm, 422)
        try:
            norms.change(guarded(), current_actor(), norm, version=form.version.data or 0, typed=form.values)
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            norm = norms.norm_of(guarded(), norm_id)
            form.version.raw_data, form.version.data = None, norm.version
            form.show(refusal)
            return self._norm_page(form, norm, 409 if isinstance(refusal, Conflict) else 422)
        flash("Норма сохранена.", "success")
        return redirect(HERE)

    @expose("/<int:norm_id>/remove", methods=("POST",))
    def remove(self, norm_id: int) -> Answer:
        norms.remove(guarded(), current_actor(), norms.norm_of(guarded(), in_range(norm_id)))
        flash("Норма убрана: действует то, что было до неё.", "success")
        return redirect(HERE)

    # ── topics ───────────────────────────────────────────────────────────────────────────────────────

    @expose("/topics/new", methods=("GET", "POST"))
    def topic_new(self) -> Answer:
        norms.require_keeper(current_actor())
        if request.method == "GET":
            return self._page(topic=TopicForm())
        form = TopicForm(request.form)
        if not form.validate():
            return self._page(topic=form, status=422)
        counts = bool(form.counts_in_monitoring.data)
        try:
            topics.create(guarded(), current_actor(), title=said(form.title.data), counts_in_monitoring=counts)
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._page(topic=form, status=422)
        flash("Тема добавлена.", "success")
        return redirect(f"{HERE}#topics")

    @expose("/topics/<int:topic_id>/edit", methods=("GET", "POST"))
    def topic_edit(self, topic_id: int) -> Answer:
        norms.require_keeper(current_actor())
        topic = topics.topic_of(guarded(), in_range(topic_id))
        if request.method == "GET":
            return self._page(topic=TopicForm(obj=topic), edited=topic)
        form = TopicForm(request.form)
        if not form.validate():
            return self._page(topic=form, edited=topic, status=422)
        try:
            topics.change(
                guarded(),
                current_actor(),
                topic,
                version=form.version.data or 0,
                title=said(form.title.data),
                counts_in_monitoring=bool(form.counts_in_monitoring.data),
            )
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            topic = topics.topic_of(guarded(), topic_id)
            form.version.raw_data, form.version.data = None, topic.version
            form.show(refusal)
            return self._page(topic=form, edited=topic, status=409 if isinstance(refusal, Conflict) else 422)
        flash("Тема сохранена.", "success")
        return redirect(f"{HERE}#topics")

    # ── pages ────────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _page(
        *, topic: TopicForm | None = None, edited: TrainingTopic | None = None, status: int = HTTPStatus.OK
    ) -> Answer:
        actor = current_actor()
        book = norms.norm_book(guarded(), actor.region_id)
        page = render_template(
            "training_norm/index.html",
            shell=shell(("Нормы и темы", None)),
            in_force=[book.on(kind, today()) for kind in DocumentKind],
            own=norms.norms_of_region(guarded(), actor.region_id),
            checked_on=norms.checked_on(),
            topics=topics.topics(guarded()),
            keeps=actor.may(Permission.REQUIREMENT_WRITE) and actor.unit_kind is UnitKind.REGION,
            topic=topic,
            edited=edited,
        )
        return page if status == HTTPStatus.OK else (page, int(status))

    @staticmethod
    def _norm_page(form: NormForm, norm: TrainingNorm | None, status: int = HTTPStatus.OK) -> Answer:
        page = render_template(
            "training_norm/edit.html",
            shell=shell(("Нормы и темы", HERE), ("Изменить норму" if norm else "Новая норма", None)),
            form=form,
            norm=norm,
        )
        return page if status == HTTPStatus.OK else (page, int(status))
