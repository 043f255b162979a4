"""The register of learning platforms: who keeps which, registration by hand, where a platform is placed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import AuditEvent, LtiAccount, LtiDeployment, LtiKeyset, LtiPlatform, OrgUnit
from app.models.enumeration_of_platforms import AccountOrigin
from app.policies.refusal import Invalid
from app.policies.unscoped import open_session
from app.services import clock, lti_deployment, lti_platform, outside
from app.services.outside import Outside
from app.services.secret_box import SecretBox, new_key
from tests.platform import ISSUER, PlayedPlatform

pytestmark = pytest.mark.once

HAND = "/lti-platforms/by-hand"


@pytest.fixture
def saved(engine):
    """Rows of a model past every scope."""

    def read(model):
        with open_session(engine, reason="a test looks at what was saved") as session:
            return list(session.scalars(select(model).order_by(model.id)))

    return read


@pytest.fixture
def played(engine):
    platform = PlayedPlatform()
    reach = Outside(box=SecretBox([new_key()]), http=platform, address="https://monitoring.test")
    outside.open_for(engine, reach)
    return platform


@pytest.fixture
def platforms(engine, world):
    """One of the region placed there and in a school, one of the other municipality's school, one of another region."""
    numbers = {}
    with open_session(engine, reason="tests register platforms") as session:
        for unit in ("region", "school", "school_b", "foreign_region"):
            made = LtiPlatform(
                org_unit_id=world.units[unit],
                title=f"Платформа {unit}",
                issuer=ISSUER,
                client_id=f"client-{unit}",
                auth_url=f"{ISSUER}/mod/lti/auth.php",
                token_url=f"{ISSUER}/mod/lti/token.php",
                jwks_url=f"{ISSUER}/mod/lti/certs.php",
                family="moodle",
            )
            session.add(made)
            session.flush()
            session.add(LtiDeployment(org_unit_id=world.units[unit], platform_id=made.id, deployment_id="2"))
            numbers[unit] = made.id
        session.add(LtiDeployment(org_unit_id=world.units["school"], platform_id=numbers["region"], deployment_id="15"))
    return numbers


def typed(world, unit="municipality", **changed):
    return {
        "title": "СДО института",
        "family": "moodle",
        "issuer": "https://lms.example.org/moodle/mod/lti/toolconfigure.php?x=1",
        "client_id": " 2ZNYnAHoPNp9rOi ",
        "deployment_id": "2",
        "org_unit_id": world.units[unit],
        **changed,
    }


def rows_of(page: str) -> str:
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_a_moodle_is_connected_by_hand_from_the_address_of_any_of_its_pages(browser, world, saved, played):
    chief = browser("municipality")
    form = chief.get(HAND).text
    # What is entered in Moodle stands before anything is known of it, and the careless defaults are named.
    for word in ("https://monitoring.test/lti/launch", "https://monitoring.test/lti/login", "$Person.sourcedId"):
        assert word in form
    assert "https://monitoring.test/lti/jwks" in form
    assert "PUBLIC_ADDRESS" not in form
    answer = chief.post(HAND, typed(world))
    assert answer.status_code == 302, answer.text
    [made], [placed] = saved(LtiPlatform), saved(LtiDeployment)
    root = "https://lms.example.org/moodle"
    assert (made.issuer, made.client_id, made.org_unit_id) == (root, "2ZNYnAHoPNp9rOi", world.units["municipality"])
    assert (made.auth_url, made.jwks_url) == (f"{root}/mod/lti/auth.php", f"{root}/mod/lti/certs.php")
    assert (placed.platform_id, placed.deployment_id, placed.org_unit_id) == (made.id, "2", made.org_unit_id)
    told = [(row.record_type, row.action, row.actor_name) for row in saved(AuditEvent) if "lti" in row.record_type]
    assert told == [
        ("lti_platform", "create", "Сотрудник municipality"),
        ("lti_deployment", "create", "Сотрудник municipality"),
    ]
    page = chief.get(answer.headers["Location"]).text
    for word in (root, "2ZNYnAHoPNp9rOi", "Из платформы ещё не входили"):
        assert word in page
    # The same client once more, by a school elsewhere: no word of whose it is.
    again = browser("school_b").post(HAND, typed(world, "school_b"))
    assert again.status_code == 422
    assert "уже зарегистрирована" in again.text
    assert "municipality" not in again.text
    # The same address with a client of its own is a registration of its own: it opens nobody else's accounts.
    assert browser("school_b").post(HAND, typed(world, "school_b", client_id="own")).status_code == 302


UNFIT = [
    ("issuer", "http://lms.example.org", "https://"),
    ("issuer", "https://10.1.2.3", "внутрь сети"),
    ("issuer", "https://localhost", "внутрь сети"),
    ("issuer", "https://me:secret@lms.example.org", "имя пользователя"),
    ("issuer", "https://сдо.рф", "xn--"),
    ("issuer", "javascript:alert(1)", "это не адрес"),
    ("jwks_url", "https://169.254.169.254/keys", "внутрь сети"),
    ("token_url", "https://lms.example.org/token#x", "#"),
    ("auth_url", "data:text/html,x", "это не адрес"),
    ("client_id", "two words", "Пробелов"),
    ("deployment_id", " ", "номер размещения"),
    ("deployment_id", "2ZNYnAHoPNp9rOi", "Client ID"),
]


def test_what_cannot_be_meant_is_refused_at_its_field(work, actor, world):
    """Straight at the service: the form says the same."""
    session, chief = work("municipality"), actor("municipality")
    unit = session.get(OrgUnit, world.units["municipality"])
    for field, value, sentence in UNFIT:
        given = typed(world, issuer="https://lms.example.org") | {field: value}
        del given["org_unit_id"]
        number = given.pop("deployment_id")
        with pytest.raises(Invalid) as refused:
            made = lti_platform.create(session, chief, lti_platform.TypedPlatform(**given), unit=unit)
            lti_deployment.place(session, chief, made, deployment_id=number, unit=unit)
        assert refused.value.field == field
        assert sentence in refused.value.sentence
        session.rollback()


def test_each_sees_and_keeps_the_platforms_of_its_part_of_the_tree(browser, world, platforms, saved):
    seen = {
        "unit_admin": {"region", "school", "school_b"},
        "municipality": {"school"},
        "school": {"school"},
        "school2": set(),
        "foreign_region": {"foreign_region"},
    }
    for login, titles in seen.items():
        person = browser(login)
        page = rows_of(person.get("/lti-platforms/").text)
        assert {unit for unit in platforms if f"Платформа {unit}<" in page} == titles, login
        for unit, number in platforms.items():
            expected = 200 if unit in titles else 404
            assert person.get(f"/lti-platforms/{number}").status_code == expected, (login, unit)
            if (login, unit) in {("municipality", "region"), ("school", "school_b")}:
                for act in ("switch", "check", "deployments", "edit", "deployments/1/tie", "deployments/1/switch"):
                    answer = person.post(f"/lti-platforms/{number}/{act}", {"org_unit_id": world.units["school"]})
                    assert answer.status_code == 404, (login, unit, act)
    # Without the duty there is no section at all, whatever else one may.
    for login in ("colleague", "admin"):
        person = browser(login)
        for path in ("/lti-platforms/", "/lti-platforms/new/", HAND, "/lti-accounts/list"):
            assert person.get(path).status_code == 403, (login, path)
        assert "Учебные платформы" not in person.get("/org-units/").text
    assert all(row.is_active for row in saved(LtiPlatform))


def test_a_platform_is_placed_within_the_part_of_the_tree_of_whoever_keeps_it(browser, world, platforms, saved):
    school, chief = browser("school"), browser("unit_admin")
    own = f"/lti-platforms/{platforms['school']}"
    # A secretary ties the own platform to the municipality, to a neighbour, to another region, to nothing.
    for unit in ("municipality", "school2", "region", "foreign_school"):
        given = {"deployment_id": "9", "org_unit_id": world.units[unit]}
        assert school.post(f"{own}/deployments", given).status_code == 404, unit
        assert school.post(HAND, typed(world, unit)).status_code == 404, unit
        assert school.post("/lti-platforms/new/", typed(world, unit, address="https://a.b")).status_code == 404, unit
    # The region's placement in the school is the region's to change.
    tied = next(row for row in saved(LtiDeployment) if row.deployment_id == "15")
    assert school.post(f"{own}/deployments/{tied.id}/tie", {"org_unit_id": world.units["school"]}).status_code == 404
    assert school.post(f"{own}/deployments/{tied.id}/switch", {"active": "0"}).status_code == 404
    # The region may not place a school's platform above the school either.
    above = chief.post(f"{own}/deployments", {"deployment_id": "9", "org_unit_id": world.units["region"]})
    assert above.status_code == 422
    assert "вне части дерева" in above.text
    assert len(saved(LtiDeployment)) == 5
    # The region's own goes where it likes within the region; the same number is not placed twice.
    region = f"/lti-platforms/{platforms['region']}"
    given = {"deployment_id": "20", "title": "Курсы округа", "org_unit_id": world.units["municipality"]}
    assert chief.post(f"{region}/deployments", given).status_code == 302
    assert "уже есть" in chief.post(f"{region}/deployments", given).text
    page = chief.get(f"{region}/deployments/{tied.id}/tie").text
    assert f'action="{region}/deployments/{tied.id}/tie"' in page
    assert "foreign" not in page
    answer = chief.post(f"{region}/deployments/{tied.id}/tie", {"org_unit_id": world.units["school_b"]})
    assert answer.status_code == 302
    # Its number stays, its row is another one: sessions that came by the old one end.
    moved = next(row for row in saved(LtiDeployment) if row.deployment_id == "15")
    assert (moved.org_unit_id, moved.id == tied.id) == (world.units["school_b"], False)
    assert chief.post(f"{region}/deployments/{moved.id}/switch", {"active": "0"}).status_code == 302
    assert chief.post(f"{region}/deployments/{moved.id}/switch", {"active": "0"}).status_code == 409
    told = [row.action for row in saved(AuditEvent) if row.record_type == "lti_deployment"][-3:]
    assert told == ["move", "create", "deactivate"]


def test_another_address_of_a_platform_with_people_is_not_taken_by_mistake(browser, engine, world, platforms, saved):
    number, chief = platforms["region"], browser("unit_admin")
    with open_session(engine, reason="tests link a person") as session:
        session.add(LtiKeyset(platform_id=number, keys={"old": {}}, read_at=clock.now()))
        session.add(
            LtiAccount(
                org_unit_id=world.units["region"],
                platform_id=number,
                subject="63",
                user_id=world.users["school"],
                origin=AccountOrigin.PROVED,
                linked_at=clock.now(),
                linked_by="Сотрудник school",
                last_launch_at=clock.now(),
            )
        )
    path = f"/lti-platforms/{number}"
    assert "Сотрудник school" in chief.get(path).text
    given = {
        "version": "1",
        "title": "СДО",
        "family": "moodle",
        "issuer": "https://another.example.org",
        "client_id": "client-region",
    }
    refused = chief.post(f"{path}/edit", given)
    assert refused.status_code == 422
    assert "привязаны люди" in refused.text
    assert "https://another.example.org" in refused.text
    assert saved(LtiPlatform)[0].issuer == ISSUER
    assert len(saved(LtiKeyset)) == 1
    assert chief.post(f"{path}/edit", {**given, "same_people": "y"}).status_code == 302
    assert saved(LtiPlatform)[0].jwks_url == "https://another.example.org/mod/lti/certs.php"
    # What was believed of the old address is not believed of the new one.
    assert saved(LtiKeyset) == []
    # A page opened before that is shown what stands now, and loses nothing.
    stale = chief.post(f"{path}/edit", {**given, "title": "Моё название"})
    assert stale.status_code == 409
    assert "Моё название" in stale.text
    assert 'name="version" value="2"' in stale.text
    assert chief.post(f"{path}/switch", {"active": "0", "reason": "переезд"}).status_code == 302
    assert not saved(LtiPlatform)[0].is_active
    assert "Включить платформу" in chief.get(path).text
    assert chief.post(f"{path}/switch", {"active": "0"}).status_code == 409


def test_the_connection_is_checked_by_asking_the_platform(browser, platforms, played):
    chief, path = browser("unit_admin"), f"/lti-platforms/{platforms['region']}/check"
    fine = chief.post(path).text
    assert "Прочитаны, ключей: 2." in fine
    assert fine.count("is-fine") == 4
    played.published = []
    assert "По адресу ключей их нет (код 200)" in chief.post(path).text
    played.away = True
    away = chief.post(path).text
    assert away.count("Платформа не отвечает.") == 2
    assert [request.method for request in played.asked] == ["GET", "POST"] * 3


def test_the_register_is_searched_filtered_and_told_of_a_past_day(browser, platforms):
    chief = browser("unit_admin")
    found = rows_of(chief.get("/lti-platforms/?q=ПЛАТФОРМА school_b").text)
    assert "Платформа school_b<" in found
    assert "Платформа school<" not in found
    # Every letter at once is no more than the parser takes.
    assert chief.get("/lti-platforms/?q=съешь ещё этих мягких французских булок да выпей чаю жгцю").status_code == 200
    assert rows_of(chief.get("/lti-platforms/?active=0").text) == ""
    assert rows_of(chief.get("/lti-platforms/?q=платформа&on_day=2020-01-01").text) == ""
    assert "Платформа school" in rows_of(chief.get("/lti-platforms/").text)
    exported = chief.get("/lti-platforms/export")
    assert exported.status_code == 200
    assert exported.data[:2] == b"PK"


def test_whoever_has_no_public_address_is_told_so(browser, world, platforms):
    chief = browser("unit_admin")
    # A site is typed as browsers show it: without https://.
    made = chief.post("/lti-platforms/new/", typed(world, "region", address="sdo.rayon.example/login/index.php"))
    assert re.search(r"Ссылка для https://sdo\.rayon\.example<", made.text)
    for path in (f"/lti-platforms/{platforms['region']}", "/lti-platforms/new/", HAND):
        assert re.search(r"http://127\.0\.0\.1:8000\.\s+Платформы открывают", chief.get(path).text), path
