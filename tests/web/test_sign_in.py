from __future__ import annotations


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
    assert "Логин или пароль не подходят" in wrong.text
    assert "Логин или пароль не подходят" in unknown.text


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
