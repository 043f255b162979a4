"""Documents on training in pages: entered with a scan, found in the list, confirmed one by one and many at once."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest

from app.models import AuditEvent, Certificate
from app.models.enumeration_of_training import CertificateStatus as S
from app.models.enumeration_of_training import EnrolmentStatus
from app.services import clock
from tests.factories.training import add_certificate, add_group, add_person, add_programme, add_topic, enrol, writing

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TYPED = {
    "document_kind": "advanced",
    "series": "",
    "number": "6524 001",
    "issued_on": "2026-10-10",
    "hours": "36",
    "programme_title": "Система оценки",
    "issuer_name": "Академия <b>вне</b> системы",
    "topic_id": "",
}


@pytest.fixture
def person(engine, world):
    return add_person(engine, world)


def one_of(engine, **values):
    with writing(engine) as session:
        [found] = session.query(Certificate).filter_by(**values).all()
        session.expunge(found)
        return found


def test_a_school_enters_a_document_with_its_scan(engine, world, browser, person):
    topic = add_topic(engine, world)
    stranger = add_person(engine, world, "school2", last_name="Чужова")
    school = browser("school")
    page = school.get("/certificates/new/?q=иван")
    assert f"/certificates/new/?staff={person}" in page.text
    assert "Чужова" not in page.text
    assert school.get(f"/certificates/new/?staff={stranger}").status_code == 404
    assert "ВСОКО" in school.get(f"/certificates/new/?staff={person}").text
    answer = school.post(f"/certificates/new/?staff={person}", TYPED | {"hours": "8"})
    assert answer.status_code == 422
    assert "от 16 ч" in answer.text
    assert 'value="6524 001"' in answer.text
    sent = TYPED | {"topic_id": str(topic), "holder_name": "Петрова Анна", "scan": (io.BytesIO(PDF), "скан.pdf")}
    answer = school.post(f"/certificates/new/?staff={person}", sent, content_type="multipart/form-data")
    made = one_of(engine, staff_member_id=person)
    assert answer.headers["Location"].endswith(f"/certificates/{made.id}")
    assert (made.number, made.topic_id, made.status, made.valid_until) == (
        "6524001", topic, S.ENTERED, date(2029, 10, 9)
    )  # fmt: skip
    page = school.get(f"/certificates/{made.id}").text
    assert "отличается от имени в карточке" in page
    assert "скан.pdf" in page
    assert "<b>вне</b>" not in page


def test_refused_mended_confirmed_and_annulled_in_pages(engine, world, browser, person):
    topic = add_topic(engine, world)
    number = add_certificate(
        engine, world, person, topic=topic, number="6524001", status=S.ENTERED,
        holder_name="Петрова Анна", issuer_name=TYPED["issuer_name"],
    )  # fmt: skip
    made, school = one_of(engine, id=number), browser("school")
    page = school.get(f"/certificates/{made.id}").text
    # The one who entered it may mend it, and does not confirm it.
    assert f"/certificates/{made.id}/edit" in page
    assert f'action="/certificates/{made.id}/confirm"' not in page
    assert school.post(f"/certificates/{made.id}/confirm").status_code == 403
    above = browser("municipality")
    assert "Подтвердить с замечаниями" in above.get(f"/certificates/{made.id}").text
    base = f"/certificates/{made.id}"
    empty = above.post(f"{base}/refuse", {"note": " ", "version": str(made.version)})
    assert (empty.status_code, "Напишите причину" in empty.text) == (422, True)
    above.post(f"{base}/refuse", {"note": "имя не то", "version": str(made.version)})
    page = school.get(f"{base}/edit").text
    assert "имя не то" in page
    stale = school.post(f"{base}/edit", TYPED | {"version": "1", "topic_id": str(topic)})
    assert stale.status_code == 409
    assert "Сейчас в карточке" in stale.text
    version = str(one_of(engine, id=made.id).version)
    school.post(f"{base}/edit", TYPED | {"version": version, "topic_id": str(topic)})
    mended = one_of(engine, id=made.id)
    assert (mended.status, mended.holder_name, mended.remark) == (S.ENTERED, "", "")
    stale = above.post(f"{base}/confirm", {"version": version})
    assert stale.status_code == 409
    above.post(f"{base}/confirm", {"version": str(mended.version)})
    page = above.get(base).text
    assert one_of(engine, id=made.id).status is S.CONFIRMED
    for word in ("имя не то", "Снять подтверждение", "Внесён", "Подтвердить", "Академия &lt;b&gt;вне"):
        assert word in page
    for login in ("school2", "municipality2", "provider", "foreign_region"):
        assert browser(login).get(base).status_code == 404, login
    assert browser("observer").get(base).status_code == 200
    assert browser("observer").get("/certificates/new/").status_code == 403
    above.post(f"{base}/unconfirm", {"note": "проверим ещё раз"})
    above.post(f"{base}/annul", {"note": "чужой документ"})
    page = school.get(base).text
    assert "чужой документ" in page
    assert f"{base}/edit" not in page
    assert one_of(engine, id=made.id).status is S.ANNULLED


def test_the_list_and_what_narrows_it(engine, world, browser, person):
    today = clock.today("Asia/Sakhalin")
    topic = add_topic(engine, world)
    other = add_person(engine, world, "school2", last_name="Ли")
    far = add_person(engine, world, "school_b", last_name="Дальняя")
    made = {
        "soon": add_certificate(
            engine, world, person, topic=topic, number="SOON", valid_until=today + timedelta(days=12)
        ),
        "over": add_certificate(
            engine, world, other, number="OVER", issued_on=date(2022, 3, 1), valid_until=date(2025, 2, 28)
        ),
        "new": add_certificate(engine, world, other, number="NEW", status=S.ENTERED, valid_until=None),
        "own": add_certificate(engine, world, other, number="OWN", issuer="provider"),
        "far": add_certificate(engine, world, far, number="FAR"),
    }
    town = browser("municipality")

    def numbers(query, reader=town):
        answer = reader.get(f"/certificates/?{query}")
        assert answer.status_code == 200, query
        return {key for key in made if f">{key.upper()}<" in answer.text}

    near = {"soon", "over", "new", "own"}
    assert numbers("") == near
    for query, wanted in {
        "validity=soon": {"soon"},
        "validity=expired": {"over"},
        "validity=valid": {"soon", "own"},
        "status=entered": {"new"},
        f"topic={topic}": {"soon"},
        "kind=retraining": set(),
        "issuer=Институт развития": {"own"},
        "origin=tree": {"own"},
        "origin=outside": near - {"own"},
        "year=2022": {"over"},
        f"unit={world.units['school']}": {"soon"},
        f"staff={other}": near - {"soon"},
        "q=иванова": {"soon"},
        "q=over": {"over"},
        f"municipality={world.units['municipality2']}": set(),
    }.items():
        assert numbers(query) == wanted, query
    for raw in ("validity=later", "origin=moon", "year=1", "topic=x", "kind=x", "issuer=%00"):
        assert town.get(f"/certificates/?{raw}").status_code == 400, raw
    for key in ("person", "valid_until", "issued_on"):
        page = town.get(f"/certificates/?sort={key}&desc=0&filters=1").text
        assert "через 12 дней" in page
        assert "срок истёк" in page
    assert numbers("", browser("provider")) == {"own"}
    assert numbers("", browser("school")) == {"soon"}
    assert numbers("on_day=2026-11-01") == set()
    assert browser("foreign_region").get("/certificates/").text.count("row-link") == 0
    export = town.get("/certificates/export")
    assert export.status_code == 200
    # By mail every week, to each recipient what is open to them.
    assert "срок которых истекает" in town.get("/mailings/new").text
    made_mailing = {"what": "list:certificates_soon", "timing": "weekly", "weekday": "0", "hour": "8"}
    answer = town.post("/mailings/new", made_mailing)
    assert "/certificates/?validity=soon" in town.get(answer.headers["Location"]).text


def test_many_are_weighed_before_they_are_confirmed(engine, world, browser, person):
    topic = add_topic(engine, world)
    sound = add_certificate(engine, world, person, topic=topic, number="1", status=S.ENTERED)
    doubtful = add_certificate(engine, world, person, number="2", status=S.ENTERED)
    wrong = add_certificate(engine, world, person, topic=topic, number="3", status=S.ENTERED, hours=3)
    far = add_certificate(engine, world, add_person(engine, world, "school_b"), status=S.ENTERED)
    town = browser("municipality")
    page = town.get("/certificates/?status=entered").text
    assert 'formaction="/certificates/confirm-many"' in page
    assert "confirm-many" not in browser("school").get("/certificates/").text
    ids = [f"{number}:1" for number in (sound, doubtful, wrong)]
    page = town.post("/certificates/confirm-many", {"id": ids}).text
    assert "Можно подтвердить: 2 из 3" in page
    assert page.count(" checked") == 1
    assert f'value="{wrong}:' not in page
    for word in ("замечаний нет", "Тема не указана", "нельзя подтвердить"):
        assert word in page
    assert town.post("/certificates/confirm-many", {"id": [*ids, str(far)]}).status_code == 404
    assert town.post("/certificates/confirm-many", {"sure": "1"}).status_code == 422
    assert browser("school").post("/certificates/confirm-many", {"id": ids, "sure": "1"}).status_code == 403
    page = town.post("/certificates/confirm-many", {"id": ids, "sure": "1"}).text
    assert "Сделано: 2 из 3" in page
    states = [one_of(engine, id=number).status for number in (sound, doubtful, wrong, far)]
    assert states == [S.CONFIRMED, S.CONFIRMED, S.ENTERED, S.ENTERED]
    page = town.post("/certificates/refuse-many", {"id": [str(wrong)]})
    assert (page.status_code, "Что исправить" in page.text) == (200, True)
    page = town.post("/certificates/refuse-many", {"id": [str(wrong)], "note": " "})
    assert (page.status_code, "Напишите причину" in page.text) == (422, True)
    assert "Сделано: 1 из 1" in town.post("/certificates/refuse-many", {"id": [str(wrong)], "note": "часы"}).text
    assert (one_of(engine, id=wrong).status, one_of(engine, id=wrong).remark) == (S.REFUSED, "часы")


def test_a_document_of_the_provider_shows_where_it_comes_from(engine, world, browser, person):
    group = add_group(engine, world, add_programme(engine, world), title="Поток «Осень»")
    enrolment = enrol(engine, group, person, status=EnrolmentStatus.CERTIFIED)
    number = add_certificate(engine, world, person, issuer="provider", enrolment_id=enrolment)
    base = f"/certificates/{number}"
    for login in ("school", "municipality", "provider", "region"):
        page = browser(login).get(base)
        assert page.status_code == 200, login
        assert "Поток «Осень»" in page.text, login
        assert "МБОУ СОШ «school»" in page.text, login
        assert ("Аннулировать" in page.text) is (login in {"provider", "region"}), login
        assert f"{base}/edit" not in page.text
    # A trainee's documents from elsewhere are entered where the trainee works.
    provider = browser("provider")
    assert f"staff={person}" not in provider.get("/certificates/new/").text
    assert provider.get(f"/certificates/new/?staff={person}").status_code == 403
    school = browser("school")
    assert school.post(f"{base}/annul", {"note": "x"}).status_code == 403
    assert school.get(f"{base}/edit").status_code == 409
    assert school.post(f"{base}/scan", {"url": "https://school.example/scan"}).status_code == 403
    with writing(engine) as session:
        assert session.query(AuditEvent).filter_by(record_type="certificate", action="annul").count() == 0
