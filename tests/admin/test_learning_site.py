"""Sites that are read, in pages: connected, checked step by step, read now, switched; the key is never shown."""

from __future__ import annotations

import json
import re
import zlib

import pytest

from app.models import AuditEvent, Job, LearningPerson, LearningSite
from app.models.enumeration import Duty
from app.models.enumeration_of_training import GroupStatus
from app.policies.unscoped import open_session
from app.services import outside
from app.services.outside import Outside
from app.services.secret_box import SecretBox, new_key
from tests.factories.learning import add_answer, add_course, add_outcome, add_person, add_site
from tests.factories.training import add_group, add_programme, writing
from tests.factories.world import add_user
from tests.moodle import ADDRESS, TOKEN, PlayedMoodle
from tests.services.statements import counted

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

TYPED = {"title": "СДО <b>института</b>", "address": "", "token": "", "a_minute": "600", "kept_days": "30"}


@pytest.fixture
def moodle(engine):
    played = PlayedMoodle()
    outside.open_for(engine, Outside(box=SecretBox([new_key()]), http=played, address="https://monitoring.test"))
    return played


def site_of(engine, number):
    with open_session(engine, reason="tests look") as session:
        found = session.get_one(LearningSite, number)
        session.expunge(found)
        return found


def test_a_site_is_connected_checked_changed_and_switched(engine, world, browser, moodle):
    provider = browser("provider")
    assert "Подключить СДО" in provider.get("/learning-sites/").text
    answer = provider.post("/learning-sites/new/", TYPED | {"address": "javascript:alert(1)", "token": TOKEN})
    assert answer.status_code == 422
    assert TOKEN not in answer.text, "a refused form shows the key"
    assert "&lt;b&gt;института" in answer.text
    sent = TYPED | {"address": f"{ADDRESS.removeprefix('https://')}/login/index.php", "token": f" {TOKEN} "}
    number = int(provider.post("/learning-sites/new/", sent).headers["Location"].rpartition("/")[2])
    base, made = f"/learning-sites/{number}", site_of(engine, number)
    assert (made.address, made.org_unit_id) == (ADDRESS, world.units["provider"])
    assert TOKEN not in made.token_sealed
    assert "уже подключён" in provider.post("/learning-sites/new/", sent | {"title": "Ещё раз"}).text

    checked = provider.post(f"{base}/check").text
    assert "СДО читается" in checked
    assert "<b>института" not in checked
    assert moodle.asked, "nothing was asked"
    moodle.refuse("core_webservice_get_site_info", "invalidtoken")
    assert "СДО пока не читается" in provider.post(f"{base}/check").text
    assert "не приняла ключ" in provider.get(base).text
    moodle.refuse("core_webservice_get_site_info", "")
    provider.post(f"{base}/check")
    assert site_of(engine, number).problem == ""
    assert site_of(engine, number).release.startswith("4.5")

    page = provider.get(f"{base}/edit").text
    assert TOKEN not in page
    assert 'type="password"' in page
    version = site_of(engine, number).version
    changed = TYPED | {"address": "https://evil.test", "version": str(version)}
    refused = provider.post(f"{base}/edit", changed)
    assert (refused.status_code, "введите ключ доступа заново" in refused.text) == (422, True)
    kept = provider.post(f"{base}/edit", TYPED | {"title": "СДО", "address": ADDRESS, "version": str(version)})
    assert kept.status_code == 302
    assert site_of(engine, number).token_sealed == made.token_sealed
    stale = provider.post(f"{base}/edit", TYPED | {"title": "Старое", "address": ADDRESS, "version": str(version)})
    assert stale.status_code == 409
    assert 'value="Старое"' in stale.text

    provider.post(f"{base}/nightly", {"on": "1"})
    assert (site_of(engine, number).is_nightly, site_of(engine, number).runs_as_id) == (True, world.users["provider"])
    assert "от имени: Сотрудник provider" in provider.get(base).text
    provider.post(f"{base}/switch", {"on": "0"})
    assert "Взять сейчас" not in provider.get(base).text
    assert provider.post(f"{base}/check").status_code == 409
    provider.post(f"{base}/switch", {"on": "1"})
    provider.post(f"{base}/forget-token")
    found = site_of(engine, number)
    assert (found.token_sealed, found.is_nightly) == ("", False)
    with open_session(engine, reason="tests look") as session:
        told = session.query(AuditEvent).filter_by(record_type="learning_site", record_id=number).all()
        assert "Ключ доступа удалён." in {event.note for event in told}
        assert TOKEN not in json.dumps([event.changes for event in told])


def test_another_address_of_a_site_with_people_is_not_taken_by_mistake(engine, world, browser, moodle):
    """On another site the same numbers are other people."""
    provider, site = browser("provider"), add_site(engine, world, address=ADDRESS)
    with writing(engine) as session:
        session.add(LearningPerson(org_unit_id=world.units["provider"], site_id=site, remote_id="17"))
    moved = TYPED | {"address": "https://new.example.test", "token": TOKEN, "version": "1"}
    refused = provider.post(f"/learning-sites/{site}/edit", moved)
    assert (refused.status_code, "уже узнаны люди" in refused.text) == (422, True)
    assert 'name="same_people"' in refused.text
    assert site_of(engine, site).address == ADDRESS
    assert provider.post(f"/learning-sites/{site}/edit", moved | {"same_people": "y"}).status_code == 302
    assert site_of(engine, site).address == "https://new.example.test"


def test_who_may_see_and_keep_a_site(engine, world, browser, moodle):
    site, own = add_site(engine, world, token_sealed="sealed"), add_site(engine, world, "region", title="Общая")
    with writing(engine) as session:
        add_user(session, world, "reader", world.units["provider"], Duty.OBSERVER)
        add_user(session, world, "keeper", world.units["provider"], Duty.UNIT_ADMIN)
    pages = ("", "edit", "check", "pull", "switch", "nightly", "forget-token")
    for login in ("school", "municipality", "observer", "reader"):
        assert browser(login).get("/learning-sites/").status_code == 403, login
        assert browser(login).post(f"/learning-sites/{site}/switch", {"on": "0"}).status_code == 403, login
    far, admin, region = browser("foreign_region"), browser("keeper"), browser("region")
    assert "Moodle института" not in far.get("/learning-sites/").text
    for page in pages:
        ask = far.get if page in {"", "edit"} else far.post
        assert ask(f"/learning-sites/{site}/{page}".rstrip("/")).status_code == 404, page
    # An administrator connects and checks; results are taken by a coordinator.
    page = admin.get(f"/learning-sites/{site}").text
    assert "Проверить связь" in page
    assert "Получить список курсов" not in page
    assert admin.post(f"/learning-sites/{site}/pull").status_code == 403
    assert admin.post(f"/learning-sites/{site}/nightly", {"on": "1"}).status_code == 403
    assert admin.get(f"/learning-sites/{own}").status_code == 404
    # The region keeps its providers' sites too, and says whose a new one is.
    assert "Изменить" in region.get(f"/learning-sites/{site}").text
    sent = TYPED | {"title": "За институт", "address": "https://other.test", "unit_id": str(world.units["provider"])}
    number = int(region.post("/learning-sites/new/", sent).headers["Location"].rpartition("/")[2])
    assert site_of(engine, number).org_unit_id == world.units["provider"]
    foreign = region.post("/learning-sites/new/", sent | {"unit_id": str(world.units["foreign_provider"])})
    assert (foreign.status_code, "Выберите организацию" in foreign.text) == (422, True)


def test_what_is_to_be_done_next_is_the_primary_act(engine, world, browser, moodle):
    key = outside.outside_of(engine).box.seal(TOKEN)
    base = f"/learning-sites/{add_site(engine, world, address=ADDRESS, token_sealed=key)}"
    provider = browser("provider")

    def primary():
        return re.findall(r'class="button primary">([^<]+)', provider.get(base).text)

    assert primary() == ["Проверить связь"]
    moodle.refuse("core_webservice_get_site_info", "invalidtoken")
    refused = provider.post(f"{base}/check").text
    assert "Ключ принят: нет</strong>" in refused, "the name of the step alone says the opposite"
    assert f'<a href="{base}/edit">Изменить адрес или ключ</a>' in refused
    assert primary() == ["Проверить связь"]
    moodle.refuse("core_webservice_get_site_info", "")
    provider.post(f"{base}/check")
    assert primary() == ["Получить список курсов"]


def test_another_site_is_not_read_in_the_name_of_who_meant_this_one(engine, world, browser, moodle):
    """An administrator takes no results; by a site of their own they would, in the coordinator's name, at night."""
    box = outside.outside_of(engine).box
    with writing(engine) as session:
        add_user(session, world, "keeper", world.units["provider"], Duty.UNIT_ADMIN)
    site = add_site(engine, world, address=ADDRESS, token_sealed=box.seal(TOKEN))
    provider, admin = browser("provider"), browser("keeper")

    def change(who, address: str, token: str) -> str:
        version = str(site_of(engine, site).version)
        sent = TYPED | {"title": "СДО", "address": address, "token": token, "version": version}
        answer = who.post(f"/learning-sites/{site}/edit", sent)
        assert answer.status_code == 302, answer.text
        return who.get(answer.headers["Location"]).text

    provider.post(f"/learning-sites/{site}/nightly", {"on": "1"})
    # A new key of the same site, and one's own change of the address, leave the nights as they are.
    change(admin, ADDRESS, "0" * 32)
    change(provider, "https://moved.test", TOKEN)
    assert site_of(engine, site).runs_as_id == world.users["provider"]
    assert "Чтение по ночам выключено" in change(admin, "https://evil.test", TOKEN)
    assert (site_of(engine, site).is_nightly, site_of(engine, site).runs_as_id) == (False, None)


def test_raw_answers_are_the_coordinators(engine, world, browser):
    box = outside.outside_of(engine).box
    site, provider = add_site(engine, world, address=ADDRESS, token_sealed="sealed"), browser("provider")
    body = b'{"fullname": "\\u0418"}'
    answer = add_answer(engine, site, body=box.seal_bytes(zlib.compress(body)), size=len(body))
    seen = provider.post(f"/learning-sites/{site}/answers/{answer}/see")
    assert (seen.data, "attachment" in seen.headers["Content-Disposition"]) == (body, True)
    assert provider.get(f"/learning-sites/{site}/answers/{answer}/see").status_code in {404, 405}
    # By the page of another site it is not there; and a СНИЛС may stand in it, which an administrator may not see.
    second = add_site(engine, world, title="Третий сайт", address="https://c.test")
    assert provider.post(f"/learning-sites/{second}/answers/{answer}/see").status_code == 404
    with writing(engine) as session:
        add_user(session, world, "keeper", world.units["provider"], Duty.UNIT_ADMIN)
    assert "Ответы СДО" in provider.get(f"/learning-sites/{site}").text
    admin = browser("keeper")
    assert "Ответы СДО" not in admin.get(f"/learning-sites/{site}").text
    assert admin.post(f"/learning-sites/{site}/answers/{answer}/see").status_code == 403
    with open_session(engine, reason="tests look") as session:
        assert session.query(AuditEvent).filter_by(record_type="learning_site", action="see_answer").count() == 1


def test_reading_now_and_courses(engine, world, browser, moodle):
    box = outside.outside_of(engine).box
    site = add_site(engine, world, address=ADDRESS, token_sealed=box.seal(TOKEN))
    group = add_group(engine, world, add_programme(engine, world), status=GroupStatus.STUDYING)
    course, loose = (
        add_course(engine, site, group_id=group),
        add_course(engine, site, remote_id="3", title="Другой курс"),
    )
    foreign = add_site(engine, world, "foreign_provider", title="Чужая")
    strange = add_course(engine, foreign, title="Чужой курс")
    beside = add_course(engine, add_site(engine, world, title="Второй сайт", address="https://b.test"), remote_id="9")
    for index in range(9):
        person = add_person(engine, site, remote_id=str(index), full_name=f"Не узнан {index}", is_ignored=index > 6)
        add_outcome(engine, course, person)
    provider = browser("provider")
    page = provider.get(f"/learning-sites/{site}").text
    assert "<b>7</b><span>не узнаны" in page
    assert "Другой курс" in page
    assert "Чужой курс" not in page
    job = provider.post(f"/learning-sites/{site}/pull", {"course": str(course)})
    assert re.search(r"/jobs/\d+$", job.headers["Location"])
    for other in (strange, beside):
        assert provider.post(f"/learning-sites/{site}/pull", {"course": str(other)}).status_code == 404
    with open_session(engine, reason="tests look") as session:
        [asked] = session.query(Job).filter_by(kind="learning.pull").all()
        assert asked.parameters == {"site_id": site, "course_id": course}
    # Tying: to the group at once with a reading; never to a foreign one.
    region_group = add_group(engine, world, add_programme(engine, world, "foreign_provider"), "foreign_provider")
    base = f"/learning-courses/{loose}"
    listed = provider.get(f"/learning-courses/for-group/{group}").text
    assert "Другой курс" in listed
    assert "Чужой курс" not in listed
    assert provider.get(f"/learning-courses/for-group/{region_group}").status_code == 404
    assert provider.post(f"{base}/tie", {"group_id": ""}).status_code == 422
    assert provider.post(f"{base}/tie", {"group_id": str(region_group)}).status_code == 422
    tied = provider.post(f"{base}/tie", {"group_id": str(group), "version": "1", "pull": "1"})
    assert "/jobs/" in tied.headers["Location"]
    assert provider.post(f"{base}/tie", {"group_id": str(group), "version": "1"}).status_code == 409
    assert "привязан" in provider.get(f"/learning-courses/for-group/{group}").text
    provider.post(f"{base}/untie")
    assert "не привязан" in provider.get(base).text
    with counted(engine) as statements:
        provider.get(f"/learning-sites/{site}")
    assert len(statements) <= 8, statements


def test_lists_are_narrowed_exported_and_stood_on_a_day(engine, world, browser, moodle):
    add_site(engine, world, title="Без ключа")
    add_site(engine, world, title="Читается", address="https://b.test", token_sealed="x", pulled_at=None)
    files = add_site(engine, world, title="Из файлов", address="")
    broken = add_site(engine, world, title="Сломан", address="https://d.test", token_sealed="x", problem="Ключ не тот.")
    add_course(engine, broken, title="Курс А")
    provider = browser("provider")

    def found(query):
        text = provider.get(f"/learning-sites/?{query}").text
        return {name for name in ("Без ключа", "Читается", "Из файлов", "Сломан") if f">{name}<" in text}

    # Where files are brought no address is read: its courses are no courses of a site.
    named = provider.post(f"/learning-sites/{files}/edit", TYPED | {"title": "Из файлов", "version": "1"})
    assert named.status_code == 302
    refused = provider.post(f"/learning-sites/{files}/edit", TYPED | {"address": ADDRESS, "version": "2"})
    assert (refused.status_code, "подключите её отдельно" in refused.text) == (422, True)
    assert found("state=problem") == {"Сломан"}
    assert found("state=keyless") == {"Без ключа"}
    assert found("state=files") == {"Из файлов"}
    assert found("state=new") == {"Читается"}
    assert found("q=сломан") == {"Сломан"}
    assert provider.get("/learning-sites/?state=nonsense").status_code == 400
    for word in ("sites", "courses", "people", "outcomes"):
        assert provider.get(f"/learning-{word}/export").status_code == 200, word
        assert provider.get(f"/learning-{word}/?on_day=2026-11-22").status_code == 200, word
        assert provider.get(f"/learning-{word}/?filters=1").status_code == 200, word
