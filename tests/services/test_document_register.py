"""The federal register on the database: whose documents go out, marks, the journal; a book in, in each one's scope."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import select

from app.excel.document_register import register_shape
from app.excel.sheet import Heading
from app.models import AuditEvent, Certificate, StaffIdentity, StaffMember
from app.models.enumeration_of_training import CertificateStatus, DocumentKind, EnrolmentStatus, Sex
from app.policies.refusal import Invalid, NotPermitted
from app.services import document_register_export as out
from app.services.document_register_cleaning import clean_book
from app.services.document_register_import import packed, unpacked, write
from app.services.document_register_judgement import Carried, RowKind, Told, judge
from app.services.document_register_people import FoundBy
from tests.factories.training import add_certificate, add_group, add_person, add_programme, enrol, writing
from tests.unit.document_register_books import NUMBER, PRINTED, ROW, written

pytestmark = pytest.mark.once
NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HEADING = Heading(("ФИС ФРДО",), NOW, "Кто-то", "Институт")
BORN = date(1980, 3, 5)
ANOTHER, A_THIRD = "08765430300", "00100199965"
KEYS = [column.key for column in register_shape().columns]


def trainee(engine, world, group: int, unit: str = "school", **values) -> int:
    sex = values.pop("sex", Sex.FEMALE)
    person = add_person(engine, world, unit, **values)
    enrol(engine, group, person, status=EnrolmentStatus.CERTIFIED)
    if sex is not None:
        with writing(engine) as session:
            identity = session.scalar(select(StaffIdentity).where(StaffIdentity.staff_member_id == person))
            if identity is not None:
                identity.sex = sex
    return person


@pytest.fixture
def issued(engine, world):
    """Documents of the provider: one whole, one with gaps; and all the decoys that must not go out."""
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme)
    whole = trainee(engine, world, group, snils=NUMBER, born_on=BORN)
    bare = trainee(engine, world, group, "school_b", last_name="Пустова")
    made = {
        "whole": add_certificate(engine, world, whole, issuer="provider", number="000001", programme_id=programme),
        "bare": add_certificate(engine, world, bare, issuer="provider", number="000002"),
        "sent": add_certificate(
            engine, world, whole, issuer="provider", number="000003", reported_on=date(2026, 10, 5)
        ),
        "old": add_certificate(engine, world, whole, issuer="provider", number="000004", issued_on=date(2025, 1, 9)),
    }
    annulled = CertificateStatus.ANNULLED
    add_certificate(engine, world, whole, issuer="provider", number="000005", status=annulled)
    gone = {"status": annulled, "reported_on": date(2026, 10, 5)}
    add_certificate(engine, world, whole, issuer="provider", number="000006", **gone)
    add_certificate(engine, world, whole, issuer="provider", number="000007", document_kind=DocumentKind.OTHER)
    add_certificate(engine, world, whole, number="000008")
    # Of its own staff a provider sees documents that others gave.
    own = add_person(engine, world, "provider", last_name="Своя")
    add_certificate(engine, world, own, issuer="foreign_provider", number="000010")
    stranger = add_person(engine, world, "foreign_school", snils=NUMBER, born_on=BORN)
    add_certificate(engine, world, stranger, issuer="foreign_provider", number="000009")
    return made | {"whole_person": whole, "bare_person": bare, "group": group}


def exported(session, actor, **values) -> tuple[list[dict[str, object]], out.Exported]:
    target = io.BytesIO()
    given = {"with_incomplete": False, "mark": True} | values
    chosen = given.pop("selection", out.Selection())
    told = out.export(session, actor, chosen, target, HEADING, today=TODAY, **given)
    rows = list(openpyxl.load_workbook(io.BytesIO(target.getvalue())).active.iter_rows(min_row=2, values_only=True))
    return [dict(zip(KEYS, row, strict=True)) for row in rows], told


def sights(engine) -> list[int]:
    with writing(engine) as session:
        return list(session.scalars(select(AuditEvent.record_id).where(AuditEvent.action == "see_identity")))


def test_a_provider_takes_its_own_documents_and_the_journal_keeps_whose_numbers_went(engine, work, actor, issued):
    session, who = work("provider"), actor("provider")
    seen = out.overview(session, who, out.Selection())
    assert [one.certificate.number for one in seen.complete] == ["000004", "000001"]
    assert [(one.certificate.number, one.gaps) for one in seen.incomplete] == [
        ("000002", ("Дата рождения получателя", "Пол получателя", "СНИЛС"))
    ]
    assert [one.number for one in out.annulled_after_export(session, who)] == ["000006"]
    # A list of what is missing shows nobody's number.
    session.commit()
    assert sights(engine) == []

    rows, told = exported(session, who, selection=out.Selection(date(2026, 10, 1), date(2026, 10, 1)))
    session.commit()
    assert told == out.Exported(1, 1, 1)
    (row,) = rows
    assert (row["number"], row["snils"], row["sex"], row["born_on"].date()) == ("000001", PRINTED, "Жен", BORN)
    assert (row["last_name"], row["hours"], row["study_form"]) == ("Иванова", "36", "Очная")
    assert sights(engine) == [issued["whole_person"]]
    assert session.get(Certificate, issued["whole"]).reported_on == TODAY
    assert session.get(Certificate, issued["old"]).reported_on is None
    with writing(engine) as everything:
        told = everything.scalar(select(AuditEvent).where(AuditEvent.record_type == out.REGISTER))
        assert (told.action, told.changes["rows"], told.note) == (
            "export",
            [None, 1],
            "с 01.10.2026 по 01.10.2026, ещё не выгруженные",
        )
        texts = [str(one.changes) + one.note + one.record_label for one in everything.scalars(select(AuditEvent))]
    assert not [one for one in texts if NUMBER in one or PRINTED in one or "1980" in one]


def test_rows_with_gaps_go_only_when_asked_and_are_never_marked(work, actor, issued):
    session, who = work("provider"), actor("provider")
    rows, told = exported(session, who, with_incomplete=True)
    assert [row["number"] for row in rows] == ["000004", "000001", "000002"]
    assert (rows[2]["snils"], rows[2]["born_on"], rows[2]["citizenship"]) == (None, None, "643")
    assert told.marked == 2
    assert session.get(Certificate, issued["bare"]).reported_on is None
    assert out.reported_days(session, who) == [(TODAY, 2), (date(2026, 10, 5), 1)]
    with pytest.raises(Invalid, match="Выгружать нечего"):
        exported(session, who)
    assert out.unmark(session, who, TODAY) == 2
    again, told = exported(session, who, mark=False)
    assert (len(again), told.marked) == (2, 0)
    with pytest.raises(Invalid, match="нет"):
        out.unmark(session, who, TODAY)


def test_the_region_takes_the_documents_of_its_providers_and_nobody_else_any(world, work, actor, issued):
    session, who = work("region"), actor("region")
    everything = out.Selection(only_new=False)
    assert [one.certificate.number for one in out.overview(session, who, everything).rows] == [
        *("000004", "000001", "000002", "000003"),
    ]
    assert out.providers(session, who) == [(world.units["provider"], "Институт развития: Сахалинская")]
    mine = out.Selection(provider_id=world.units["provider"])
    assert len(out.overview(session, who, mine).rows) == 3
    assert not out.overview(session, who, out.Selection(provider_id=world.units["foreign_provider"])).rows
    for login in ("school", "municipality", "observer"):
        with pytest.raises(NotPermitted):
            out.overview(work(login), actor(login), out.Selection())
        with pytest.raises(NotPermitted):
            judge(work(login), actor(login), clean_book(written(ROW), "к.xlsx"), Told("Кто-то"), today=TODAY)
        with pytest.raises(NotPermitted):
            write(work(login), actor(login), [], Told("Кто-то"), today=TODAY, now=NOW)


def test_what_went_out_is_known_when_it_comes_back(work, actor, issued):
    session, who = work("provider"), actor("provider")
    target = io.BytesIO()
    chosen = out.Selection(only_new=False)
    out.export(session, who, chosen, target, HEADING, with_incomplete=True, mark=False, today=TODAY)
    found = judge(session, who, clean_book(target.getvalue(), "к.xlsx"), Told(), today=TODAY)
    assert {row.kind for row in found.rows} == {RowKind.SAME}
    assert {row.by for row in found.rows} == {FoundBy.NUMBER, FoundBy.NAME}
    assert not found.carried
    other = written(ROW | {"number": "000001", "hours": 72, "programme_title": "Иная программа"})
    (row,) = judge(session, who, clean_book(other, "к.xlsx"), Told(), today=TODAY).rows
    assert row.kind is RowKind.DIFFERS
    assert {(one.title, one.before, one.after) for one in row.differences} == {
        ("Часы", "36", "72"),
        ("Программа", "Система оценки качества образования", "Иная программа"),
        ("Регистрационный номер", "", "А-17"),
    }


def test_whose_a_row_is(engine, world, work, actor):
    anna = add_person(engine, world, "school", snils=NUMBER, born_on=BORN)
    names = {"last_name": "Ким", "first_name": "Ольга", "patronymic": ""}
    born = add_person(engine, world, "school_b", born_on=date(1975, 1, 2), **names)
    add_person(engine, world, "school2", born_on=date(1976, 1, 2), **names)
    only = add_person(engine, world, "school2", last_name="Белова", first_name="Ия", patronymic="")
    add_person(engine, world, "school", last_name="Двойная", first_name="Яна", patronymic="")
    add_person(engine, world, "school_b", last_name="Двойная", first_name="Яна", patronymic="")
    add_person(engine, world, "school", last_name="Чужова", first_name="Зоя", patronymic="", snils=ANOTHER)
    add_person(engine, world, "foreign_school", last_name="Дальнев", first_name="Пётр", patronymic="")
    bare = {"snils": "", "born_on": None, "patronymic": ""}
    rows = [
        ROW,
        ROW | {"last_name": "Фёдорова"},
        ROW | {"born_on": date(1981, 3, 5)},
        ROW | bare | names | {"born_on": date(1975, 1, 2)},
        ROW | bare | names | {"born_on": date(1999, 1, 2)},
        ROW | bare | {"last_name": "БЕЛОВА", "first_name": "Ия"},
        ROW | bare | {"last_name": "Двойная", "first_name": "Яна"},
        # The card has another number: it is somebody else.
        ROW | bare | {"last_name": "Чужова", "first_name": "Зоя", "snils": A_THIRD},
        ROW | bare | {"last_name": "Дальнев", "first_name": "Пётр"},
    ]
    content = written(*(row | {"number": f"00{place}"} for place, row in enumerate(rows)))
    found = judge(work("region"), actor("region"), clean_book(content, "к.xlsx"), Told("Академия"), today=TODAY)
    told = [(row.kind.value, row.person_id, row.by.value if row.by else None) for row in found.rows]
    assert told == [
        ("new", anna, "number"),
        ("doubtful", anna, "number"),
        ("doubtful", anna, "number"),
        ("new", born, "birth"),
        ("wrong", None, None),
        ("doubtful", only, "name"),
        ("wrong", None, None),
        ("wrong", None, None),
        ("wrong", None, None),
    ]
    sentences = [" ".join(row.sentences) for row in found.rows]
    for place, part in (
        (1, "другое имя"),
        (2, "дата рождения"),
        (4, "другая дата рождения"),
        (5, "Совпало только ФИО"),
    ):
        assert part in sentences[place]
    for place, part in ((6, "несколько"), (8, "Такого работника")):
        assert part in sentences[place]
    carried = packed(found.carried, found.told)
    back, asked = unpacked(carried)
    assert (tuple(back), asked) == (found.carried, found.told)
    # Neither what the page shows nor what it carries has anybody's number or day of birth.
    shown = repr(found.rows) + repr(back)
    assert not [one for one in (NUMBER, PRINTED, "1980", "1975", ANOTHER) if one in shown]


def test_a_provider_brings_its_own_documents_for_its_own_trainees(engine, world, work, actor, issued):
    topic_programme = add_programme(engine, world, title="Наша программа", hours=72)
    outsider = add_person(engine, world, "school2", last_name="Сторонняя", first_name="Ева", patronymic="")
    rows = [
        ROW | {"number": "Н-1", "programme_title": "НАША программа", "hours": 72},
        ROW | {"number": "Н-2", "last_name": "Сторонняя", "first_name": "Ева", "patronymic": "", "snils": ""},
        ROW | {"number": "000002"},
        ROW | {"number": "Н-3", "hours": 8},
        ROW | {"number": "Н-1"},
    ]
    session, who = work("provider"), actor("provider")
    session.connection(execution_options={"writes": True})
    told = Told(reported=True)
    found = judge(session, who, clean_book(written(*rows), "к.xlsx"), told, today=TODAY)
    assert [row.kind.value for row in found.rows] == ["new", "wrong", "wrong", "wrong", "wrong"]
    assert "у другого человека" in found.rows[2].sentences[0]
    assert "Меньше нормы" in found.rows[3].sentences[0]
    assert "Повторяет строку 2" in found.rows[4].sentences[0]
    (row,) = found.carried
    # What was in the person's hands may be forged: a person out of sight, a number given already.
    forged = [
        Carried(8, outsider, row.typed),
        Carried(9, 10**9, row.typed),
        Carried(10, issued["bare_person"], row.typed),
    ]
    verdicts = write(session, who, [row, *forged], found.told, today=TODAY, now=NOW)
    session.commit()
    assert [verdict.ok for verdict in verdicts] == [True, False, False, False]
    made = session.get(Certificate, verdicts[0].certificate_id)
    assert (made.status, made.issuer_unit_id, made.programme_id, made.reported_on) == (
        CertificateStatus.CONFIRMED,
        who.unit_id,
        topic_programme,
        TODAY,
    )
    assert made.topic_id is not None
    assert made.valid_until == date(2029, 9, 30)
    assert made.org_unit_id == world.units["school"]


def test_what_the_region_brings_waits_for_confirmation_and_needs_the_issuer(engine, world, work, actor):
    person = add_person(engine, world, "school", snils=NUMBER, born_on=BORN)
    session, who = work("region"), actor("region")
    session.connection(execution_options={"writes": True})
    book = clean_book(written(ROW | {"last_name": "Иванова-Ким"}), "к.xlsx")
    with pytest.raises(Invalid) as refusal:
        judge(session, who, book, Told(), today=TODAY)
    assert refusal.value.field == "issuer_name"
    found = judge(session, who, book, Told("Академия вне системы"), today=TODAY)
    (verdict,) = write(session, who, found.carried, found.told, today=TODAY, now=NOW)
    made = session.get(Certificate, verdict.certificate_id)
    assert (made.status, made.issuer_unit_id, made.staff_member_id) == (CertificateStatus.ENTERED, None, person)
    assert (made.holder_name, made.issuer_name, made.reported_on) == (
        "Иванова-Ким Анна Петровна",
        "Академия вне системы",
        None,
    )
    (again,) = judge(session, who, book, Told("АКАДЕМИЯ вне системы"), today=TODAY).rows
    assert again.kind is RowKind.SAME
    # Of the same person it is the same document, though somebody names the issuer otherwise.
    (other,) = judge(session, who, book, Told("Институт"), today=TODAY).rows
    assert [(one.title, one.after) for one in other.differences] == [("Кто выдал", "Институт")]
    assert session.get(StaffMember, person).has_snils


def test_what_comes_back_forged_is_refused_in_words(work, actor):
    for text in ("", "нет", "AAAA", packed([], Told("x"))[:-6], "eJxLTEoGAAJNASc="):
        with pytest.raises(Invalid, match="загрузите книгу ещё раз"):
            unpacked(text)
