"""The pages of mailings: set up, recipients, pausing, the trial letter, and the reader's own word about them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Job, Mailing, MailingRecipient, MailRefusal
from app.models.enumeration import OrderStatus
from app.models.mailing import MailingStatus
from app.policies.unscoped import open_session
from tests.factories.order import issue_order
from tests.jobs.mail_world import an_order, give_addresses, set_up, the_mailing

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

FIRST = {"timing": "weekly", "weekday": "0", "hour": "8", "days_before": "3", "title": ""}


@pytest.fixture
def order_id(engine, world):
    give_addresses(engine, world, "region", "municipality", "school", "school_b", "foreign_school")
    return an_order(engine, world).order_id


@pytest.fixture
def number(engine, world, actor, order_id):
    return set_up(engine, world, actor, order_id, "school", now=datetime(2026, 11, 20, tzinfo=UTC))


def rows(engine, model):
    with open_session(engine, reason="tests look") as session:
        return list(session.scalars(select(model).order_by(model.id)))


def test_a_mailing_of_an_order_is_set_up_from_its_page(browser, order_id, engine, world):
    region = browser("region")
    form = region.get(f"/mailings/new?order={order_id}").text
    assert re.search(rf'<option selected value="order:{order_id}">', form)
    answer = region.post("/mailings/new", {**FIRST, "what": f"order:{order_id}"})
    assert answer.status_code == 302
    [made] = rows(engine, Mailing)
    assert (made.content, made.order_id, made.weekday, made.hour) == ("order_execution", order_id, 0, 8)
    assert made.title == "Исполнение: распоряжение № 3.12-118-Р от 01.09.2026"
    assert made.org_unit_id == world.units["region"]
    page = region.get(f"/mailings/{made.id}").text
    assert "Понедельник, в 08:00" in page
    assert "Почта на этой установке не настроена" in page
    assert made.title in region.get("/mailings/").text
    # Who may not see the document cannot mail about it, nor can a draft be mailed about.
    draft = issue_order(engine, world, status=OrderStatus.DRAFT, number="черновик").order_id
    assert region.post("/mailings/new", {**FIRST, "what": f"order:{draft}"}).status_code == 422
    assert browser("municipality").post("/mailings/new", {**FIRST, "what": f"order:{draft}"}).status_code == 422
    assert browser("foreign_region").post("/mailings/new", {**FIRST, "what": f"order:{order_id}"}).status_code == 422
    assert len(rows(engine, Mailing)) == 1


def test_a_list_is_mailed_with_its_conditions_and_the_state_of_the_day(browser, order_id, engine):
    region = browser("region")
    query = "overdue=1&on_day=2026-09-10&status=assigned"
    form = region.get(f"/mailings/new?register=assignment&query={query.replace('&', '%26')}")
    assert "Просрочено: да" in form.text
    answer = region.post("/mailings/new", {**FIRST, "what": "list:assignment", "query": query})
    assert answer.status_code == 302, answer.text
    [made] = rows(engine, Mailing)
    assert made.parameters["arguments"] == [["overdue", "1"], ["status", "assigned"]]
    assert 'href="/assignments/?overdue=1&amp;status=assigned"' in region.get(f"/mailings/{made.id}").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"what": ""}, "Выберите, что присылать."),
        ({"what": "list:overdue", "timing": "before_term"}, "только об исполнении распоряжения"),
        ({"what": "order:ORDER", "timing": "before_term", "days_before": "0"}, "от 1 до 60"),
        ({"what": "order:ORDER", "title": "x" * 201}, "не больше 200"),
        ({"what": "list:secrets"}, "Такого реестра нет"),
        ({"what": "order:ORDER", "hour": "24"}, "Not a valid choice|Недопустимый|Неверный"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_kept(browser, order_id, engine, typed, told):
    given = {**FIRST, "title": "Своё название", **typed}
    given["what"] = given["what"].replace("ORDER", str(order_id))
    answer = browser("region").post("/mailings/new", given)
    assert answer.status_code == 422
    assert re.search(told, answer.text)
    assert rows(engine, Mailing) == []


def test_recipients_are_people_of_the_makers_part_with_an_address_which_is_not_shown(
    browser, engine, world, order_id, number
):
    region = browser("region")
    page = region.get(f"/mailings/{number}").text
    assert "Сотрудник municipality" in page
    assert "Сотрудник provider" not in page
    assert "Сотрудник foreign_school" not in page
    assert "@example.ru" not in page
    # Addresses are not found out by trying either.
    assert "Никого не найдено" in region.get(f"/mailings/{number}?q=example.ru").text
    school_b = f"{world.users['school_b']}:{world.units['school_b']}"
    assert region.post(f"/mailings/{number}/recipients", {"person": school_b}).status_code == 302
    assert {one.user_id for one in rows(engine, MailingRecipient)} == {world.users["school"], world.users["school_b"]}
    for stranger, unit in (("foreign_school", "foreign_school"), ("school_b", "school"), ("provider", "provider")):
        person = f"{world.users[stranger]}:{world.units[unit]}"
        assert region.post(f"/mailings/{number}/recipients", {"person": person}).status_code == 404, stranger
    region.post(f"/mailings/{number}/recipients", {"all": "1", "kind": "municipality"})
    assert len(rows(engine, MailingRecipient)) == 3
    [first, *_] = rows(engine, MailingRecipient)
    region.post(f"/mailings/{number}/recipients/{first.id}/remove")
    assert len(rows(engine, MailingRecipient)) == 2


def test_pausing_resuming_changing_deleting_and_their_rows_in_the_journal(browser, engine, number):
    region = browser("region")
    region.post(f"/mailings/{number}/pause")
    assert the_mailing(engine, number).status is MailingStatus.PAUSED
    assert region.post(f"/mailings/{number}/pause").status_code == 409
    region.post(f"/mailings/{number}/resume")
    kept = the_mailing(engine, number)
    assert (kept.status, kept.pause_note) == (MailingStatus.ACTIVE, "")
    stale = region.post(f"/mailings/{number}/edit", {**FIRST, "title": "Поздно", "version": "1"})
    assert stale.status_code == 422
    assert "Поздно" in stale.text
    changed = {**FIRST, "title": "По пятницам", "weekday": "4", "hour": "17", "version": str(kept.version)}
    assert region.post(f"/mailings/{number}/edit", changed).status_code == 302
    assert "Пятница, в 17:00" in region.get(f"/mailings/{number}").text
    region.post(f"/mailings/{number}/delete")
    assert rows(engine, Mailing) == []
    assert rows(engine, MailingRecipient) == []
    told = [row.action for row in rows(engine, AuditEvent) if row.record_type == "mailing"]
    assert told == ["create", "pause", "resume", "change", "delete"]


def test_those_above_see_a_mailing_and_its_own_unit_keeps_it(browser, engine, world, actor, order_id):
    mine = set_up(engine, world, actor, order_id, "school", login="municipality")
    region = browser("region")
    page = region.get(f"/mailings/{mine}")
    assert page.status_code == 200
    assert "Отправить сейчас себе" not in page.text
    for act in ("pause", "delete", "send-to-me", "recipients"):
        assert region.post(f"/mailings/{mine}/{act}", {"person": "1:1"}).status_code == 403, act
    assert region.get(f"/mailings/{mine}/edit").status_code == 403
    for stranger in ("municipality2", "foreign_region"):
        assert browser(stranger).get(f"/mailings/{mine}").status_code == 404
        assert browser(stranger).post(f"/mailings/{mine}/delete").status_code == 404
    assert browser("school").get("/mailings/").status_code == 403
    # A colleague may take it over.
    colleague = browser("colleague")
    colleague.post(f"/mailings/{mine}/pause")
    colleague.post(f"/mailings/{mine}/resume")
    assert the_mailing(engine, mine).made_by_id == world.users["colleague"]


def test_the_trial_letter_is_a_job_of_the_asker(browser, engine, number, world):
    answer = browser("region").post(f"/mailings/{number}/send-to-me")
    [job] = rows(engine, Job)
    assert answer.location == f"/jobs/{job.id}"
    assert (job.user_id, job.parameters["to_me"]) == (world.users["region"], True)


def test_without_an_address_of_ones_own_there_is_no_trial(browser, engine, world, actor, order_id):
    mine = set_up(engine, world, actor, order_id, "school_b", login="municipality2")
    browser("municipality2").post(f"/mailings/{mine}/send-to-me")
    assert rows(engine, Job) == []


def test_a_recipient_refuses_and_takes_it_back_and_nobody_else_learns_of_the_mailing(browser, engine, number, world):
    school = browser("school")
    assert "Исполнение" in school.get(f"/mail-stop/{number}").text
    school.post(f"/mail-stop/{number}")
    school.post(f"/mail-stop/{number}")
    assert [one.user_id for one in rows(engine, MailRefusal)] == [world.users["school"]]
    assert "Вы отказались" in school.get(f"/mail-stop/{number}").text
    school.post(f"/mail-stop/{number}", {"again": "1"})
    assert rows(engine, MailRefusal) == []
    for stranger in ("school2", "region", "foreign_school", "admin"):
        assert browser(stranger).get(f"/mail-stop/{number}").status_code == 404, stranger
        assert browser(stranger).post(f"/mail-stop/{number}").status_code == 404, stranger
    assert rows(engine, MailRefusal) == []
