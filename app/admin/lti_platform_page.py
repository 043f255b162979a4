"""The page of one learning platform: what is entered there, where the product is placed, who came last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask_admin import expose
from sqlalchemy import select

from app.admin.record_history import history_of
from app.admin.record_view import RecordView
from app.forms.lti_platform import PlacementForm, TieForm
from app.models import LtiAccount, LtiPlatform, OrgUnit, User
from app.policies.refusal import Invalid
from app.services import clock, lti_configuration, lti_deployment, lti_platform_check, org_unit
from app.services import lti_platform as platforms
from app.services.lti_configuration import Tool
from app.services.lti_platform_check import Step
from app.services.outside import outside_of
from app.web.session import begin_reading, current_actor, guarded
from app.web.shell import shell

Answer = Any
SECTION = ("Учебные платформы", "/lti-platforms/")
SHOWN_LAUNCHES = 10
# As they are entered in a platform: name=value, one in a line.
CUSTOM_LINES = [f"{name}={value}" for name, value in lti_configuration.CUSTOM.items()]


class LtiPlatformPages(RecordView):
    """Part of `LtiPlatformView`: the page, and how a platform is found."""

    def platform(self, record_id: int) -> LtiPlatform:
        return cast(LtiPlatform, self.get_one(str(record_id)))

    def again(self, record_id: int) -> LtiPlatform:
        """The record after a refused act: nothing of it stays in the session."""
        guarded().rollback()
        return self.platform(record_id)

    @staticmethod
    def tool() -> Tool:
        """Where browsers and platforms reach the product."""
        return tool_of(outside_of(guarded()).url)

    def page_of(
        self,
        platform: LtiPlatform,
        *,
        placement: PlacementForm | None = None,
        tying: tuple[int, TieForm] | None = None,
        steps: Sequence[Step] = (),
    ) -> str:
        """The whole page; a form that was refused stands in it as it was typed."""
        work, actor = guarded(), current_actor()
        form = placement or PlacementForm()
        form.org_unit_id.choices = unit_choices(platform)
        if tying is not None:
            tying[1].org_unit_id.choices = unit_choices(platform)
        return render_template(
            "lti_platform/page.html",
            shell=shell(SECTION, (platform.title, None)),
            platform=platform,
            unit=work.get(OrgUnit, platform.org_unit_id),
            placed=lti_deployment.placed(work, platform),
            form=form,
            tying=tying,
            steps=steps,
            launches=_launches(platform, actor.time_zone),
            linked=platforms.accounts(work, platform),
            tool=self.tool(),
            custom=CUSTOM_LINES,
            box_is_open=outside_of(work).box.is_open,
            history=history_of(work, "lti_platform", platform.id, actor.time_zone, words={"create": "Подключена"}),
        )

    @expose("/<int:record_id>/switch", methods=("POST",))
    def switch(self, record_id: int) -> Answer:
        platform = self.platform(record_id)
        active = request.form.get("active") == "1"
        platforms.switch(guarded(), current_actor(), platform, active=active, reason=request.form.get("reason", ""))
        flash(
            f"Платформа «{platform.title}» снова открывает систему."
            if active
            else f"Платформа «{platform.title}» отключена: вошедшие из неё выйдут при следующем действии.",
            "success",
        )
        return redirect(f"/lti-platforms/{record_id}")

    @expose("/<int:record_id>/check", methods=("POST",))
    def check(self, record_id: int) -> str:
        """Asks the platform whether what was entered of it is right."""
        # The platform may be slow: nothing is written, and others may write meanwhile.
        begin_reading()
        platform = self.platform(record_id)
        outside, actor = outside_of(guarded()), current_actor()
        acting = sum(one.is_active for one, _ in lti_deployment.placed(guarded(), platform))
        return self.page_of(platform, steps=lti_platform_check.check(actor, platform, outside, placements=acting))

    @expose("/<int:record_id>/deployments", methods=("POST",))
    def place(self, record_id: int) -> Answer:
        platform = self.platform(record_id)
        form = PlacementForm(request.form)
        form.org_unit_id.choices = unit_choices(platform)
        if not form.validate():
            return self.page_of(platform, placement=form), 422
        try:
            unit = org_unit.the_one(guarded(), form.org_unit_id.data or 0)
            made = lti_deployment.place(
                guarded(),
                current_actor(),
                platform,
                deployment_id=form.deployment_id.data or "",
                unit=unit,
                title=form.title.data or "",
            )
        except Invalid as refusal:
            form.show(refusal)
            return self.page_of(self.again(record_id), placement=form), 422
        flash(f"Размещение «{made.label}» связано с организацией: {unit.label}.", "success")
        return redirect(f"/lti-platforms/{record_id}#placed")

    @expose("/<int:record_id>/deployments/<int:deployment_id>/tie", methods=("GET", "POST"))
    def tie(self, record_id: int, deployment_id: int) -> Answer:
        platform = self.platform(record_id)
        found = lti_deployment.the_placement(guarded(), platform, deployment_id)
        platforms.require_keeper(current_actor(), platform)
        if request.method == "GET":
            return self.page_of(platform, tying=(found.id, TieForm(org_unit_id=found.org_unit_id)))
        form = TieForm(request.form)
        form.org_unit_id.choices = unit_choices(platform)
        if not form.validate():
            return self.page_of(platform, tying=(found.id, form)), 422
        try:
            unit = org_unit.the_one(guarded(), form.org_unit_id.data or 0)
            made = lti_deployment.tie(guarded(), current_actor(), platform, found, unit)
        except Invalid as refusal:
            form.show(refusal)
            return self.page_of(self.again(record_id), tying=(deployment_id, form)), 422
        flash(f"Размещение «{made.label}» теперь связано с организацией: {unit.label}.", "success")
        return redirect(f"/lti-platforms/{record_id}#placed")

    @expose("/<int:record_id>/deployments/<int:deployment_id>/switch", methods=("POST",))
    def switch_placement(self, record_id: int, deployment_id: int) -> Answer:
        platform = self.platform(record_id)
        found = lti_deployment.the_placement(guarded(), platform, deployment_id)
        active = request.form.get("active") == "1"
        lti_deployment.switch_placement(guarded(), current_actor(), platform, found, active=active)
        flash(f"Размещение «{found.label}» {'включено' if active else 'отключено'}.", "success")
        return redirect(f"/lti-platforms/{record_id}#placed")


def tool_of(url: Any) -> Tool:
    """Our addresses, as they are entered in a platform; `url` makes a path of ours absolute."""
    return Tool(
        launch=url(url_for("lti.launch")),
        login=url(url_for("lti.login")),
        jwks=url(url_for("lti.jwks")),
        title=lti_configuration.TITLE,
    )


def unit_choices(platform: LtiPlatform | None = None) -> list[tuple[Any, str]]:
    """The units where the actor may keep a platform, or where this one may be placed."""
    return [("", "выберите"), *((unit.id, unit.label) for unit in platforms.units_for(guarded(), platform))]


def _launches(platform: LtiPlatform, zone: str) -> list[tuple[LtiAccount, str, datetime]]:
    """Who came last: the link, the account here where it is in sight, and when by the region's clocks."""
    work = guarded()
    found = list(
        work.scalars(
            select(LtiAccount)
            .where(LtiAccount.platform_id == platform.id, LtiAccount.last_launch_at.is_not(None))
            .order_by(LtiAccount.last_launch_at.desc())
            .limit(SHOWN_LAUNCHES)
        )
    )
    people = work.execute(select(User.id, User.name).where(User.id.in_({one.user_id for one in found})))
    names = {row.id: row.name for row in people}
    return [
        (one, names.get(one.user_id, ""), clock.local(one.last_launch_at, zone))
        for one in found
        if one.last_launch_at is not None
    ]
