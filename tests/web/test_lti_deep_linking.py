"""Deep linking: a person chooses of what they see themselves, and the platform gets a signed answer at its own address."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import jwt
import pytest
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select

from app.models import LtiAccount
from app.models.enumeration_of_training import GroupStatus
from app.policies.unscoped import open_session
from app.services import clock, lti_key, outside
from app.services.outside import Outside
from app.services.secret_box import SecretBox
from tests.factories.measures import add_measure
from tests.factories.monitoring import hold_round
from tests.factories.training import add_group, add_programme
from tests.launches import FRAME, Registered
from tests.platform import ADDRESS, recorded_text

pytestmark = pytest.mark.once
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
OF = "launch_deeplinking_teacher"
INSIDE = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin", "Origin": ADDRESS}


@pytest.fixture
def registered(app, engine, world) -> Registered:
    found = Registered(app, engine, world)
    found.link("school")
    return found


def ticket_of(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def choose(browser, ticket: str, *choices: str, headers: dict[str, str] = INSIDE, **more: str):
    data: dict[str, Any] = {"ticket": ticket, "choice": list(choices), "act": "add", **more}
    return browser.post("/lti/choose", data=data, base_url=ADDRESS, headers=headers)


def answered(engine, page: str) -> dict[str, Any]:
    """The claims of the answer, its signature checked by the published keys."""
    token = re.search(r'name="JWT" value="([^"]+)"', page)
    assert token is not None, page
    kid = jwt.get_unverified_header(token[1])["kid"]
    keys = {one["kid"]: one for one in lti_key.jwks(engine, clock.now())["keys"]}
    return jwt.decode(token[1], RSAAlgorithm.from_jwk(keys[kid]), algorithms=["RS256"], audience="https://moodle.test")


def test_what_is_chosen_goes_back_signed(registered, engine, world):
    held = hold_round(engine, world, units=("school", "school2", "school_b"))
    sheet, other = held.assessments["school"], held.assessments["school2"]
    group = add_group(engine, world, add_programme(engine, world), title="Поток для школ")
    second = add_programme(engine, world, title="Вторая")
    add_group(engine, world, second, title="Черновик института", status=GroupStatus.DRAFT)
    mine = add_measure(engine, world, "school", title="Мера своей школы")
    add_measure(engine, world, "school2", title="Мера чужой школы")
    browser = registered.browser()
    page = registered.launch(browser, headers=FRAME, of=OF)
    assert page.status_code == 200
    assert "frame-ancestors https://moodle.test" in page.headers["Content-Security-Policy"]
    names = re.findall(r'name="choice" value="([^"]+)"', page.text)
    wanted = {"work", f"round:{held.round_id}", f"assessment:{sheet}", f"training_group:{group}"}
    assert wanted | {f"corrective_measure:{mine}"} == set(names)
    assert "Мера чужой школы" not in page.text
    ticket = ticket_of(page.text)

    # A search leaves the ticket as it is, and what was marked marked.
    found = choose(browser, ticket, "work", act="find", q="мера своей")
    assert set(re.findall(r'name="choice" value="([^"]+)"', found.text)) == {"work", f"corrective_measure:{mine}"}
    assert 'value="work" checked' in found.text
    assert "ничего не нашлось" in choose(browser, ticket, act="find", q="нет такого").text
    assert "Отметьте, что добавить" in choose(browser, ticket).text
    for foreign in (f"assessment:{other}", "assessment:999999", "assessment:x", "nothing:1", "round:999"):
        refused = choose(browser, ticket, "work", foreign)
        assert refused.status_code == 422
        assert "уже не открыто" in refused.text

    chosen = ("work", f"round:{held.round_id}", f"assessment:{sheet}", f"corrective_measure:{mine}")
    answer = choose(browser, ticket, *chosen, scored="1")
    assert answer.status_code == 200
    return_url = "https://moodle.test/mod/lti/contentitem_return.php?course=2&id=2&sesskey=xOf58YYGcf"
    assert f'action="{html.escape(return_url)}"' in answer.text
    assert "form-action 'self' https://moodle.test;" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors https://moodle.test" in answer.headers["Content-Security-Policy"]
    claims = answered(engine, answer.text)
    assert set(claims) == set(json.loads(recorded_text("deeplinking_response_payload.json")))
    assert (claims["iss"], claims[f"{LTI}deployment_id"]) == (registered.played.client_id, "2")
    assert claims[f"{LTI}message_type"] == "LtiDeepLinkingResponse"
    assert claims[f"{LTI}version"] == "1.3.0"
    assert claims["exp"] - claims["iat"] == 300
    items = claims[ITEMS]
    assert [one["custom"] for one in items] == [
        {"target": "work"},
        {"target": "assessment", "round": str(held.round_id)},
        {"target": "assessment", "record": str(sheet)},
        {"target": "corrective_measure", "record": str(mine)},
    ]
    assert {one["type"] for one in items} == {"ltiResourceLink"}
    assert {one["url"] for one in items} == {f"{ADDRESS}/lti/launch"}
    assert "lineItem" not in items[0]
    assert items[2]["lineItem"] == {
        "scoreMaximum": 1,
        "label": "Лист оценки: Мониторинг ВСОКО 2026",
        "resourceId": f"assessment-{sheet}",
        "tag": "assessment",
    }
    # Used: the same page answers no second time.
    assert choose(browser, ticket, "work").status_code == 403

    # The link that was chosen opens what it says: everybody their own sheet.
    registered.link("school2", subject="70")
    for subject, number in (("63", sheet), ("70", other)):
        opened = registered.launch(registered.browser(), sub=subject, custom=items[1]["custom"])
        assert opened.headers["Location"] == f"/assessments/{number}"


def test_one_link_where_the_platform_takes_one(registered, engine, world):
    held = hold_round(engine, world, units=("school",))
    browser = registered.browser()
    settings = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
        "accept_multiple": False,
        "accept_lineitem": False,
        "deep_link_return_url": "https://moodle.test/return",
        "data": "csrf:7",
    }
    page = registered.launch(browser, headers=FRAME, of=OF, **{SETTINGS: settings})
    assert 'type="radio"' in page.text
    assert 'name="scored"' not in page.text
    ticket = ticket_of(page.text)
    assert choose(browser, ticket, "work", f"round:{held.round_id}").status_code == 422
    answer = choose(browser, ticket, f"round:{held.round_id}", scored="1")
    claims = answered(engine, answer.text)
    assert claims["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == "csrf:7"
    assert "lineItem" not in claims[ITEMS][0]


def test_who_may_not_choose(registered, engine):
    stranger = registered.browser()
    page = registered.launch(stranger, headers=FRAME, of=OF, sub="99")
    assert "Учётная запись ещё не связана" in page.text
    browser = registered.browser()
    ticket = ticket_of(registered.launch(browser, headers=FRAME, of=OF).text)
    for headers in ({}, {"Origin": "https://evil.test"}, FRAME):
        assert choose(stranger, ticket, "work", headers=headers).status_code == 403
    # Without a key nothing is signed; the page says so and keeps what was marked.
    kept = outside.outside_of(engine)
    outside.open_for(engine, Outside(box=SecretBox(), http=kept.http, address=ADDRESS))
    refused = choose(browser, ticket, "work")
    assert refused.status_code == 422
    assert "SECRETS_KEY" in refused.text
    assert 'value="work" checked' in refused.text
    outside.open_for(engine, kept)
    # A link taken away ends it, whatever page is still open.
    with open_session(engine, reason="a test prepares") as session:
        session.connection(execution_options={"writes": True})
        session.delete(session.scalars(select(LtiAccount)).one())
    assert choose(browser, ticket, "work").status_code == 403
