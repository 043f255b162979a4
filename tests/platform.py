"""A played learning platform: signs launches as a real Moodle 4.5 does, and answers for its keys, tokens and services.

As `http` of `services.outside.Outside` it answers what the product asks; `served()` puts it on a port of this machine
for a browser. What it says stands in files/moodle/lti, recorded from a real one.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from app.integrations.http import HttpAnswer, HttpError, HttpRequest
from app.services import clock
from tests.platform_page import Served

RECORDED = Path(__file__).parent / "files" / "moodle" / "lti"
MOODLE, TOOL = "http://127.0.0.1:8090", "http://127.0.0.1:8099"
ISSUER, ADDRESS = "https://moodle.test", "https://monitoring.test"
CLIENT, DEPLOYMENT, TEACHER = "vDviJgF5a9fNVSY", "2", "63"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
LIVES = timedelta(seconds=60)


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """One for each name in a run: making one takes longer than a test."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def recorded_text(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8").strip()


def recorded_claims(name: str) -> dict[str, Any]:
    """The payload of a recorded token: `launch_teacher`, `launch_deeplinking_teacher`, `launch_student` …"""
    body = recorded_text(f"{name}_3_id_token.jwt").split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def jwk(kid: str, **more: Any) -> dict[str, Any]:
    """As Moodle publishes it."""
    public = RSAAlgorithm.to_jwk(key(kid).public_key(), as_dict=True)
    return {"kty": "RSA", "alg": "RS256", "kid": kid, "e": public["e"], "n": public["n"], "use": "sig", **more}


class PlayedPlatform(Served):
    """`published` and `signs_with` play the roll-over of keys; `away` plays a platform that does not answer."""

    def __init__(self, issuer: str = ISSUER, *, client_id: str = CLIENT, deployment: str = DEPLOYMENT) -> None:
        self.issuer, self.client_id, self.deployment = issuer, client_id, deployment
        self.tool = ADDRESS
        self.signs_with = "kid-1"
        self.published = [jwk("kid-1"), jwk("kid-2")]
        self.away = False
        self.asked: list[HttpRequest] = []
        # Where the platform finds the keys of the tool: a test gives `lambda: lti_key.jwks(engine, now)`.
        self.tool_keys: Callable[[], Mapping[str, Any]] = lambda: {"keys": []}
        self.members = self._read("nrps_members.json")["body"]["members"]
        self.scores: list[dict[str, Any]] = []
        self.registered: list[dict[str, Any]] = []
        self._tokens: dict[str, str] = {}
        self._seen: set[str] = set()

    # The addresses of its registration, as Moodle names them.

    @property
    def addresses(self) -> dict[str, str]:
        root = f"{self.issuer}/mod/lti"
        return {"auth_url": f"{root}/auth.php", "token_url": f"{root}/token.php", "jwks_url": f"{root}/certs.php"}

    @property
    def launch_url(self) -> str:
        return f"{self.tool}/lti/launch"

    def login(self, **changes: str) -> dict[str, str]:
        """What Moodle posts to begin a login; an empty value leaves the field out."""
        told = {
            "iss": self.issuer,
            "target_link_uri": self.launch_url,
            "login_hint": TEACHER,
            "lti_message_hint": '{"cmid":13,"launchid":"ltilaunch1_1085448771"}',
            "client_id": self.client_id,
            "lti_deployment_id": self.deployment,
            **changes,
        }
        return {name: value for name, value in told.items() if value}

    def claims(self, nonce: str, /, *, of: str = "launch_teacher", now: datetime | None = None, **changes: Any) -> dict:
        """Good claims after a recorded launch; a change named without «://» is of the LTI claims where one is so named,
        `None` leaves a claim out.
        """
        moment = int((now or clock.now()).timestamp())
        text = json.dumps(recorded_claims(of)).replace(MOODLE, self.issuer).replace(f"{TOOL}/launch", self.launch_url)
        found = json.loads(text) | {"nonce": nonce, "iat": moment, "exp": moment + int(LIVES.total_seconds())}
        found |= {"aud": self.client_id, f"{LTI}deployment_id": self.deployment}
        for name, value in changes.items():
            full = f"{LTI}{name}" if f"{LTI}{name}" in found or name in LTI_NAMES else name
            found[full] = value
        return {name: value for name, value in found.items() if value is not None}

    def sign(self, claims: Mapping[str, Any], *, kid: str | None = None, by: str | None = None, **header: Any) -> str:
        """`kid` is what the header names, `by` whose key signs."""
        name = kid or self.signs_with
        told = {"kid": name, **header}
        return jwt.encode(dict(claims), key(by or name), algorithm="RS256", headers=told)

    def authenticate(self, url: str, **changes: Any) -> dict[str, str]:
        """What auth.php posts back for this address of a login: the fields of the form."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        expected = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.client_id,
            "redirect_uri": self.launch_url,
        }
        assert {name: asked.get(name) for name in expected} == expected
        changes.setdefault("sub", asked["login_hint"])
        return {"id_token": self.sign(self.claims(asked["nonce"], **changes)), "state": asked["state"]}

    # What the product asks.

    def ask(self, request: HttpRequest, *, tries: int = 1, most: int = 0) -> HttpAnswer:
        del tries, most
        self.asked.append(request)
        parts = urlsplit(request.url)
        if self.away or f"{parts.scheme}://{parts.netloc}" != self.issuer:
            raise HttpError("away", "Платформа не отвечает.")
        form = dict(request.form) if request.form is not None else dict(parse_qsl((request.body or b"").decode()))
        headers = {name.lower(): value for name, value in request.headers.items()}
        return self._answer(request.method, parts.path, parts.query, headers, form, request.body or b"")

    def count(self, path: str) -> int:
        return sum(urlsplit(request.url).path.endswith(path) for request in self.asked)

    def _answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], form: Mapping[str, str], body: bytes
    ) -> HttpAnswer:
        match (method, path):
            case ("GET", "/mod/lti/certs.php"):
                answer = _json({"keys": self.published})
            case ("GET", "/mod/lti/openid-configuration.php"):
                answer = _json(self._read("openid_configuration.json"))
            case ("POST", "/mod/lti/openid-registration.php"):
                answer = self._register(headers, body)
            case ("POST", "/mod/lti/token.php"):
                answer = self._token(form)
            case _ if path.startswith("/mod/lti/services.php/"):
                answer = self._service(method, path, query, headers, body)
            case _:
                answer = _json({}, 404)
        return answer

    def _service(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        if self._tokens.get(headers.get("authorization", "").removeprefix("Bearer ")) is None:
            return _json(self._read("nrps_err_no_token.json")["body"], 401)
        if path.endswith("/memberships"):
            return self._memberships(path, query, headers)
        if path.endswith("/scores") and method == "POST":
            return self._score(path, query, json.loads(body))
        return _json(self._read("ags_lineitems.json")["body"])

    def _token(self, form: Mapping[str, str]) -> HttpAnswer:
        """private_key_jwt, as token.php checks it; the answer is JSON under the name of HTML."""
        try:
            kid = jwt.get_unverified_header(form.get("client_assertion", ""))["kid"]
            known = {one["kid"]: one for one in self.tool_keys()["keys"]}
            told = jwt.decode(
                form["client_assertion"],
                RSAAlgorithm.from_jwk(known[kid]),
                algorithms=["RS256"],
                audience=self.addresses["token_url"],
                options={
                    "require": ["iss", "sub", "aud", "iat", "exp", "jti"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, KeyError):
            return _json({"error": "invalid_client"}, 400)
        fits = form.get("grant_type") == "client_credentials" and form.get("client_assertion_type", "").endswith(
            "client-assertion-type:jwt-bearer"
        )
        if not fits or told["iss"] != self.client_id or told["sub"] != self.client_id or told["jti"] in self._seen:
            return _json({"error": "invalid_client"}, 400)
        self._seen.add(told["jti"])
        answer = self._read("token_response.json")["body"]
        asked = set(form.get("scope", "").split())
        if not asked or not asked <= set(answer["scope"].split()):
            return _json({"error": "invalid_scope"}, 400)
        token = uuid.uuid4().hex
        self._tokens[token] = form["scope"]
        return _json(answer | {"access_token": token, "scope": form["scope"]}, kind="text/html; charset=utf-8")

    def _memberships(self, path: str, query: str, headers: Mapping[str, str]) -> HttpAnswer:
        if headers.get("accept") != MEMBERS:
            return _json(self._read("nrps_wrong_accept.json")["body"], 400)
        asked = dict(parse_qsl(query))
        first, limit = int(asked.get("from", 0)), int(asked.get("limit", 0)) or len(self.members)
        body = self._read("nrps_members.json")["body"] | {"members": self.members[first : first + limit]}
        more = {}
        if first + limit < len(self.members):
            following = urlencode({**asked, "limit": limit, "from": first + limit})
            more["link"] = f'<{self.issuer}{path}?{following}>; rel="next"'
        return _json(body, kind=f"{MEMBERS}; charset=utf-8", **more)

    def _score(self, path: str, query: str, score: dict[str, Any]) -> HttpAnswer:
        """The same or an older moment of the same person: 409."""
        place = f"{path}?{query}"
        known = [one["timestamp"] for one in self.scores if (one["place"], one["userId"]) == (place, score["userId"])]
        if any(datetime.fromisoformat(score["timestamp"]) <= datetime.fromisoformat(one) for one in known):
            return _json([], 409)
        self.scores.append(score | {"place": place})
        return HttpAnswer(200)

    def _register(self, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        if not headers.get("authorization", "").startswith("Bearer "):
            return _json({"error": "invalid_token"}, 401)
        asked = json.loads(body)
        self.registered.append(asked)
        answer = self._read("dynamic_registration_response.json")
        tool = "https://purl.imsglobal.org/spec/lti-tool-configuration"
        return _json(answer | asked | {"client_id": answer["client_id"], tool: answer[tool] | asked[tool]})

    def _read(self, name: str) -> Any:
        return json.loads(recorded_text(name).replace(MOODLE, self.issuer))


# Claims of LTI that a recorded launch may lack.
LTI_NAMES = {"deployment_id", "target_link_uri", "version", "message_type", "resource_link", "roles", "custom"}


def _json(content: object, status: int = 200, *, kind: str = "application/json; charset=utf-8", **headers: str):
    return HttpAnswer(status, {"content-type": kind, **headers}, json.dumps(content).encode())
