"""Launches that are bad: each refused with a plain sentence, nobody signed in, nothing written but that the state is used.

The person of the played platform is linked: each of these would sign them in if its check were gone.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from app.models import Base, LtiPlatform
from tests.bad_launches import BAD, replayed, without_cookie
from tests.factories.lti import add_account, add_deployment, add_platform
from tests.factories.training import writing
from tests.launches import FRAME, OWN, WINDOW, Registered
from tests.platform import ADDRESS, jwk

# What a refused launch may leave: its state, and the keys of the platform as read.
LEFT = {"lti_state", "lti_keyset"}


@pytest.fixture
def registered(app, engine, world) -> Registered:
    made = Registered(app, engine, world)
    made.link("school")
    return made


def rows(engine) -> dict[str, int]:
    with writing(engine) as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT]
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_each_bad_launch_is_refused_and_leaves_nothing(registered):
    """A decoy beside the right one: another platform with a key, a deployment «77» and a person «63» of its own."""
    engine, world = registered.engine, registered.world
    decoy = add_platform(engine, world, "foreign_region", issuer="https://other.test", client_id="other")
    add_deployment(engine, world, decoy, "foreign_region", deployment_id="77")
    add_account(engine, world, decoy, "foreign_school", subject="63")
    registered.played.published.append(jwk("kid-1") | {"kid": "unused", "alg": "RS512"})
    before = rows(engine)
    wrong = []
    for name, (launch, sentence) in BAD.items():
        browser = registered.browser()
        answer = launch(registered, browser)
        signed_in = registered.get(browser).status_code != 302
        # That page is a way on: the login begins anew in a window.
        status = 200 if launch is without_cookie else 403
        if answer.status_code != status or sentence not in answer.text or signed_in:
            wrong.append(f"{name}: {answer.status_code}, signed in: {signed_in}, {answer.text[-900:]}")
    assert not wrong, "\n".join(wrong)
    assert rows(engine) == before
    assert len(BAD) > 25
    endless = registered.browser().post("/lti/launch", data={"id_token": "x" * 600_000}, base_url=ADDRESS)
    assert endless.status_code == 413
    # And the same platform, the same person, with nothing wrong.
    good = registered.browser()
    assert registered.launch(good).status_code == 303
    assert registered.get(good).status_code == 200


def test_one_answer_of_the_platform_opens_one_session(registered):
    thief, again = replayed(registered, registered.browser())
    assert again.status_code == 403
    assert "нельзя использовать дважды" in again.text
    assert registered.get(thief).status_code == 302


def test_a_ticket_enters_once_and_from_a_page_of_ours_only(registered):
    """The button of a launch page: not from elsewhere, not twice, not without a ticket, not after the link is gone."""
    page = registered.launch(registered.browser(), headers=FRAME)
    assert page.status_code == 200, page.text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)[1]

    def press(browser, token=ticket, **headers):
        return browser.post("/lti/enter", data={"ticket": token}, base_url=ADDRESS, headers={**OWN, **headers})

    stranger = registered.browser()
    for foreign in (
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://other.monitoring.test"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
    ):
        assert press(stranger, **foreign).status_code == 403
    assert stranger.post("/lti/enter", data={"ticket": ticket}, base_url=ADDRESS).status_code == 403
    assert press(stranger, "A" * 43).status_code == 403
    assert registered.get(stranger).status_code == 302
    entered = press(stranger)
    assert entered.status_code == 303, entered.text
    assert registered.get(stranger).status_code == 200
    assert "уже использована" in press(registered.browser()).text
    again = registered.launch(registered.browser(), headers={**WINDOW, "Sec-Fetch-Dest": ""})
    ticket = re.search(r'name="ticket" value="([^"]+)"', again.text)[1]
    with writing(registered.engine) as session:
        session.scalars(select(LtiPlatform)).one().is_active = False
    late = registered.browser()
    assert "отключён" in press(late, ticket).text
    assert registered.get(late).status_code == 302
