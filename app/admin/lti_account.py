"""People of learning platforms tied to accounts here: the register, the page of one, linking by a list."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, ClassVar, cast

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select

from app.admin.cells import plural
from app.admin.lti_account_register import LISTING, platform_options
from app.admin.record_view import RecordView
from app.excel.lti_account import SHEET
from app.excel.lti_account_list import ListedPerson, as_text, from_text, read_people
from app.excel.table import WorkbookRefused
from app.forms.base import row_number
from app.forms.lti_account import AccountListForm
from app.models import LtiAccount, LtiPlatform, LtiScore, User
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import clock, lti_account, lti_account_list, lti_platform
from app.services.lti_account_list import LINKABLE, Fit, ListedLink
from app.web.session import begin_reading, current_actor, guarded
from app.web.shell import shell

Answer = Any
SECTION = ("Учётные записи платформ", "/lti-accounts/")
MOST_MARKS = 20
# What stands first: what there is to decide.
WORDS = {
    Fit.DOUBTFUL: ("Проверьте сами", "Совпадает не всё. Отметьте тех, в ком уверены."),
    Fit.FOUND: ("Найдены", "Будут связаны, если не снять отметку."),
    Fit.SEVERAL: ("Подходят двое", ""),
    Fit.TAKEN: ("Заняты", ""),
    Fit.NOT_KEPT: ("Не ваши учётные записи", ""),
    Fit.NOBODY: ("Не найдены", "Такие люди свяжут запись сами: войдут один раз, открыв систему из платформы."),
    Fit.WRONG: ("Ошибки в строках", ""),
    Fit.ALREADY: ("Уже связаны", ""),
}


class LtiAccountView(RecordView):
    model_class = LtiAccount
    read = Permission.PLATFORM_WRITE
    listing = LISTING
    sheet = SHEET
    section = "platforms"
    title = "Учётные записи платформ"
    lead = "Кто из людей платформы входит под какой учётной записью. Роль в платформе прав здесь не даёт."
    empty: ClassVar[tuple[str, str]] = (
        "Никто ещё не связан",
        "Человек связывает запись сам, открыв систему из платформы и войдя один раз. Или свяжите людей по списку.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Связать по списку",
        "lti_account.bring",
        Permission.PLATFORM_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.name_told,
            row.subject,
            row.platform,
            row.user,
            row.login,
            row.unit,
            row.origin.label,
            row.linked_at,
            row.linked_by,
            row.last_launch_at,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        work, zone = guarded(), current_actor().time_zone
        account = cast(LtiAccount, self.get_one(str(record_id)))
        return render_template(
            "lti_account/page.html",
            shell=shell(SECTION, (account.label, None)),
            account=account,
            platform=work.get(LtiPlatform, account.platform_id),
            # Who proved an account may stand elsewhere: then it is not told.
            user=work.get(User, account.user_id),
            linked_at=clock.local(account.linked_at, zone),
            last_launch=clock.local(account.last_launch_at, zone) if account.last_launch_at else None,
            marks=[
                (one.target.label, clock.local(one.sent_at, zone) if one.sent_at else None, one.problem)
                for one in work.scalars(
                    select(LtiScore)
                    .where(LtiScore.account_id == account.id)
                    .order_by(LtiScore.id.desc())
                    .limit(MOST_MARKS)
                )
            ],
        )

    @expose("/<int:record_id>/unlink", methods=("POST",))
    def unlink(self, record_id: int) -> Answer:
        account = cast(LtiAccount, self.get_one(str(record_id)))
        name, user_id = account.label, account.user_id
        lti_account.unlink(guarded(), current_actor(), account)
        flash(f"Связь снята: {name}. Вошедший по ней выйдет при следующем действии.", "success")
        return redirect(f"/users/{user_id}" if request.form.get("back") == "user" else "/lti-accounts/")

    @expose("/list", methods=("GET", "POST"))
    def bring(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.PLATFORM_WRITE)
        known = [(int(one.value), one.label) for one in platform_options()]
        if not known and request.method == "GET":
            flash("Сначала подключите платформу: связывать пока не с чем.", "warning")
            return redirect("/lti-platforms/")
        form = AccountListForm(request.form if request.method == "POST" else None)
        form.platform_id.choices = [("", "выберите"), *known]
        if request.method == "GET":
            only = known[0][0] if len(known) == 1 else None
            form.platform_id.data = row_number(request.args.get("platform")) or only
            return _list_page(form)
        # A preview writes nothing: others may meanwhile.
        begin_reading()
        if not form.validate():
            return _list_page(form), 422
        platform = lti_platform.the_one(guarded(), form.platform_id.data or 0)
        try:
            people = _given(form)
        except Invalid as refusal:
            form.show(refusal)
            return _list_page(form), 422
        return _preview(platform, people)

    @expose("/list/apply", methods=("POST",))
    def apply(self) -> Answer:
        """What was ticked, if it is still as it was shown."""
        work, actor = guarded(), current_actor()
        platform = lti_platform.the_one(work, row_number(request.form.get("platform_id")) or 0)
        chosen = request.form.getlist("pair")
        try:
            people = from_text(request.form.get("people", ""))
        except WorkbookRefused as refusal:
            raise Invalid(str(refusal)) from refusal
        if not chosen:
            return _preview(platform, people, ["Отметьте хотя бы одного человека."]), 422
        done = lti_account_list.apply(work, actor, platform, people, chosen, now=clock.now())
        if done.linked:
            words = plural(done.linked, "человек", "человека", "человек")
            flash(f"Связано: {done.linked} {words}. Теперь «{platform.title}» открывает систему без пароля.", "success")
        for sentence in done.refused[:10]:
            flash(sentence, "warning")
        return redirect(f"/lti-accounts/?platform={platform.id}")


def _given(form: AccountListForm) -> list[ListedPerson]:
    """The people of the file, or of what was pasted. Raises Invalid at the field."""
    file = request.files.get("file")
    if file is not None and file.filename:
        field, content, name = "file", file.stream.read(), file.filename
    elif (form.rows.data or "").strip():
        field, content, name = "rows", (form.rows.data or "").encode(), "список"
    else:
        raise Invalid("Выберите файл или вставьте строки.", field="rows")
    try:
        return read_people(content, name)
    except WorkbookRefused as refusal:
        raise Invalid(str(refusal), field=field) from refusal


def _preview(platform: LtiPlatform, people: list[ListedPerson], problems: Sequence[str] = ()) -> str:
    """All rows by what they come to, with ticks where there is something to do."""
    links = lti_account_list.plan(guarded(), current_actor(), platform, people)
    order = list(WORDS)
    links.sort(key=lambda link: (order.index(link.fit), link.person.number))
    parts: list[tuple[Fit, str, str, list[ListedLink]]] = [
        (fit, *WORDS[fit], list(group)) for fit, group in groupby(links, key=lambda link: link.fit)
    ]
    return render_template(
        "lti_account/preview.html",
        shell=shell(SECTION, ("Связать по списку", f"/lti-accounts/list?platform={platform.id}"), ("Проверка", None)),
        platform=platform,
        parts=parts,
        linkable=LINKABLE,
        found=Fit.FOUND,
        total=len(people),
        people=as_text(people),
        problems=problems,
        may_link=any(link.fit in LINKABLE for link in links),
    )


def _list_page(form: AccountListForm) -> str:
    return render_template("lti_account/list.html", shell=shell(SECTION, ("Связать по списку", None)), form=form)
