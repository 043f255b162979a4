"""Entering a document on training: for whom, what it says, its scan; and mending it before it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import or_, select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.admin.certificate_page import unit_names
from app.admin.unit_names import UNIT_NAME, UNIT_OF_ROW
from app.admin.uploads import taken_in
from app.forms.base import row_number
from app.forms.certificate import CertificateChangeForm, CertificateForm, NewCertificateForm, ScanForm
from app.models import Certificate, StaffMember, StaffPosition
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus
from app.models.search_text import like_pattern
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services import certificate as certificates
from app.services import certificate_scan, clock, training_topic
from app.services.certificate_examination import examine
from app.services.evidence import TypedEvidence
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.certificate import WORKFLOW

Answer = str | Response | tuple[str, int]
SECTION = ("Документы", "/certificates/")
MOST_FOUND, LONGEST_QUERY = 50, 200
FIELDS = (
    *("series", "number", "registration_number", "issued_on", "hours", "programme_title"),
    *("issuer_name", "started_on", "ended_on", "holder_name"),
)


class CertificateEntry:
    """The part of the view of documents that writes what they say; the rest is the view's."""

    get_one: Callable[[str], Any]
    _page: Callable[..., str]

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        """Without a person in the address, a search for one."""
        actor = current_actor()
        actor.require(Permission.CERTIFICATE_WRITE)
        number = row_number(request.args.get("staff"))
        if number is None:
            return _choice_of_person()
        person = _person(number)
        certificates.require_entering(guarded(), actor, person)
        if request.method == "GET":
            return _new(person, NewCertificateForm())
        form = NewCertificateForm(_sent())
        _offer(form)
        if not form.validate():
            return _new(person, form), 422
        try:
            made = self._entered(person, form)
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return _new(_person(number), form), 422
        _tell(made, person)
        return redirect(f"/certificates/{made.id}")

    @staticmethod
    def _entered(person: StaffMember, form: NewCertificateForm) -> Certificate:
        work, actor, now = guarded(), current_actor(), clock.now()
        made = certificates.enter(work, actor, person, form.typed(), today=today(), now=now)
        scans = taken_in("scan")
        if scans:
            certificate_scan.attach(work, actor, made, TypedEvidence(file=scans[0]), now=now)
        return made

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        certificate, actor = self.get_one(str(record_id)), current_actor()
        actor.require(Permission.CERTIFICATE_WRITE)
        certificates.require_change(certificate, actor)
        if request.method == "GET":
            form = CertificateChangeForm(
                obj=certificate,
                document_kind=certificate.document_kind.value,
            )
            return _edit(certificate, form)
        form = CertificateChangeForm(request.form)
        _offer(form)
        if not form.validate():
            return _edit(certificate, form), 422
        try:
            saved = certificates.change(
                guarded(),
                actor,
                certificate,
                replace(form.typed(), programme_id=certificate.programme_id),
                version=row_number(form.version.data) or 0,
                today=today(),
            )
            again = saved.status is CertificateStatus.REFUSED and WORKFLOW.allows("resubmit", saved, actor)
            if again:
                certificates.resubmit(guarded(), actor, saved)
        except Conflict as refusal:
            guarded().rollback()
            certificate = self.get_one(str(record_id))
            # The next save is made knowing what stands there now.
            form.version.data = str(certificate.version)
            form.show(refusal)
            return _edit(certificate, form, {key: getattr(certificate, key) for key in FIELDS}), 409
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return _edit(self.get_one(str(record_id)), form), 422
        flash("Документ исправлен и снова ждёт подтверждения." if again else "Документ сохранён.", "success")
        return redirect(f"/certificates/{record_id}")

    @expose("/<int:record_id>/scan", methods=("POST",))
    def scan(self, record_id: int) -> Answer:
        certificate, form = self.get_one(str(record_id)), ScanForm(_sent())
        if not form.validate():
            return self._page(certificate, open_form="scan", scan_form=form), 422
        try:
            files = taken_in("scan")
            typed = TypedEvidence(file=files[0] if files else None, url=form.url.data or "")
            certificate_scan.attach(guarded(), current_actor(), certificate, typed, now=clock.now())
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._page(self.get_one(str(record_id)), open_form="scan", scan_form=form), 422
        flash("Скан приложен.", "success")
        return redirect(f"/certificates/{record_id}")


def _sent() -> MultiDict[str, Any]:
    return MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)])


def _person(number: int) -> StaffMember:
    found = guarded().get(StaffMember, number)
    if found is None:
        raise NotFound
    return found


def _offer(form: CertificateForm) -> None:
    topics = training_topic.topics(guarded())
    form.topic_id.choices = [("", "не указана"), *((topic.id, topic.title) for topic in topics)]


def _tell(made: Certificate, person: StaffMember) -> None:
    remarks = examine(guarded(), made, person, today=today(), own_id=made.id)
    if remarks:
        flash("Документ внесён, но к нему есть замечания: проверьте их в карточке.", "warning")
    else:
        flash("Документ внесён и ждёт подтверждения.", "success")


def _new(person: StaffMember, form: NewCertificateForm) -> str:
    _offer(form)
    return render_template(
        "certificate/new.html",
        shell=shell(SECTION, ("Внести документ", None)),
        form=form,
        person=person,
        unit_name=_unit_name_of(person),
    )


def _edit(certificate: Certificate, form: CertificateChangeForm, current: dict[str, Any] | None = None) -> str:
    _offer(form)
    person = certificates.person_of(guarded(), certificate)
    return render_template(
        "certificate/edit.html",
        shell=shell(SECTION, (person.label, f"/certificates/{certificate.id}"), ("Изменить", None)),
        form=form,
        certificate=certificate,
        person=person,
        unit_name=unit_names(guarded(), certificate)[0],
        current=current,
    )


def _unit_name_of(person: StaffMember) -> str:
    """The person's unit is a label of the card."""
    named = select(UNIT_NAME).select_from(StaffMember).join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == StaffMember.org_unit_id)
    return str(guarded().scalar(named.where(StaffMember.id == person.id)) or "")


def _choice_of_person() -> str:
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    statement = (
        select(
            StaffMember.id,
            StaffMember.last_name,
            StaffMember.first_name,
            StaffMember.patronymic,
            UNIT_NAME.label("unit"),
        )
        .join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == StaffMember.org_unit_id)
        .order_by(StaffMember.last_name, StaffMember.first_name, StaffMember.id)
        .limit(MOST_FOUND + 1)
    )
    actor = current_actor()
    if actor.unit_kind is UnitKind.PROVIDER:
        # Trainees of its groups are seen too; their documents are issued, not entered.
        here = select(StaffPosition.staff_member_id).where(
            StaffPosition.org_unit_id == actor.unit_id, StaffPosition.ended_on.is_(None)
        )
        statement = statement.where(or_(StaffMember.org_unit_id == actor.unit_id, StaffMember.id.in_(here)))
    if query:
        statement = statement.where(StaffMember.search.like(like_pattern(query), escape="\\"))
    found = guarded().execute(statement).all()
    return render_template(
        "certificate/choose.html",
        shell=shell(SECTION, ("Внести документ", None)),
        query=query,
        people=found[:MOST_FOUND],
        more=len(found) > MOST_FOUND,
    )
