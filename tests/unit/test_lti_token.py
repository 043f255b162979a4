"""Recorded tokens of a real Moodle against its recorded keys; keys that no platform may have; addresses that lie."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from app.integrations.lti_token import LtiTokenRefused, fit_keys, kid_of, read_id_token
from app.services.lti_origin import is_within, origin_of
from tests.platform import MOODLE, RECORDED, jwk, key, recorded_claims, recorded_text

pytestmark = pytest.mark.once

LAUNCHES = sorted(path.name.removesuffix("_3_id_token.jwt") for path in RECORDED.glob("*.jwt"))


def read(token: str, claims: dict, *, keys=None, **changes):
    expected = {
        "issuer": MOODLE,
        "client_id": claims["aud"],
        "nonce": claims["nonce"],
        "now": datetime.fromtimestamp(claims["iat"] + 20, UTC),
        **changes,
    }
    return read_id_token(
        token, fit_keys(json.loads(recorded_text("certs_jwks.json"))) if keys is None else keys, **expected
    )


@pytest.mark.parametrize("name", LAUNCHES)
def test_a_recorded_token_of_moodle_is_read(name):
    claims, token = recorded_claims(name), recorded_text(f"{name}_3_id_token.jwt")
    assert read(token, claims) == claims
    assert kid_of(token) == "ee22dac1a6551ab96c41"


def test_a_recorded_token_serves_its_own_login_and_minute_only():
    claims, token = recorded_claims(LAUNCHES[0]), recorded_text(f"{LAUNCHES[0]}_3_id_token.jwt")
    began = datetime.fromtimestamp(claims["iat"], UTC)
    assert claims["exp"] - claims["iat"] == 60
    # Clocks differ by a minute, and no more.
    for seconds in (-60, 0, 60, 119):
        assert read(token, claims, now=began + timedelta(seconds=seconds))
    for changes, reason in (
        ({"now": began + timedelta(seconds=120)}, "expired"),
        ({"now": began - timedelta(seconds=61)}, "future"),
        ({"now": began + timedelta(seconds=61), "skew": timedelta(0)}, "expired"),
        ({"nonce": "nonce-ac602404"}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"issuer": f"{MOODLE}/"}, "iss"),
        ({"client_id": "xR2qj8cTvxxpJAC"}, "aud"),
        ({"keys": {}}, "kid"),
        ({"keys": fit_keys({"keys": [jwk("kid-1") | {"kid": "ee22dac1a6551ab96c41"}]})}, "signature"),
    ):
        with pytest.raises(LtiTokenRefused) as refused:
            read(token, claims, **changes)
        assert refused.value.reason == reason
        assert refused.value.sentence.endswith(".")


def test_only_public_rsa_keys_for_signing_are_taken():
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the weak one is refused
    weak = RSAAlgorithm.to_jwk(small.public_key(), as_dict=True)
    private = RSAAlgorithm.to_jwk(key("kid-1"), as_dict=True)
    good = jwk("kid-1")
    found = fit_keys(
        {
            "keys": [
                good,
                {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
                {"kty": "EC", "kid": "curve", "crv": "P-256", "x": good["n"][:43], "y": good["n"][:43]},
                {**weak, "kid": "weak"},
                jwk("kid-1") | {"kid": "encrypts", "use": "enc"},
                jwk("kid-1") | {"kid": "another algorithm", "alg": "RS512"},
                jwk("kid-1") | {"kid": 7},
                jwk("kid-1") | {"kid": ""},
                jwk("kid-1") | {"kid": "even", "e": "AQAA"},
                jwk("kid-1") | {"kid": "endless", "n": "A" * 100_000},
                jwk("kid-1") | {"kid": "no number", "n": "что-то"},
                {"kid": "without use", "kty": "RSA", "n": good["n"], "e": good["e"]},
                {**private, "kid": "with its private half"},
                "no key",
            ]
        }
    )
    assert set(found) == {"kid-1", "without use", "with its private half"}
    assert all(set(one) == {"kty", "n", "e"} for one in found.values())
    for nothing in (None, [], {}, {"keys": None}, {"keys": "x"}):
        assert fit_keys(nothing) == {}
    # Two keys of one name cannot be told apart.
    with pytest.raises(LtiTokenRefused):
        fit_keys({"keys": [jwk("kid-1"), jwk("kid-2") | {"kid": "kid-1"}]})
    assert fit_keys({"keys": [jwk("kid-1"), jwk("kid-1")]})


def test_headers_that_name_no_key_are_refused_before_any_key_is_sought():
    def header(**told) -> str:
        return jwt.encode({}, key("kid-1"), algorithm="RS256", headers=told)

    assert kid_of(header(kid="k" * 255)) == "k" * 255
    for token, reason in (
        (header(kid="k" * 256), "kid"),
        (header(), "kid"),
        ("a" * 5000 + ".b.c", "size"),
        ("a.b." + "c" * 70_000, "size"),
        ("я.я.я", "form"),
        ("", "form"),
        ("bnVsbA.e30.AA", "form"),
    ):
        with pytest.raises(LtiTokenRefused) as refused:
            kid_of(token)
        assert refused.value.reason == reason, token[:40]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://Moodle.Example.org/mod/lti", "https://moodle.example.org"),
        ("https://moodle.example.org:443/", "https://moodle.example.org"),
        ("http://127.0.0.1:8090/a?b", "http://127.0.0.1:8090"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
        ("ftp://moodle.example.org", ""),
        ("javascript:alert(1)", ""),
        ("//moodle.example.org", ""),
        ("https://user@moodle.example.org/", ""),
        ("https://moodle.example.org;script-src *", ""),
        ("https://moodle.example.org 'unsafe-inline'", ""),
        ("https://moodle.example.org\n/", ""),
        ("https://*.example.org/", ""),
        ("https://moodle.example.org\\@evil.test/", ""),
        ("https://школа.рф/", ""),
        ("https://moodle.example.org:99999/", ""),
        ("https://" + "a" * 3000, ""),
        ("", ""),
    ],
)
def test_an_origin_is_fit_to_stand_in_a_header_or_empty(address, origin):
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("https://host.test/vsoko", True),
        ("https://host.test/vsoko/lti/launch?form=7", True),
        ("https://HOST.test:443/vsoko/lti", True),
        ("https://host.test/vsokolov/lti", False),
        ("https://host.test/", False),
        ("https://host.test/vsoko/../admin", False),
        ("https://host.test/vsoko/%2e%2E/admin", False),
        ("http://host.test/vsoko/", False),
        ("https://host.test:8443/vsoko/", False),
        ("https://host.test.evil.test/vsoko/", False),
        ("https://host.test@evil.test/vsoko/", False),
        ("/vsoko/", False),
    ],
)
def test_what_lies_below_an_address_mounted_under_a_prefix(address, inside):
    assert is_within(address, "https://host.test/vsoko") is inside
    assert not is_within(address, "")
