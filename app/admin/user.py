"""Users: the register, the page of one with duties and the one-time link, the form of an account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask_admin import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.admin.record_view import RecordView
from app.admin.user_register import LISTING, grouped
from app.excel.user import SHEET
from app.forms.base import row_number
from app.forms.user import GrantForm, UserChangeForm, UserForm
from app.models import Membership, OrgUnit, User
from app.models.enumeration import Duty
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import clock, lti_account_list, org_unit
from app.services import user as users
from app.services.user import Account
from app.web.session import current_actor, guarded, settings
from app.web.shell import shell

Answer = str | Response | tuple[str, int]


class UserView(RecordView):
    model_class = User
    read = Permission.USER_READ
    listing = LISTING
    sheet = SHEET
    title = "Пользователи"
    lead = "Кто в какой организации работает и что может: учётные записи вашей организации и нижестоящих."
    empty: ClassVar[tuple[str, str]] = ("Пользователей нет", "Добавьте первого: он получит ссылку для входа.")
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Добавить пользователя",
        ".create_view",
        Permission.USER_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (row.name, row.login, row.email, row.phone, grouped(row.duties), row.is_active, row.last_sign_in_at)

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    def _page(self, user: User, grant_form: GrantForm | None = None, link: str = "") -> str:
        work, actor = guarded(), current_actor()
        form = grant_form or GrantForm()
        form.org_unit_id.choices = _unit_choices()
        keeps, oneself = users.keeps(work, actor, user), user.id == actor.user_id
        return render_template(
            "user/page.html",
            shell=shell(("Пользователи", "/users/"), (user.name, None)),
            user=user,
            duties=work.execute(
                select(Membership, OrgUnit)
                .join(OrgUnit, OrgUnit.id == Membership.org_unit_id)
                .where(Membership.user_id == user.id)
                .order_by(OrgUnit.name, Membership.id)
            ).all(),
            last_sign_in=clock.local(user.last_sign_in_at, actor.time_zone) if user.last_sign_in_at else None,
            form=form,
            link=link,
            may_write=actor.may(Permission.USER_WRITE),
            keeps=keeps,
            oneself=oneself,
            platform_links=lti_account_list.of_user(work, actor, user),
        )

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.USER_WRITE)
        form = UserForm(request.form, org_unit_id=row_number(request.args.get("unit")))
        form.org_unit_id.choices = _unit_choices()
        if request.method == "GET":
            return _form("user/new.html", form, "Новый пользователь", whole=actor.unit_id is None)
        refused = None
        if form.validate():
            try:
                unit = org_unit.the_one(work, form.org_unit_id.data) if form.org_unit_id.data else None
                made = users.create(
                    work,
                    actor,
                    login=form.login.data or "",
                    name=form.name.data or "",
                    email=form.email.data or "",
                    phone=form.phone.data or "",
                    unit=unit,
                    duties=form.duties.data or (),
                    is_installation_admin=bool(form.is_installation_admin.data),
                )
            except Invalid as refusal:
                refused = refusal
            else:
                flash(f"Учётная запись «{made.login}» заведена. Выдайте ссылку: по ней задают пароль.", "success")
                return redirect(f"/users/{made.id}")
        if refused is not None:
            form.show(refused)
        return _form("user/new.html", form, "Новый пользователь", whole=actor.unit_id is None), 422

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.USER_WRITE)
        user: User = self.get_one(str(record_id))
        form = UserChangeForm(request.form, obj=user)
        if request.method == "GET":
            return _form("user/edit.html", form, user.name, user=user)
        if not form.validate():
            return _form("user/edit.html", form, user.name, user=user), 422
        typed = Account(form.login.data or "", form.name.data or "", form.email.data or "", form.phone.data or "")
        try:
            users.change(work, actor, user, version=row_number(form.version.data) or 0, account=typed)
        except Conflict as refusal:
            # The next save is made knowing what stands there now.
            form.version.data = str(user.version)
            form.show(refusal)
            current = {key: getattr(user, key) for key in ("name", "login", "email", "phone")}
            return _form("user/edit.html", form, user.name, user=user, current=current), 409
        except Invalid as refusal:
            form.show(refusal)
            return _form("user/edit.html", form, user.name, user=user), 422
        flash("Учётная запись сохранена.", "success")
        return redirect(f"/users/{record_id}")

    @expose("/<int:record_id>/grant", methods=("POST",))
    def grant(self, record_id: int) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.USER_WRITE)
        user: User = self.get_one(str(record_id))
        form = GrantForm(request.form)
        form.org_unit_id.choices = _unit_choices()
        if not form.validate():
            return self._page(user, form), 422
        try:
            unit = org_unit.the_one(work, form.org_unit_id.data)
            given = users.grant(work, actor, user, unit=unit, duty=Duty(form.duty.data))
        except Invalid as refusal:
            form.show(refusal)
            return self._page(user, form), 422
        flash(f"Выдано полномочие «{given.duty.label}»: {unit.label}.", "success")
        return redirect(f"/users/{record_id}")

    @expose("/<int:record_id>/revoke/<int:membership_id>", methods=("POST",))
    def revoke(self, record_id: int, membership_id: int) -> Answer:
        user: User = self.get_one(str(record_id))
        duty = users.revoke(guarded(), current_actor(), user, membership_id)
        flash(f"Полномочие «{duty.label}» снято: {user.name}.", "success")
        # Without the last duty in this part of the tree the person is no longer seen from it.
        guarded().expire_all()
        seen = guarded().scalars(select(User.id).where(User.id == record_id)).first() is not None
        return redirect(f"/users/{record_id}" if seen else "/users/")

    @expose("/<int:record_id>/link", methods=("POST",))
    def link(self, record_id: int) -> Answer:
        """The link is shown in this answer and never again: only its digest is kept."""
        user: User = self.get_one(str(record_id))
        token = users.issue_link(guarded(), current_actor(), user, clock.now())
        address = settings().public_address.rstrip("/") + url_for("one_time_link.form", token=token)
        return self._page(user, link=address)

    @expose("/<int:record_id>/deactivate", methods=("POST",))
    def deactivate(self, record_id: int) -> Answer:
        def act(user: User) -> str:
            users.deactivate(guarded(), current_actor(), user, reason=request.form.get("reason", "")[:500])
            return f"Учётная запись «{user.login}» отключена, её сеансы закончены."

        return self._act(record_id, act)

    @expose("/<int:record_id>/activate", methods=("POST",))
    def activate(self, record_id: int) -> Answer:
        def act(user: User) -> str:
            users.activate(guarded(), current_actor(), user)
            return f"Учётная запись «{user.login}» снова действует."

        return self._act(record_id, act)

    def _act(self, record_id: int, act: Callable[[User], str]) -> Answer:
        flash(act(self.get_one(str(record_id))), "success")
        return redirect(f"/users/{record_id}")


def _unit_choices() -> list[tuple[Any, str]]:
    """The units where this actor may give duties."""
    return [("", "выберите"), *((unit.id, unit.label) for unit in users.units_for_duties(guarded()))]


def _form(template: str, form: Any, title: str, **more: Any) -> str:
    user: User | None = more.get("user")
    trail = (title, f"/users/{user.id}" if user is not None else None)
    return render_template(template, shell=shell(("Пользователи", "/users/"), trail), form=form, **more)
