"""Learning platforms: the register, the page of one, registration by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask_admin import expose

from app.admin.lti_platform_page import CUSTOM_LINES, SECTION, LtiPlatformPages, unit_choices
from app.admin.lti_platform_register import LISTING
from app.excel.lti_platform import SHEET
from app.forms.lti_platform import InvitationForm, NewPlatformForm, PlatformForm
from app.models import LtiPlatform
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import clock, lti_deployment, lti_registration, org_unit
from app.services import lti_platform as platforms
from app.services.lti_address import with_scheme
from app.services.lti_origin import origin_of
from app.services.outside import outside_of
from app.web.session import current_actor, guarded
from app.web.shell import shell

Answer = Any


class LtiPlatformView(LtiPlatformPages):
    model_class = LtiPlatform
    read = Permission.PLATFORM_WRITE
    listing = LISTING
    sheet = SHEET
    section = "platforms"
    title = "Учебные платформы"
    lead = "Сайты дистанционного обучения, из которых система открывается без второго пароля."
    empty: ClassVar[tuple[str, str]] = (
        "Платформ пока нет",
        "Подключите Moodle своей организации: сотрудники будут открывать систему прямо из курса.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Подключить платформу",
        "lti_platform.create_view",
        Permission.PLATFORM_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.title,
            row.unit,
            row.issuer,
            row.client_id,
            row.family,
            row.is_active,
            row.deployments,
            row.accounts,
            row.last_launch_at,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> Answer:
        return self.page_of(self.platform(record_id))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        """By a link that the platform opens; it is shown in this answer and never again: only its digest is kept."""
        actor, work = current_actor(), guarded()
        actor.require(Permission.PLATFORM_WRITE)
        form = InvitationForm(request.form if request.method == "POST" else None)
        form.org_unit_id.choices = unit_choices()
        if request.method == "GET":
            form.org_unit_id.data = actor.unit_id
            return self._invitation(form)
        if not form.validate():
            return self._invitation(form), 422
        typed = {"title": form.title.data or "", "address": form.address.data or ""}
        try:
            unit = org_unit.the_one(work, form.org_unit_id.data or 0)
            token = lti_registration.invite(work, actor, unit=unit, now=clock.now(), **typed)
        except Invalid as refusal:
            form.show(refusal)
            return self._invitation(form), 422
        address = outside_of(work).url(url_for("lti.register", token=token))
        return self._invitation(form, link=address)

    @expose("/by-hand", methods=("GET", "POST"))
    def by_hand(self) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.PLATFORM_WRITE)
        form = NewPlatformForm(request.form if request.method == "POST" else None)
        form.org_unit_id.choices = unit_choices()
        if request.method == "GET":
            form.org_unit_id.data = actor.unit_id
            return self._by_hand(form)
        if not form.validate():
            return self._by_hand(form), 422
        try:
            unit = org_unit.the_one(work, form.org_unit_id.data or 0)
            made = platforms.create(work, actor, form.values(), unit=unit)
            lti_deployment.place(work, actor, made, deployment_id=form.deployment_id.data or "", unit=unit)
        except Invalid as refusal:
            work.rollback()
            form.show(refusal)
            return self._by_hand(form), 422
        flash(f"Платформа «{made.title}» подключена. Откройте задание в ней, чтобы проверить.", "success")
        return redirect(f"/lti-platforms/{made.id}")

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        platform = self.platform(record_id)
        platforms.require_keeper(current_actor(), platform)
        if request.method == "GET":
            return self._editor(PlatformForm.of(platform), platform)
        form = PlatformForm(request.form)
        if not form.validate():
            return self._editor(form, platform), 422
        typed = form.values(platform.family)
        try:
            platforms.change(
                guarded(),
                current_actor(),
                platform,
                version=form.version.data or 0,
                typed=typed,
                same_people=bool(form.same_people.data),
            )
        except Conflict as conflict:
            # The next save is made knowing what stands there now.
            form.version.raw_data, form.version.data = None, platform.version
            form.show(conflict)
            names = ("title", "issuer", "client_id", "auth_url", "token_url", "jwks_url")
            return self._editor(form, platform, {name: getattr(platform, name) for name in names}), 409
        except Invalid as refusal:
            form.show(refusal)
            return self._editor(form, self.again(record_id)), 422
        flash("Платформа сохранена.", "success")
        return redirect(f"/lti-platforms/{record_id}")

    def _by_hand(self, form: NewPlatformForm) -> str:
        return render_template(
            "lti_platform/by_hand.html",
            shell=shell(SECTION, ("Подключить платформу", "/lti-platforms/new/"), ("Вручную", None)),
            form=form,
            tool=self.tool(),
            custom=CUSTOM_LINES,
        )

    def _invitation(self, form: InvitationForm, *, link: str = "") -> str:
        return render_template(
            "lti_platform/new.html",
            shell=shell(SECTION, ("Ссылка регистрации" if link else "Подключить платформу", None)),
            form=form,
            link=link,
            site=origin_of(with_scheme(form.address.data or "")),
            tool=self.tool(),
        )

    @staticmethod
    def _editor(form: PlatformForm, platform: LtiPlatform, current: dict[str, str] | None = None) -> str:
        return render_template(
            "lti_platform/edit.html",
            shell=shell(SECTION, (platform.title, f"/lti-platforms/{platform.id}"), ("Изменить", None)),
            form=form,
            platform=platform,
            current=current,
            linked=platforms.accounts(guarded(), platform),
        )
