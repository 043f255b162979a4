"""The templates of letters: what letters are written by, what they may name, and a region's own in their place."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.cells import size_words
from app.admin.downloads import attachment
from app.admin.page_view import PageView
from app.admin.uploads import file_store, taken_in
from app.documents import letter
from app.documents.file_store import StoredContent
from app.documents.letter import DOCX
from app.documents.letter_fields import FIELDS
from app.documents.limits import MAX_LETTER_TEMPLATE_BYTES
from app.forms.base import row_number
from app.forms.letter_template import TemplateForm
from app.models.enumeration_of_measures import LetterKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services import clock, letter_template
from app.web.session import begin_reading, begin_writing, current_actor, guarded
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
KIND = "<any(answer, weaknesses):kind>"


class LetterTemplateView(PageView):
    closed = "Шаблоны писем ведёт администратор региона."

    def __init__(self) -> None:
        super().__init__(name="Шаблоны писем", endpoint="letter_template", url="/letter-templates")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.LETTER_TEMPLATE)

    @expose("/")
    def index(self) -> str:
        return _page()

    @expose(f"/{KIND}/download")
    def download(self, kind: str) -> Response:
        """What stands now: the region's own, or the built-in one to begin from."""
        asked = LetterKind(kind)
        own = letter_template.current(guarded(), asked)
        if own is not None:
            return attachment(BytesIO(letter_template.read(own.digest, store=file_store())), own.file_name, DOCX)
        return _built_in(asked)

    @expose(f"/{KIND}/built-in")
    def built_in(self, kind: str) -> Response:
        return _built_in(LetterKind(kind))

    @expose(f"/{KIND}/sample")
    def sample(self, kind: str) -> Response:
        """A letter with invented contents by what stands now: to look at, nothing of anybody's in it."""
        asked = LetterKind(kind)
        content = letter_template.sample(guarded(), current_actor(), asked, store=file_store())
        return attachment(BytesIO(content), f"Образец: {asked.label}.docx".replace(": ", " - "), DOCX)

    @expose(f"/{KIND}", methods=("POST",))
    def replace(self, kind: str) -> Answer:
        asked, form, actor = LetterKind(kind), TemplateForm(request.form), current_actor()
        version = (form.version.data or 0) if form.validate() else 0
        # The file is tried by writing letters: nobody has to wait for the lock meanwhile.
        begin_reading()
        try:
            examined = letter_template.examine(actor, asked, _uploaded(), store=file_store())
            begin_writing()
            letter_template.replace(guarded(), actor, examined, version=version, now=clock.now())
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            return _page({asked: refusal.sentence}), 409 if isinstance(refusal, Conflict) else 422
        flash(f"Шаблон принят: «{asked.label}» теперь пишется по нему. Скачайте образец и посмотрите.", "success")
        return redirect("/letter-templates/")

    @expose(f"/{KIND}/remove", methods=("POST",))
    def remove(self, kind: str) -> Answer:
        asked, version = LetterKind(kind), row_number(request.form.get("version")) or 0
        try:
            letter_template.remove(guarded(), current_actor(), asked, version=version)
        except Conflict as refusal:
            guarded().rollback()
            return _page({asked: refusal.sentence}), 409
        flash("Свой шаблон убран: письма снова пишутся по встроенному.", "success")
        return redirect("/letter-templates/")


def _uploaded() -> StoredContent:
    stored = taken_in("file")
    if len(stored) != 1:
        raise Invalid("Выберите файл шаблона: документ Word (.docx).", field="file")
    return stored[0]


def _page(problems: dict[LetterKind, str] | None = None) -> str:
    actor = current_actor()
    if actor.region_id is None:
        raise NotFound
    return render_template(
        "letter_template/list.html",
        shell=shell(("Шаблоны писем", None)),
        templates=[(kind, letter_template.current(guarded(), kind), FIELDS[kind]) for kind in LetterKind],
        problems=problems or {},
        most=MAX_LETTER_TEMPLATE_BYTES,
        size_words=size_words,
        local=lambda moment: f"{clock.local(moment, actor.time_zone):%d.%m.%Y %H:%M}",
    )


def _built_in(kind: LetterKind) -> Response:
    return attachment(BytesIO(letter.built_in(kind)), f"Встроенный шаблон - {kind.label}.docx", DOCX)
