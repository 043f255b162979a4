from __future__ import annotations

import re

import pytest

from app.models import Membership
from app.models.enumeration import Duty
from app.policies.unscoped import open_session
from tests.factories.world import add_user


def test_a_stranger_is_sent_to_the_sign_in_page(browser):
    answer = browser("").get("/assignments/?q=1")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in?next=/assignments/")


def test_a_person_signs_in_and_sees_the_home_page(browser):
    page = browser("municipality").get("/")
    assert page.status_code == 200
    assert "Томаринский муниципальный округ" in page.text
    assert "Анивский" not in page.text


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(browser):
    stranger = browser("")
    wrong = stranger.post("/sign-in", {"login": "region", "password": "wrong"})
    unknown = stranger.post("/sign-in", {"login": "whoever", "password": "wrong"})
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert "Имя для входа или пароль не подходят" in wrong.text
    assert "Имя для входа или пароль не подходят" in unknown.text


def test_the_sixth_attempt_waits_even_with_the_right_password(browser):
    stranger = browser("")
    for _ in range(5):
        stranger.post("/sign-in", {"login": "school", "password": "wrong"})
    answer = stranger.post("/sign-in", {"login": "school", "password": "a long password"})
    assert answer.status_code == 422
    assert "Подождите 15 минут" in answer.text
    assert stranger.post("/sign-in", {"login": "region", "password": "a long password"}).status_code == 302


def test_the_next_page_stays_on_this_site(browser):
    for hostile in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = browser("").post("/sign-in", {"login": "region", "password": "a long password", "next": hostile})
        assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("digits", [19, 20, 400, 5000])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/evidence/files/{}"),
        ("GET", "/orders/{}/matrix"),
        ("POST", "/assignments/1/extension/{}/grant"),
        ("POST", "/assignments/1/reports/{}/note"),
        ("POST", "/users/1/revoke/{}"),
    ],
)
def test_a_number_that_no_database_holds_is_no_address(world, browser, method, path, digits):
    client = browser("region")
    ask = client.get if method == "GET" else client.post
    assert ask(path.format("9" * digits)).status_code == 404


def test_a_unit_s_number_beyond_python_s_own_limit_is_no_unit(world, browser):
    assert browser("region").post("/switch", {"unit_id": "9" * 5000}).status_code == 404


def test_a_form_of_another_unit_is_refused_after_a_switch(engine, world, browser):
    """Two windows: what was written as one unit must not be saved as the other."""
    with open_session(engine, reason="tests appoint a person twice") as session:
        session.connection(execution_options={"writes": True})
        person = add_user(session, world, "both", world.units["municipality"], Duty.OPERATOR)
        session.add(Membership(user_id=person.id, org_unit_id=world.units["municipality2"], duty=Duty.OPERATOR))
    client = browser("both")
    first_window = client.token()
    assert client.post("/switch", {"unit_id": world.units["municipality2"]}).status_code == 302
    typed = {"kind": "directive", "title": "Написано первой организацией"}
    late = client.client.post("/orders/new/by-hand", data={**typed, "csrf_token": first_window})
    assert late.status_code == 400
    assert "Обновите" in late.text
    fresh = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/orders/new/by-hand").text)[1]
    assert client.client.post("/orders/new/by-hand", data={**typed, "csrf_token": fresh}).status_code == 302


def test_a_session_ends_however_busy_it_was(browser, monkeypatch):
    from app.web import session as sessions

    person = browser("school")
    assert person.get("/").status_code == 200
    monkeypatch.setattr(sessions, "LONGEST_SECONDS", -1)
    assert person.get("/").headers["Location"].startswith("/sign-in")


def test_a_strangers_body_is_not_read(browser):
    answer = browser("").client.post("/orders/new", data={"text": "x" * 31 * 1024 * 1024})
    assert answer.status_code == 302
