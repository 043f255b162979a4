"""The product under a prefix of another Flask application: all its addresses carry the prefix, the host keeps its own."""

from __future__ import annotations

import re
import time

import pytest
from flask import Flask, session

from app.mounting import Monitoring
from app.policies.guard import GuardedSession
from app.services import clock, job
from app.web.mounted import Mounted
from tests.conftest import TOKEN
from tests.factories.order import Point, issue_order

pytestmark = pytest.mark.once
LEADS = re.compile(r'\s(?:href|src|action|formaction|hx-(?:get|post))="(/[^"]*)"')


@pytest.fixture
def host(world, settings, engine):
    """As in the ten lines of README.md."""
    portal = Flask("portal")
    portal.secret_key = "the host's own"

    @portal.get("/")
    def home() -> str:
        session["seen"] = True
        return '<a href="/orders/">the host'

    Monitoring(portal, url_prefix="/monitoring", settings=settings)
    yield portal
    from app.extensions import db

    with portal.extensions["monitoring"].app_context():
        db.engine.dispose()


@pytest.fixture
def signed_in(host):
    client = host.test_client()
    page = client.get("/monitoring/sign-in").text
    typed = {"login": "region", "password": "a long password", "csrf_token": TOKEN.search(page)[1]}
    answer = client.post("/monitoring/sign-in", data=typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/monitoring/")
    return client


def test_the_readme_shows_how(host):
    """The example is what is tested here; should it change, this has to."""
    from tests.architecture.source_tree import ROOT

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = readme.split("from app.mounting import Monitoring", 1)
    assert len(example) == 2, "README.md shows no mounting"
    assert 'url_prefix="/monitoring"' in example[1].split("```", 1)[0]


def test_a_stranger_is_led_to_the_sign_in_page_under_the_prefix(host):
    answer = host.test_client().get("/monitoring/orders/?q=1")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/monitoring/sign-in?next=/orders/")


def test_after_signing_in_a_person_is_where_they_wanted_to_be(host):
    client = host.test_client()
    page = client.get("/monitoring/sign-in?next=/orders/")
    # What the form sends back is the product's own path: it gets the prefix on the way out.
    assert 'name="next" value="/orders/"' in page.text
    typed = {"login": "region", "password": "a long password", "next": "/orders/"}
    answer = client.post("/monitoring/sign-in", data=typed | {"csrf_token": TOKEN.search(page.text)[1]})
    assert answer.headers["Location"] == "/monitoring/orders/"


def test_every_address_of_the_pages_leads_into_the_product(signed_in, engine, world):
    order = issue_order(engine, world)
    asked = ["/monitoring", "/monitoring/", f"/monitoring/orders/{order.order_id}", "/monitoring/org-units/"]
    seen: set[str] = set()
    for page in asked:
        text = signed_in.get(page).text
        leads = set(LEADS.findall(text))
        assert leads, f"{page} leads nowhere"
        assert {lead for lead in leads if not lead.startswith("/monitoring/")} == set()
        assert not any(lead.startswith("/monitoring/monitoring/") for lead in leads)
        seen |= leads
    sheets = [lead for lead in seen if lead.endswith(".css") or ".css?" in lead]
    assert sheets
    menu = {lead for lead in seen if re.fullmatch(r"/monitoring/[a-z-]+/", lead)}
    assert len(menu) > 8
    for lead in [*sheets[:2], *sorted(menu)]:
        assert signed_in.get(lead, follow_redirects=True, buffered=True).status_code == 200, lead


def test_what_people_typed_is_not_touched(signed_in):
    text = signed_in.get('/monitoring/orders/?q=<a href="/orders/1">').text
    assert "&#34;/orders/1&#34;" in text
    assert 'value="/' not in text.replace('value="/monitoring', "")


def test_the_host_keeps_its_pages_and_its_session(host, signed_in):
    answer = signed_in.get("/")
    assert answer.text == '<a href="/orders/">the host'
    assert signed_in.get_cookie("session", path="/") is not None
    ours = signed_in.get_cookie("monitoring", path="/monitoring")
    assert ours is not None
    assert signed_in.get_cookie("monitoring", path="/") is None
    assert signed_in.get("/orders/").status_code == 404
    assert signed_in.get("/monitoringless").status_code == 404
    assert "Content-Security-Policy" not in answer.headers
    assert "frame-ancestors 'none'" in signed_in.get("/monitoring/").headers["Content-Security-Policy"]


def test_a_form_without_its_token_is_refused_and_a_foreign_row_is_absent(signed_in, engine, world):
    refused = signed_in.post("/monitoring/sign-out")
    assert refused.status_code == 400
    own = issue_order(engine, world)
    foreign = issue_order(engine, world, issuer="foreign_region", points=[Point("1", to=("foreign_school",))])
    assert signed_in.get(f"/monitoring/orders/{own.order_id}").status_code == 200
    assert signed_in.get(f"/monitoring/orders/{foreign.order_id}").status_code == 404


def test_a_register_is_taken_away_whole(signed_in):
    answer = signed_in.get("/monitoring/org-units/export")
    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"


def test_jobs_run_beside_the_host(host, engine, actor):
    work = Monitoring.background(host, workers=1)
    region = actor("region")
    with GuardedSession(engine, info={"actor": region}) as session:
        session.connection(execution_options={"writes": True})
        number = job.ask(session, region, "no such kind", "пробное", {}, now=clock.now()).id
        session.commit()
    work.start()
    try:
        for _ in range(200):
            with GuardedSession(engine, info={"actor": region}) as session:
                told = job.the_one(session, number).message
            if told:
                break
            time.sleep(0.05)
    finally:
        work.stop()
    assert "не знает такого задания" in told


@pytest.mark.parametrize("prefix", ["monitoring", "/monitoring/", "/", "/Мониторинг", "//other", "/a b"])
def test_a_prefix_that_is_none_is_refused(prefix, settings, world):
    with pytest.raises(ValueError, match="prefix"):
        Monitoring(Flask("portal"), url_prefix=prefix, settings=settings)


def test_a_prefix_of_the_hosts_own_is_refused_and_so_is_a_second_product(host, settings):
    portal = Flask("portal")
    portal.add_url_rule("/monitoring/own", "own", lambda: "own")
    with pytest.raises(ValueError, match="answers /monitoring/own itself"):
        Monitoring(portal, settings=settings)
    with pytest.raises(ValueError, match="already"):
        Monitoring(host, url_prefix="/other", settings=settings)


def test_the_address_told_to_others_carries_the_prefix(host):
    assert host.extensions["monitoring"].extensions["settings"].public_address.endswith("/monitoring")


def through(headers, body, prefix="/at"):
    """What the edge makes of an answer."""
    told = {}

    def inner(environ, start):
        start("200 OK", headers)
        yield from body

    def start(status, given, exc_info=None):
        told["headers"] = given

    whole = b"".join(Mounted(inner, prefix)({"PATH_INFO": ""}, start))
    return told["headers"], whole


def test_a_download_passes_unread_and_a_cookie_of_a_part_stays_with_its_part():
    headers = [("Content-Type", "application/zip"), ("Set-Cookie", "a=/b; Secure; Path=/lti; HttpOnly")]
    told, whole = through(headers, [b'x href="/a"', b"y"])
    assert whole == b'x href="/a"y'
    assert dict(told)["Set-Cookie"] == "a=/b; Secure; Path=/at/lti; HttpOnly"


def test_only_addresses_within_the_site_are_led():
    page = b'<a href="/a"><a href="//b"><a href="https://c/"><input value="/d"><form action="/e">'
    told, whole = through([("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))], [page])
    assert whole == b'<a href="/at/a"><a href="//b"><a href="https://c/"><input value="/d"><form action="/at/e">'
    assert dict(told)["Content-Length"] == str(len(whole))
    told, _ = through([("Location", "https://c/"), ("HX-Redirect", "/f")], [b""])
    assert dict(told) == {"Location": "https://c/", "HX-Redirect": "/at/f"}
