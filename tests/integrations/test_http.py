"""The door to the outside: where it leads, how long it stays open, how much comes through, what is never said."""

from __future__ import annotations

import gzip
import socket
import traceback
import tracemalloc
from collections.abc import Callable

import pytest

from app.integrations.http import HttpAnswer, HttpClient, HttpError, HttpRequest, Reason
from app.integrations.http_address import target_of
from tests.integrations.certificates import authority, server_tls, trusting
from tests.integrations.raw_server import RawServer, answers, drips, raw_server, says, silent

pytestmark = pytest.mark.once

SECRET = "5ecre7-t0ken"
INNER = frozenset({"127.0.0.1", "sdo.test"})


def client(**settings) -> HttpClient:
    settings = {
        "inner_hosts": INNER,
        "resolve": lambda host, port: ["127.0.0.1"],
        "sleep": lambda seconds: None,
    } | settings
    return HttpClient(**settings)


def asked(server: RawServer, *, http: HttpClient | None = None, tries: int = 1, most: int = 1000) -> HttpAnswer:
    request = HttpRequest(
        "POST", server.url("/rest?a=б"), headers={"Accept": "x/y"}, form={"wstoken": SECRET, "б": "&"}
    )
    return (http or client()).ask(request, tries=tries, most=most)


def refused(ask: Callable[[], object]) -> HttpError:
    """The error, which is told in Russian and holds nothing of what was sent."""
    with pytest.raises(HttpError) as caught:
        ask()
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caught.value.sentence
    assert SECRET not in told
    assert caught.value.sentence.endswith(".")
    assert not caught.value.sentence.isascii()
    return caught.value


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://sdo.example.ru/", Reason.ADDRESS),
        ("ftp://sdo.example.ru/", Reason.ADDRESS),
        ("file:///etc/passwd", Reason.ADDRESS),
        ("gopher://sdo.test/", Reason.ADDRESS),
        ("//sdo.example.ru/", Reason.ADDRESS),
        ("https:///rest", Reason.ADDRESS),
        ("https://user:password@sdo.example.ru/", Reason.ADDRESS),
        ("https://sdo.example.ru@127.0.0.1/", Reason.ADDRESS),
        ("https://sdo.example.ru\\@127.0.0.1/", Reason.ADDRESS),
        ("https://sdo.example.ru /", Reason.ADDRESS),
        ("https://sdo.example.ru/\r\nHost: inner", Reason.ADDRESS),
        ("https://sdo.example.ru:99999/", Reason.ADDRESS),
        ("https://[::1/", Reason.ADDRESS),
        ("https://[fe80::1%25eth0]/", Reason.ADDRESS),
        ("https://" + "a" * 3000, Reason.ADDRESS),
        ("https://" + "ы" * 100 + ".рф/", Reason.ADDRESS),
        ("https://127.0.0.1/", Reason.INNER),
        ("https://127.1/", Reason.INNER),
        ("https://2130706433/", Reason.INNER),
        ("https://0x7f.0.0.1/", Reason.INNER),
        ("https://0177.0.0.1/", Reason.INNER),
        ("https://0/", Reason.INNER),
        ("https://[::1]/", Reason.INNER),
        ("https://[::ffff:10.0.0.1]:8443/", Reason.INNER),
        ("https://169.254.169.254/latest/meta-data/", Reason.INNER),
    ],
)
def test_an_address_that_is_none_or_lies_inside_is_not_asked(url, reason):
    """Numbers are read by the system's own resolver, as they would be when connecting."""
    error = refused(lambda: HttpClient().ask(HttpRequest("GET", url)))
    assert error.reason == reason


def test_one_inner_address_among_public_ones_is_enough_to_refuse():
    for found in (["95.163.1.1", "10.0.0.1"], ["95.163.1.1", "::1"], [], ["nonsense"]):
        error = refused(lambda found=found: target_of("https://x.ru/", inner_hosts=INNER, resolve=lambda h, p: found))
        assert error.reason == Reason.INNER


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(monkeypatch):
    """Rebinding: the second answer of the name server is never asked for."""
    names: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        names.append(host)
        return real(host, *args, **kwargs)

    looked_up: list[tuple[str, int]] = []
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with raw_server(answers()) as server:
        http = client(resolve=lambda host, port: looked_up.append((host, port)) or ["127.0.0.1"])
        assert http.ask(HttpRequest("GET", server.url("/x", "sdo.test"))).status == 200
    assert looked_up == [("sdo.test", server.port)]
    assert set(names) <= {"127.0.0.1"}
    assert f"\r\nhost: sdo.test:{server.port}\r\n".encode() in server.heard[0].lower()


@pytest.mark.parametrize(("number", "reason"), [(socket.EAI_NONAME, Reason.NO_HOST), (socket.EAI_AGAIN, Reason.BROKEN)])
def test_a_name_that_is_not_there_is_told(number, reason):
    def resolve(host, port):
        raise socket.gaierror(number, "told")

    assert refused(lambda: client(resolve=resolve).ask(HttpRequest("GET", "https://x.ru"))).reason == reason


def test_a_form_goes_in_the_body_and_an_answer_comes_as_it_is():
    with raw_server(answers(418, b'{"a": 1}', X_One="1", x_one="2")) as server:
        answer = asked(server)
    assert (answer.status, answer.json(), answer.headers["x-one"]) == (418, {"a": 1}, "1, 2")
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /rest?a=%D0%B1 HTTP/1.1\r\n")
    assert body == b"wstoken=" + SECRET.encode() + b"&%D0%B1=%26"
    for line in (b"accept: x/y", b"accept-encoding: identity", b"content-type: application/x-www-form-urlencoded"):
        assert line in head.lower()
    assert SECRET not in repr(HttpRequest("POST", "https://x.ru", {"A": SECRET}, {"t": SECRET}, SECRET.encode()))


def test_a_redirect_is_an_answer_and_leads_nowhere():
    with raw_server(answers(302, Location="http://169.254.169.254/"), answers()) as server:
        assert asked(server, tries=3).status == 302
    assert len(server.heard) == 1


def test_headers_cannot_be_smuggled():
    with raw_server(answers()) as server:
        for request in (
            HttpRequest("GET", server.url(), headers={"X": "1\r\nEvil: 1"}),
            HttpRequest("GET", server.url(), headers={"X\r\nEvil": "1"}),
            HttpRequest("GET / HTTP/1.1\r\nEvil: 1\r\n", server.url()),
        ):
            refused(lambda request=request: client().ask(request))
        client().ask(HttpRequest("GET", server.url(), headers={"HOST": "other.test", "accept-Encoding": "gzip"}))
    assert b"evil" not in b"".join(server.heard).lower()
    assert b"other.test" not in server.heard[-1]
    assert b"gzip" not in server.heard[-1]
    assert server.heard[-1].lower().count(b"\r\nhost:") == 1


def test_more_than_was_asked_for_is_not_read():
    whole = b"x" * 1000
    endless = drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
    told_large = says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n")
    bomb = gzip.compress(b"0" * 5_000_000)
    for play in (
        endless,
        told_large,
        answers(body=whole + b"x"),
        says(b"HTTP/1.0 200 OK\r\n\r\n", whole, b"x"),
        answers(body=bomb[:900] if len(bomb) < 900 else bomb, Content_Encoding="gzip"),
        answers(body=gzip.compress(b"0" * 1001), Content_Encoding="gzip"),
    ):
        with raw_server(play) as server:
            assert refused(lambda server=server: asked(server)).reason == Reason.TOO_LARGE
    for play in (answers(body=whole), answers(body=gzip.compress(whole), Content_Encoding="GZIP")):
        with raw_server(play) as server:
            assert asked(server).body == whole


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b"0" * 20_000_000, 1)
    with raw_server(answers(body=bomb, Content_Encoding="gzip")) as server:
        tracemalloc.start()
        try:
            assert refused(lambda: asked(server, most=len(bomb))).reason == Reason.TOO_LARGE
            assert tracemalloc.get_traced_memory()[1] < 5_000_000
        finally:
            tracemalloc.stop()


def test_what_cannot_be_unpacked_is_told():
    for body, encoding in (
        (b"nonsense", "gzip"),
        (gzip.compress(b"whole")[:-9], "gzip"),
        (b"x", "br"),
        (b"x", "gzip, gzip"),
    ):
        with raw_server(answers(body=body, Content_Encoding=encoding)) as server:
            assert refused(lambda server=server: asked(server)).reason == Reason.UNREADABLE


def test_slow_servers_are_left():
    """However they are slow: silent, a header at a time, a byte at a time; the clock of a whole try does not restart."""
    hasty = client(read_seconds=5, total_seconds=0.15)
    for play in (
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
        drips(b"HTTP/1.0 200 OK\r\n\r\n", b"x"),
        drips(b"HTTP/1.1 200 OK\r\n", b"X"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ):
        with raw_server(play) as server:
            assert refused(lambda server=server: asked(server, http=hasty, tries=3)).reason == Reason.TIME_OUT
        assert len(server.heard) == 1
    with raw_server(silent) as server:
        assert refused(lambda: asked(server, http=client(read_seconds=0.1))).reason == Reason.TIME_OUT


def test_broken_connections_are_tried_again():
    waited: list[float] = []
    http = client(sleep=waited.append, jitter=lambda: 0.5)
    short = says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
    with raw_server(says(), short, answers()) as server:
        assert asked(server, http=http, tries=3).status == 200
    assert waited == [0.75, 1.5]
    for play in (says(), short, says(b"nonsense\r\n\r\n"), says(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 500 + b"\r\n")):
        with raw_server(play) as server:
            assert refused(lambda server=server: asked(server, http=http, tries=2)).reason == Reason.BROKEN
        assert len(server.heard) == 2
    assert refused(lambda: asked(server, http=http)).reason == Reason.BROKEN  # nobody listens there any more


def test_a_busy_server_is_given_the_time_it_asks_for():
    waited: list[float] = []
    http = client(sleep=waited.append, jitter=lambda: 0)
    # A moment is one of its own clock, whatever ours says.
    moments = {"Date": "Sun, 22 Nov 2020 10:00:00 GMT", "Retry_After": "Sun, 22 Nov 2020 10:00:40 GMT"}
    busy = (answers(429, Retry_After="7"), answers(503), answers(502, **moments), answers(504, Retry_After="soon"))
    with raw_server(*busy, answers()) as server:
        assert asked(server, http=http, tries=5).status == 200
    assert waited == [7, 1, 40, 4]
    for play, tries in ((answers(503), 1), (answers(429, Retry_After="3600"), 5), (answers(500), 5), (answers(503), 2)):
        with raw_server(play) as server:
            assert asked(server, http=http, tries=tries).status in {429, 500, 503}
        assert len(server.heard) == (2 if tries == 2 else 1)


def test_a_certificate_is_of_the_name_that_was_asked_for():
    ours, foreign = authority(), authority()
    good, other = server_tls(ours, "sdo.test"), server_tls(ours, "other.test")
    late = server_tls(ours, "sdo.test", days=-1)
    for tls, trusted, told in (
        (good, ours, ""),
        (other, ours, "другое имя"),
        (late, ours, "истёк"),
        (good, foreign, "не доверяет"),
    ):
        with raw_server(answers(), tls=tls) as server:
            request = HttpRequest("POST", server.url("/", "sdo.test", "https"), form={"wstoken": SECRET})
            http = client(tls=trusting(trusted))
            if not told:
                assert http.ask(request).status == 200
                continue
            error = refused(lambda http=http, request=request: http.ask(request, tries=3))
        assert error.reason == Reason.CERTIFICATE
        assert told in error.sentence
        assert not server.heard
    with raw_server(answers(), tls=good) as server:
        # The authorities of the system do not know it, whatever the address.
        refused(lambda: client().ask(HttpRequest("GET", server.url("/", "sdo.test", "https"))))


def test_only_json_is_json():
    assert HttpAnswer(200, {}, '{"а": 1.5}'.encode()).json() == {"а": 1.5}
    for body in (b"", b"<html>", b"NaN", b'{"a": Infinity}', b"\xff\xfe", b"[" * 200_000, b"1" * 10_000):
        assert refused(lambda body=body: HttpAnswer(200, {}, body).json()).reason == Reason.UNREADABLE
