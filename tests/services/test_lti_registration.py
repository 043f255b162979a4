"""Dynamic registration: a link for one unit and one site, once, and what the platform is told and tells."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.integrations.http import HttpAnswer
from app.models import AuditEvent, LtiDeployment, LtiPlatform, Membership, OrgUnit
from app.models.enumeration import Duty
from app.policies.refusal import Invalid, NotFound, Refusal, WrongState
from app.policies.unscoped import open_session
from app.services import clock, lti_registration, outside
from app.services.lti_configuration import TOOL_KEY, Tool
from app.services.outside import Outside
from tests.platform import ISSUER, RECORDED, PlayedPlatform

pytestmark = pytest.mark.once

TOOL = Tool(
    "https://monitoring.test/lti/launch", "https://monitoring.test/lti/login", "https://monitoring.test/lti/jwks"
)
CONFIGURATION = f"{ISSUER}/mod/lti/openid-configuration.php"


class Changed(PlayedPlatform):
    """A platform whose configuration or answer says something else; `None` leaves it out."""

    def __init__(self) -> None:
        super().__init__()
        self.configuration: dict = {}
        self.answer: dict = {}
        self.status = 200

    def _answer(self, method, path, query, headers, form, body):
        told = super()._answer(method, path, query, headers, form, body)
        changes = {"GET": self.configuration, "POST": self.answer}[method]
        found = {name: value for name, value in (told.json() | changes).items() if value is not None}
        status = self.status if method == "POST" and told.status == 200 else told.status
        return HttpAnswer(status, told.headers, json.dumps(found).encode())


@pytest.fixture
def played(engine):
    platform = Changed()
    outside.open_for(engine, Outside(http=platform, address="https://monitoring.test"))
    return platform


@pytest.fixture
def invite(engine, actor, world):
    """The token of a link, as the administrator of a unit gets it."""

    def make(login="municipality", unit="school", address=f"{ISSUER}/login/index.php"):
        with open_session(engine, reason="tests make a link") as session:
            session.info["actor"] = actor(login)
            place = session.get(OrgUnit, world.units[unit])
            return lti_registration.invite(
                session, actor(login), unit=place, title="  СДО   школы ", address=address, now=clock.now()
            )

    return make


@pytest.fixture
def saved(engine):
    def read(model):
        with open_session(engine, reason="a test looks at what was saved") as session:
            return list(session.scalars(select(model).order_by(model.id)))

    return read


def register(engine, token, *, now=None, **changed):
    given = {"configuration_url": CONFIGURATION, "registration_token": "ey.J.x", "tool": TOOL, **changed}
    return lti_registration.register(engine, token, now=now or clock.now(), **given)


def test_what_the_platform_is_told_has_the_shape_that_a_real_moodle_took(engine, invite, played):
    register(engine, invite())
    [sent] = played.registered
    recorded = json.loads((RECORDED / "dynamic_registration_request.json").read_text(encoding="utf-8"))
    assert set(sent) == set(recorded) - {"logo_uri"}
    assert set(sent[TOOL_KEY]) == set(recorded[TOOL_KEY])
    for name in ("application_type", "response_types", "grant_types", "token_endpoint_auth_method"):
        assert sent[name] == recorded[name]
    for name in ("custom_parameters", "claims"):
        assert sent[TOOL_KEY][name] == recorded[TOOL_KEY][name]
    assert sent[TOOL_KEY]["domain"] == "monitoring.test"
    # No more than is used, and no more than the platform offers.
    assert set(sent["scope"].split()) < set(recorded["scope"].split())
    assert sent["redirect_uris"] == [TOOL.launch]
    post = played.asked[-1]
    assert post.headers["Authorization"] == "Bearer ey.J.x"
    assert "Bearer" not in repr(post)


def test_platform_and_placement_are_saved_together_once(engine, world, invite, played, saved):
    token = invite()
    done = register(engine, token)
    [made], [placed] = saved(LtiPlatform), saved(LtiDeployment)
    assert (made.id, made.title, done.is_placed) == (done.platform_id, "СДО школы", True)
    assert (made.issuer, made.client_id, made.family) == (ISSUER, "2ZNYnAHoPNp9rOi", "moodle")
    assert (made.token_url, made.org_unit_id) == (f"{ISSUER}/mod/lti/token.php", world.units["school"])
    assert (placed.deployment_id, placed.org_unit_id, placed.platform_id) == ("1", world.units["school"], made.id)
    journal = [row for row in saved(AuditEvent) if row.record_type.startswith("lti_")]
    assert [row.actor_name for row in journal] == ["Сотрудник municipality"] * 2
    # A second time it does nothing, and the platform is not even asked.
    asked = len(played.asked)
    with pytest.raises(NotFound) as refused:
        register(engine, token)
    assert "Получите новую" in refused.value.sentence
    assert len(played.asked) == asked
    assert lti_registration.once_invited(engine, token) == ISSUER
    assert lti_registration.once_invited(engine, "unknown") == ""
    # A day is a day.
    with pytest.raises(NotFound):
        register(engine, invite(), now=clock.now() + timedelta(hours=24, minutes=1))
    # The same platform again, by another link: nothing is written over.
    with pytest.raises(Invalid, match="уже зарегистрирована"):
        register(engine, invite())
    assert len(saved(LtiPlatform)) == len(saved(LtiDeployment)) == 1


ELSEWHERE = [
    ("https://evil.example/mod/lti/openid-configuration.php", "выдана для сайта"),
    ("https://moodle.test.evil.example/x", "выдана для сайта"),
    ("https://moodle.test:8443/x", "выдана для сайта"),
    ("http://moodle.test/x", "https://"),
    ("https://169.254.169.254/latest/meta-data", "внутрь сети"),
    ("https://[::1]/x", "внутрь сети"),
    ("https://moodle.test@10.0.0.1/x", "имя пользователя"),
    ("file:///etc/passwd", "это не адрес"),
]


def test_nothing_is_asked_of_another_site_than_the_link_was_made_for(engine, invite, played):
    token = invite()
    for address, sentence in ELSEWHERE:
        with pytest.raises(Refusal) as refused:
            register(engine, token, configuration_url=address)
        assert sentence in refused.value.sentence, address
    assert played.asked == []


ODD = [
    ({"issuer": "https://region.example"}, "выдана для сайта"),
    ({"registration_endpoint": "https://10.0.0.5/register"}, "внутрь сети"),
    ({"registration_endpoint": "https://thief.example/register"}, "выдана для сайта"),
    ({"registration_endpoint": None}, "стандарт"),
    ({"jwks_uri": None}, "стандарт"),
    ({"authorization_endpoint": 7}, "стандарт"),
    ({"id_token_signing_alg_values_supported": ["HS256"]}, "RS256"),
]


def test_a_configuration_that_names_other_places_is_refused_before_it_is_told_anything(engine, invite, played, saved):
    token = invite()
    for configuration, sentence in ODD:
        played.configuration = configuration
        with pytest.raises(Refusal) as refused:
            register(engine, token)
        assert sentence in refused.value.sentence, configuration
    assert played.registered == []
    assert saved(LtiPlatform) == []


WRONG = [
    ({"configuration": {"jwks_uri": "https://10.0.0.5/keys"}}, "внутрь сети"),
    ({"configuration": {"token_endpoint": "http://moodle.test/token"}}, "https://"),
    ({"answer": {"client_id": None}}, "стандарт"),
    ({"answer": {"client_id": "a b"}}, "Пробелов"),
    ({"status": 401}, "не приняла"),
    ({"status": 503}, "код 503"),
    ({"away": True}, "не отвечает"),
]


def test_what_the_platform_answers_wrongly_leaves_nothing_and_the_link_acts_on(engine, invite, played, saved):
    token = invite()
    for change, sentence in WRONG:
        played.configuration, played.answer, played.status, played.away = {}, {}, 200, False
        for name, value in change.items():
            setattr(played, name, value)
        with pytest.raises(Refusal) as refused:
            register(engine, token)
        assert sentence in refused.value.sentence, change
    assert saved(LtiPlatform) == saved(LtiDeployment) == []
    played.away = False
    assert register(engine, token).is_placed


def test_without_a_number_of_placement_the_platform_is_kept_and_that_is_said(engine, invite, played, saved):
    played.answer = {TOOL_KEY: {"version": "1.3.0"}}
    assert not register(engine, invite()).is_placed
    assert len(saved(LtiPlatform)) == 1
    assert saved(LtiDeployment) == []


@pytest.mark.parametrize("lost", [(Duty.UNIT_ADMIN,), tuple(Duty)])
def test_whoever_lost_the_duty_since_registers_nothing(engine, world, invite, played, saved, lost):
    token = invite()
    with open_session(engine, reason="tests take duties") as session:
        held = select(Membership).where(Membership.user_id == world.users["municipality"], Membership.duty.in_(lost))
        for row in session.scalars(held):
            session.delete(row)
    with pytest.raises(WrongState, match="больше не ведёт"):
        register(engine, token)
    assert saved(LtiPlatform) == []


def test_links_are_made_for_units_of_ones_own_part_of_the_tree(invite):
    for login, unit in (("school", "municipality"), ("school", "school2"), ("municipality", "foreign_school")):
        with pytest.raises(NotFound):
            invite(login, unit)
    with pytest.raises(Invalid, match="внутрь сети"):
        invite(address="https://192.168.0.7/moodle")


def test_the_page_stands_in_the_frame_of_that_site_alone(browser, engine, invite, played, saved):
    token, anybody = invite(), browser("")
    looked = anybody.get(f"/lti/register/{token}")
    assert looked.status_code == 200
    assert saved(LtiPlatform) == []
    query = {"openid_configuration": CONFIGURATION, "registration_token": "ey.J.x"}
    done = anybody.get(f"/lti/register/{token}", query_string=query)
    gone = anybody.get(f"/lti/register/{token}", query_string=query)
    for answer, code in ((looked, 200), (done, 200), (gone, 404)):
        assert answer.status_code == code
        assert f"frame-ancestors {ISSUER};" in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    assert f'data-closes-for="{ISSUER}"' in done.text
    assert "Активировать" in done.text
    assert len(saved(LtiPlatform)) == 1
    unknown = anybody.get("/lti/register/unknown", query_string=query)
    assert unknown.status_code == 404
    assert "frame-ancestors 'none'" in unknown.headers["Content-Security-Policy"]
    assert unknown.headers["X-Frame-Options"] == "DENY"
    assert ISSUER not in unknown.text
