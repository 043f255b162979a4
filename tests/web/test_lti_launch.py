"""Launches that are good: signed in at once in a window, by a page in a frame; what the recorded tokens say is read."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import LtiKeyset, LtiPlatform, LtiState
from app.mounting import Monitoring
from app.services import clock, lti_launch, lti_login
from app.services.lti_launch import DEEP_LINKING, RESOURCE, Launch, LaunchRefused
from tests.factories.lti import add_account, add_deployment, add_platform
from tests.factories.training import writing
from tests.launches import FRAME, OWN, WINDOW, Registered
from tests.platform import ADDRESS, ISSUER, PlayedPlatform, jwk

PRODUCT = {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}


@pytest.fixture
def registered(app, engine, world) -> Registered:
    return Registered(app, engine, world)


def received(r: Registered, *, now=None, kid: str | None = None, **changes) -> Launch:
    """A launch without a browser; `now` is the moment of its answer."""
    moment = now or clock.now()
    begun = lti_login.begin(r.engine, r.played.login(), moment)
    asked = r.played.authenticate(begun.redirect_url, now=moment, **changes)
    if kid:
        r.played.signs_with = kid
        asked = r.played.authenticate(begun.redirect_url, now=moment, **changes)
    return lti_launch.receive(
        r.engine, state=begun.state, id_token=asked["id_token"], browser_key=begun.browser_key, now=moment
    )


def test_a_linked_person_is_signed_in_at_once_in_a_window(registered):
    registered.link("school")
    browser = registered.browser()
    answer = registered.launch(browser)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("monitoring="))
    assert "SameSite=Lax" in cookie
    assert "None" not in cookie
    page = registered.get(browser)
    assert page.status_code == 200
    assert "МБОУ СОШ «school»" in page.text
    # Whoever was brought here by another's link sees under whose name.
    assert "Вы вошли из платформы «Moodle института» как Сотрудник school" in page.text


def test_in_a_frame_nobody_is_signed_in_and_only_that_platform_may_frame_it(registered):
    registered.link("school")
    browser = registered.browser()
    begun = registered.begin(browser)
    state = begun.headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/lti", "Max-Age=600"):
        assert part in state
    assert begun.headers["X-Frame-Options"] == "DENY"
    page = registered.post(browser, registered.played.authenticate(begun.headers["Location"]), headers=FRAME)
    assert page.status_code == 200, page.text
    assert "Сотрудник school" in page.text
    assert f"frame-ancestors {ISSUER};" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert not [one for one in page.headers.getlist("Set-Cookie") if one.startswith("monitoring=")]
    # The cookie of the login has done its work.
    assert "Max-Age=0" in page.headers["Set-Cookie"]
    assert registered.get(browser).status_code == 302
    unlinked = registered.launch(registered.browser(), headers=FRAME, sub="64")
    assert unlinked.status_code == 200
    assert f"frame-ancestors {ISSUER};" in unlinked.headers["Content-Security-Policy"]
    unknown = registered.post(registered.browser(), {"state": "A" * 43, "id_token": "x.y.z"}, headers=FRAME)
    for other in (registered.get(browser, "/sign-in"), registered.get(browser, "/lti/jwks"), unknown):
        assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
        assert {name: other.headers[name] for name in PRODUCT} == PRODUCT


def test_without_the_cookie_the_login_begins_anew_in_a_window(registered):
    registered.link("school")
    frame = registered.begin(registered.browser())
    browser = registered.browser()
    page = registered.post(browser, registered.played.authenticate(frame.headers["Location"]), headers=FRAME)
    assert page.status_code == 200
    assert registered.get(browser).status_code == 302
    # Chromium holds the redirect of a form to the targets of its page.
    assert f"form-action 'self' {ISSUER};" in page.headers["Content-Security-Policy"]
    state = {"state": re.search(r'name="state" value="([^"]+)"', page.text)[1]}
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}
    assert browser.post("/lti/again", data=state, base_url=ADDRESS, headers=foreign).status_code == 403
    again = browser.post("/lti/again", data=state, base_url=ADDRESS, headers=OWN)
    assert again.status_code == 303
    fields = registered.played.authenticate(again.headers["Location"])
    assert fields["state"] != state["state"]
    assert registered.post(browser, fields).status_code == 303
    assert registered.get(browser).status_code == 200
    # What was begun and never came back begins nothing.
    fresh = registered.played.authenticate(registered.begin(registered.browser()).headers["Location"])
    unused = browser.post("/lti/again", data={"state": fresh["state"]}, base_url=ADDRESS, headers=OWN)
    assert unused.status_code == 403


def test_a_login_may_come_by_address_and_without_a_client(registered):
    """The standard allows both; a client is then needed where an issuer has two."""
    registered.link("school")
    with writing(registered.engine) as session:
        session.scalars(select(LtiPlatform)).one().auth_url = f"{ISSUER}/mod/lti/auth.php?tenant=1"
    browser = registered.browser()
    params = registered.played.login(client_id="", lti_deployment_id="", lti_message_hint="")
    begun = browser.get("/lti/login", query_string=params, base_url=ADDRESS)
    assert begun.status_code == 303
    assert begun.headers["Location"].startswith(f"{ISSUER}/mod/lti/auth.php?tenant=1&scope=openid&")
    assert "lti_message_hint" not in begun.headers["Location"]
    assert registered.post(browser, registered.played.authenticate(begun.headers["Location"])).status_code == 303
    add_platform(registered.engine, registered.world, "school", client_id="another")
    assert browser.get("/lti/login", query_string=params, base_url=ADDRESS).status_code == 403


def test_what_recorded_launches_say_is_read(registered):
    launch = received(registered)
    assert (launch.name, launch.family_name) == ("Преподавание Пробовна Учительская-01", "Учительская-01")
    assert (launch.email, launch.idnumber) == ("prepod01@example.test", "PR-1")
    assert (launch.message, launch.resource_link_id, launch.context_id) == (RESOURCE, "1", "2")
    assert launch.context_title.startswith("Внутренняя система оценки качества")
    assert launch.roles == ("http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",)
    # What Moodle leaves as the name of its variable says nothing.
    assert launch.custom["course_id"] == "2"
    assert "nosuch" not in launch.custom
    assert launch.memberships_url.startswith(f"{ISSUER}/mod/lti/services.php/CourseSection/2")
    assert launch.line_item_url == f"{ISSUER}/mod/lti/services.php/2/lineitems/13/lineitem?type_id=2"
    assert (launch.user_id, launch.account_id, launch.refusal, launch.deep_linking) == (None, None, "", None)
    assert (launch.platform_id, launch.deployment_id) == (registered.platform_id, registered.deployment_id)
    silent = received(registered, of="launch_student_names_not_shared")
    assert (silent.name, silent.email, silent.idnumber) == ("", "", "SL-2026-0004")
    assert "mail" not in silent.custom
    assert received(registered, of="launch_student_no_idnumber").idnumber == ""
    choosing = received(registered, of="launch_deeplinking_teacher")
    assert (choosing.message, choosing.resource_link_id) == (DEEP_LINKING, "")
    assert choosing.deep_linking.return_url.startswith(f"{ISSUER}/mod/lti/contentitem_return.php?course=2")
    assert choosing.deep_linking.accept_multiple
    for name in ("admin", "curator", "student", "student_middlename", "tutor_noneditingteacher"):
        assert received(registered, of=f"launch_{name}").unit_id == registered.world.units["municipality"]


def test_what_a_platform_may_say_otherwise_is_read_too(registered):
    assert received(registered, aud=["vDviJgF5a9fNVSY"]).subject == "63"
    assert received(registered, aud=["vDviJgF5a9fNVSY", "another"], azp="vDviJgF5a9fNVSY").subject == "63"
    assert received(registered, azp="vDviJgF5a9fNVSY").subject == "63"
    hostile = received(registered, name="И\0мя\ud800\n" + "я" * 5000, roles="x" * 5000, custom=[1], email={"a": 1})
    assert hostile.name.startswith("И мя я")
    assert len(hostile.name) == 500
    assert (hostile.email, dict(hostile.custom), len(hostile.roles)) == ("", {}, 1)
    assert received(registered, roles=None, context=None, lis=7, custom=None).context_id == ""


def test_the_same_number_in_two_platforms_is_two_people(registered):
    """The link is of the registration: a school's platform that writes the region's issuer opens nothing of it."""
    engine, world = registered.engine, registered.world
    registered.link("school")
    other = PlayedPlatform(client_id="of-a-school")
    other.signs_with = "kid-2"
    place = add_platform(engine, world, "school_b", issuer=ISSUER, client_id="of-a-school")
    deployment = add_deployment(engine, world, place, "school_b")
    add_account(engine, world, place, "school_b", subject="63")
    assert received(registered).user_id == world.users["school"]
    registered.played.client_id = "of-a-school"
    launch = received(registered)
    assert (launch.user_id, launch.platform_id) == (world.users["school_b"], place)
    assert (launch.deployment_id, launch.unit_id) == (deployment, world.units["school_b"])


def test_of_two_who_bring_one_state_together_one_goes_on(registered):
    registered.link("school")
    now = clock.now()
    received(registered)
    begun = lti_login.begin(registered.engine, registered.played.login(), now)
    token = registered.played.authenticate(begun.redirect_url)["id_token"]

    def bring(number: int) -> str:
        del number
        try:
            launch = lti_launch.receive(
                registered.engine, state=begun.state, id_token=token, browser_key=begun.browser_key, now=now
            )
        except LaunchRefused as refusal:
            return refusal.sentence
        return str(launch.user_id)

    with ThreadPoolExecutor(4) as together:
        told = list(together.map(bring, range(4)))
    assert told.count(str(registered.world.users["school"])) == 1
    assert told.count(lti_launch.USED) == 3


def test_keys_are_read_once_and_again_when_they_change(registered):
    played, now = registered.played, clock.now()
    received(registered, now=now)
    received(registered, now=now)
    assert played.count("certs.php") == 1
    # The platform changes its key: the new name is looked for at once.
    played.published = [jwk("kid-2"), jwk("kid-3")]
    with pytest.raises(LaunchRefused, match="неизвестным ключом"):
        received(registered, now=now + timedelta(seconds=30), kid="kid-3")
    received(registered, now=now + timedelta(seconds=61), kid="kid-3")
    assert played.count("certs.php") == 2
    # The old one is gone with it; whoever names it makes us ask once a minute, however often.
    for seconds in (70, 80, 90, 122, 123, 124):
        with pytest.raises(LaunchRefused, match="неизвестным ключом"):
            received(registered, now=now + timedelta(seconds=seconds), kid="kid-1")
    assert played.count("certs.php") == 3


def test_keys_serve_a_week_while_the_platform_is_away(registered):
    played, now = registered.played, clock.now()
    received(registered, now=now)
    played.away = True
    assert received(registered, now=now + timedelta(days=6)).subject == "63"
    assert played.count("certs.php") == 2
    with pytest.raises(LaunchRefused, match="не отвечает"):
        received(registered, now=now + timedelta(days=8))
    played.away, played.published = False, [{"kty": "oct", "kid": "kid-1", "k": "c2VjcmV0"}, jwk("kid-2", use="enc")]
    with pytest.raises(LaunchRefused, match="не отвечает"):
        received(registered, now=now + timedelta(days=9))
    # A key that is withdrawn is believed for a day at most.
    played.published = [jwk("kid-1")]
    received(registered, now=now + timedelta(days=10))
    played.published = [jwk("kid-2")]
    with pytest.raises(LaunchRefused, match="неизвестным ключом"):
        received(registered, now=now + timedelta(days=11, minutes=1))


def test_keys_of_an_address_that_was_changed_are_believed_no_more(registered):
    """And a key of another platform under the same name is nobody's here."""
    now = clock.now()
    received(registered, now=now)
    with writing(registered.engine) as session:
        session.scalars(select(LtiPlatform)).one().jwks_url = f"{ISSUER}/moved/certs.php"
    for moment in (now + timedelta(seconds=30), now + timedelta(seconds=90)):
        with pytest.raises(LaunchRefused, match="не отвечает"):
            received(registered, now=moment)
    assert registered.played.count("certs.php") == 2


def test_only_digests_of_what_a_browser_holds_are_kept(registered):
    begun = lti_login.begin(registered.engine, registered.played.login(), clock.now())
    with writing(registered.engine) as session:
        state = session.scalars(select(LtiState)).one()
        kept = repr({name: getattr(state, name) for name in ("state_digest", "browser_digest", "nonce", "begun_with")})
        assert begun.state not in kept
        assert begun.browser_key not in kept
        assert session.scalars(select(LtiKeyset)).all() == []
    assert begun.state not in repr(begun)
    assert begun.browser_key not in repr(begun)


@pytest.mark.once
def test_a_launch_of_a_product_mounted_under_a_prefix(world, settings, engine):
    """Its addresses and the cookie of the login lie below the prefix; the host gets nothing of either."""
    host = Flask("portal")
    Monitoring(host, url_prefix="/vsoko", settings=replace(settings, public_address=ADDRESS))
    product = host.extensions["monitoring"]
    with product.app_context():
        inner = db.engine
    registered = Registered(product, inner, world, PlayedPlatform(), address=f"{ADDRESS}/vsoko")
    registered.link("school")
    browser = host.test_client()
    begun = browser.post("/vsoko/lti/login", data=registered.played.login(), base_url=ADDRESS)
    assert "Path=/vsoko/lti;" in begun.headers["Set-Cookie"]
    fields = registered.played.authenticate(begun.headers["Location"])
    answer = browser.post("/vsoko/lti/launch", data=fields, base_url=ADDRESS, headers=WINDOW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vsoko/")
    assert "МБОУ СОШ «school»" in browser.get("/vsoko/", base_url=ADDRESS).text
    # A link of the host beside us is another tool's.
    stray = registered.played.login(target_link_uri=f"{ADDRESS}/other/launch")
    assert browser.post("/vsoko/lti/login", data=stray, base_url=ADDRESS).status_code == 403
    inner.dispose()
