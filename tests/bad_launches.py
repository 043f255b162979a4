"""Bad launches by name: how each is played, and a part of the sentence that refuses it.

Each takes a registered platform and a browser, and gives the answer of the product.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select, update

from app.models import LtiDeployment, LtiPlatform, LtiState
from app.services import clock
from tests.factories.training import writing
from tests.launches import FRAME, Registered
from tests.platform import ADDRESS, ISSUER, PlayedPlatform, jwk, key

DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"


def told(**changes: Any) -> Callable[[Registered, Any], Any]:
    """A launch that is good but for these claims."""
    return lambda r, browser: r.launch(browser, **changes)


def later(**delta: float) -> int:
    return int((clock.now() + timedelta(**delta)).timestamp())


def signed(make: Callable[[Registered, dict], str], **changes: Any) -> Callable[[Registered, Any], Any]:
    """A launch with good claims whose token is made by `make`."""

    def launch(r: Registered, browser):
        url = r.begin(browser).headers["Location"]
        fields = r.played.authenticate(url)
        claims = jwt.decode(fields["id_token"], options={"verify_signature": False})
        return r.post(browser, {**fields, "id_token": make(r, {**claims, **changes})})

    return launch


def by(algorithm: str, secret: Any, **header: Any) -> Callable[[Registered, dict], str]:
    return lambda r, claims: jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": "kid-1", **header})


def raw(token: str) -> Callable[[Registered, dict], str]:
    return lambda r, claims: token


def tampered(r: Registered, claims: dict) -> str:
    head, _, signature = r.played.sign(claims).split(".")
    body = jwt.encode({**claims, "sub": "63", "name": "Кто-то другой"}, "x" * 32, algorithm="HS256").split(".")[1]
    return f"{head}.{body}.{signature}"


def pem() -> bytes:
    public = key("kid-1").public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def hmac_by_public_key(r: Registered, claims: dict) -> str:
    """PyJWT refuses to sign so; an attacker's program does not."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    head = part(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "kid-1"}).encode())
    body = f"{head}.{part(json.dumps(claims).encode())}"
    return f"{body}.{part(hmac.new(pem(), body.encode(), hashlib.sha256).digest())}"


def without_kid(r: Registered, claims: dict) -> str:
    return jwt.encode(claims, key("kid-1"), algorithm="RS256")


# What a browser or a platform does wrong around the token.


def replayed(r, browser):
    """The same answer twice, by the same browser."""
    fields = r.played.authenticate(r.begin(browser).headers["Location"])
    cookies = dict(browser_cookies(browser))
    assert r.post(browser, fields).status_code == 303
    thief = r.browser()
    for name, value in cookies.items():
        thief.set_cookie(name, value, domain="monitoring.test", path="/lti")
    return thief, r.post(thief, fields)


def old_nonce(r, browser):
    """A token that was good for one login, brought to the next one."""
    first = r.played.authenticate(r.begin(r.browser()).headers["Location"])
    second = r.played.authenticate(r.begin(browser).headers["Location"])
    return r.post(browser, {**second, "id_token": first["id_token"]})


def of_another_browser(r, browser):
    victim = r.browser()
    fields = r.played.authenticate(r.begin(victim).headers["Location"])
    # The thief began a login too: it has a cookie of its own, under its own name and under the victim's.
    r.begin(browser)
    mine = next(iter(browser_cookies(browser).values()))
    name = next(iter(browser_cookies(victim)))
    browser.set_cookie(name, mine, domain="monitoring.test", path="/lti")
    return r.post(browser, fields)


def without_cookie(r, browser):
    return r.post(browser, r.played.authenticate(r.begin(r.browser()).headers["Location"]), headers=FRAME)


def expired(r, browser):
    fields = r.played.authenticate(r.begin(browser).headers["Location"])
    with writing(r.engine) as session:
        for state in session.scalars(select(LtiState)):
            state.expires_at = clock.now() - timedelta(seconds=1)
    return r.post(browser, fields)


def switched(model: type, **values: bool) -> Callable[[Registered, Any], Any]:
    """Changed between the login and the launch, and put back for the next case."""

    def launch(r, browser):
        fields = r.played.authenticate(r.begin(browser).headers["Location"])
        with writing(r.engine) as session:
            session.execute(update(model).where(model.id == 1).values(values))
        answer = r.post(browser, fields)
        with writing(r.engine) as session:
            session.execute(update(model).where(model.id == 1).values({name: not now for name, now in values.items()}))
        return answer

    return launch


def of_another_platform(r, browser):
    """Signed well by a platform of this installation, for the login that began at another one."""
    url = r.begin(browser).headers["Location"]
    other = PlayedPlatform("https://other.test", client_id="other")
    fields = r.played.authenticate(url)
    claims = jwt.decode(fields["id_token"], options={"verify_signature": False})
    return r.post(browser, {**fields, "id_token": other.sign(claims, kid="kid-of-another")})


def denied(r, browser):
    state = r.played.authenticate(r.begin(browser).headers["Location"])["state"]
    return r.post(browser, {"error": "access_denied", "state": state})


def begun(**changes: str) -> Callable[[Registered, Any], Any]:
    return lambda r, browser: r.begin(browser, **changes)


def brought(fields: dict[str, str]) -> Callable[[Registered, Any], Any]:
    return lambda r, browser: r.post(browser, fields)


BAD: dict[str, tuple[Callable[[Registered, Any], Any], str]] = {
    # The signature.
    "alg none": (signed(by("none", None)), "нужен RS256"),
    "alg None in capitals": (signed(raw("eyJhbGciOiJOb25lIiwia2lkIjoia2lkLTEifQ.e30.")), "нужен RS256"),
    "HMAC by the public key": (signed(hmac_by_public_key), "нужен RS256"),
    "another RSA": (signed(by("RS512", key("kid-1"))), "нужен RS256"),
    "PSS": (signed(by("PS256", key("kid-1"))), "нужен RS256"),
    "unknown kid": (signed(lambda r, claims: r.played.sign(claims, kid="nobody's")), "неизвестным ключом"),
    "no kid": (signed(without_kid), "неизвестным ключом"),
    "another's key under a known kid": (
        signed(lambda r, claims: r.played.sign(claims, kid="kid-1", by="thief")),
        "Подпись платформы неверна",
    ),
    "a key of its own in the header": (
        signed(lambda r, claims: r.played.sign(claims, kid="kid-1", by="thief", jwk=jwk("thief"), jku=f"{ISSUER}/x")),
        "Подпись платформы неверна",
    ),
    "changed after signing": (signed(tampered), "Подпись платформы неверна"),
    "no token at all": (signed(raw("")), "не дала ответа"),
    "no JWT": (signed(raw("что угодно")), "не то, чего ждёт"),
    "two parts": (signed(raw("eyJhbGciOiJSUzI1NiJ9.e30")), "не то, чего ждёт"),
    "a header nested without end": (signed(raw("W1tb" * 900 + ".e30.AAAA")), "не то, чего ждёт"),
    "larger than any launch": (signed(raw("e" * 69_000)), "слишком большой"),
    "unknown critical header": (signed(by("RS256", key("kid-1"), crit=["x"], x=1)), "не то, чего ждёт"),
    # Whose, for whom, when.
    "another issuer": (told(iss="https://evil.test"), "не от той платформы"),
    "no issuer": (told(iss=None), "не от той платформы"),
    "another audience": (told(aud="another-tool"), "предназначен другой системе"),
    "no audience": (told(aud=None), "предназначен другой системе"),
    "several audiences, no azp": (told(aud=["vDviJgF5a9fNVSY", "another"]), "выдан для другой системы"),
    "another azp": (told(azp="another-tool"), "выдан для другой системы"),
    "expired": (told(iat=later(minutes=-10), exp=later(minutes=-5)), "просрочен"),
    "no end": (told(exp=None), "нет времени"),
    "an end that is no number": (told(exp="завтра"), "нет времени"),
    "an end that is NaN": (told(exp=float("nan")), "нет времени"),
    "an end without end": (told(exp=float("inf")), "нет времени"),
    "no beginning": (told(iat=None), "нет времени"),
    "issued in the future": (told(iat=later(days=5), exp=later(days=6)), "из будущего"),
    "valid in the future only": (told(nbf=later(days=5)), "из будущего"),
    "ends before it begins": (told(exp=later(seconds=-30), iat=later(seconds=-10)), "нет времени"),
    "no nonce": (told(nonce=None), "уже использован или выдан для другого входа"),
    "another nonce": (told(nonce="nonce-d19e78f6"), "уже использован или выдан для другого входа"),
    "the nonce of another login": (old_nonce, "уже использован или выдан для другого входа"),
    # What it says.
    "unknown deployment": (told(deployment_id="77"), "из размещения, которое здесь не зарегистрировано"),
    "no deployment": (told(deployment_id=None), "не назвала размещение"),
    "unknown message": (told(message_type="LtiSubmissionReviewRequest"), "сообщение, которого эта система не понимает"),
    "no message": (told(message_type=None), "сообщение, которого эта система не понимает"),
    "another version": (told(version="1.1.0"), "нужна версия 1.3"),
    "no version": (told(version=None), "нужна версия 1.3"),
    "another tool's link": (told(target_link_uri="https://other-tool.test/lti/launch"), "ведёт в другую систему"),
    "another link of ours": (told(target_link_uri=f"{ADDRESS}/users/"), "ведёт в другую систему"),
    "no link": (told(target_link_uri=None), "ведёт в другую систему"),
    "nobody": (told(sub=None), "не назвала, кто вы"),
    "a subject without end": (told(sub="6" * 256), "не назвала человека"),
    "a subject with NUL": (told(sub="63\0"), "недопустимыми знаками"),
    "a subject with half a letter": (told(sub="63\ud800"), "недопустимыми знаками"),
    "a subject that is a number": (told(sub=63), "не назвала человека"),
    "no resource": (told(resource_link=None), "не назвала ссылку"),
    "chosen content sent elsewhere": (
        told(
            of="launch_deeplinking_teacher",
            **{DEEP: {"deep_link_return_url": "https://evil.test/", "accept_types": ["ltiResourceLink"]}},
        ),
        "не на свой адрес",
    ),
    "nothing of ours is accepted": (
        told(
            of="launch_deeplinking_teacher",
            **{DEEP: {"deep_link_return_url": f"{ISSUER}/mod/lti/", "accept_types": ["file"]}},
        ),
        "не принимает ссылки",
    ),
    "refused by the platform": (denied, "не подтвердила, кто вы"),
    # The state and the browser.
    "no state": (brought({"id_token": "x.y.z"}), "Вход начат не здесь"),
    "unknown state": (brought({"id_token": "x.y.z", "state": "A" * 43}), "Вход начат не здесь"),
    "a state without end": (brought({"id_token": "x.y.z", "state": "A" * 9999}), "Вход начат не здесь"),
    "an expired state": (expired, "больше десяти минут"),
    "of another browser": (of_another_browser, "в другом браузере"),
    "without the cookie": (without_cookie, "Открыть в новом окне"),
    "signed by another platform": (of_another_platform, "неизвестным ключом"),
    "platform switched off meanwhile": (switched(LtiPlatform, is_active=False), "отключён"),
    "platform of the demonstration": (switched(LtiPlatform, is_demo=True), "отключён"),
    "deployment switched off meanwhile": (switched(LtiDeployment, is_active=False), "отключён"),
    # The login itself.
    "unknown platform": (begun(iss="https://evil.test"), "не зарегистрирована"),
    "unknown client": (begun(client_id="evil"), "не зарегистрирована"),
    "no platform": (begun(iss=""), "неполным запросом"),
    "no person": (begun(login_hint=""), "неполным запросом"),
    "no target": (begun(target_link_uri=""), "неполным запросом"),
    "a login with NUL": (begun(login_hint="63\0"), "неполным запросом"),
    "a login without end": (begun(lti_message_hint="x" * 5000), "неполным запросом"),
    "login of another tool": (begun(target_link_uri="https://other-tool.test/"), "ведёт в другую систему"),
    "login of a host that begins like ours": (begun(target_link_uri=f"{ADDRESS}.evil.test/"), "ведёт в другую"),
    "login past a name of ours": (begun(target_link_uri=f"{ADDRESS}@evil.test/lti"), "ведёт в другую систему"),
    "login in another deployment": (begun(lti_deployment_id="77"), "которое здесь не зарегистрировано"),
}


def browser_cookies(browser) -> dict[str, str]:
    return {cookie.key: cookie.value for cookie in browser._cookies.values() if cookie.key.startswith("lti-")}
