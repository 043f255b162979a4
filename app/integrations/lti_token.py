"""Tokens of platforms: the signature by a key of the platform, then the registered claims. Pure: nothing is asked.

The algorithm is RS256 whatever the token says; a key is taken by its name from the platform's own set, never from the
token. PyJWT checks the signature; the claims are checked here, by a clock that is an argument.
"""

from __future__ import annotations

import hmac
import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

ALGORITHM: Final = "RS256"
LONGEST: Final = 64 * 1024
LONGEST_HEADER: Final = 4 * 1024
LONGEST_KID: Final = 255
SMALLEST_KEY, LARGEST_KEY = 2048, 8192
MOST_KEYS: Final = 64
SKEW: Final = timedelta(seconds=60)

ASK = " Откройте задание в учебной платформе ещё раз; если не поможет, сообщите её администратору."
SENTENCES: Final = {
    "size": "Платформа прислала слишком большой ответ." + ASK,
    "form": "Платформа прислала не то, чего ждёт эта система." + ASK,
    "alg": "Ответ платформы подписан способом, который не принимается: нужен RS256." + ASK,
    "kid": "Ответ платформы подписан неизвестным ключом." + ASK,
    "key": "Ключ платформы не подходит: нужен RSA не короче 2048 бит. Сообщите администратору платформы.",
    "signature": "Подпись платформы неверна: ответ мог быть подделан. Вход не выполнен." + ASK,
    "iss": "Ответ пришёл не от той платформы, в которой начат вход. Вход не выполнен." + ASK,
    "aud": "Ответ платформы предназначен другой системе. Вход не выполнен." + ASK,
    "azp": "Ответ платформы выдан для другой системы. Вход не выполнен." + ASK,
    "time": "В ответе платформы нет времени или оно записано неверно." + ASK,
    "expired": "Ответ платформы просрочен. Откройте задание ещё раз; если повторится, сверьте часы сервера платформы.",
    "future": "Ответ платформы из будущего: часы её сервера спешат. Сообщите об этом её администратору.",
    "nonce": "Этот ответ платформы уже использован или выдан для другого входа. Вход не выполнен." + ASK,
}


class LtiTokenRefused(RuntimeError):  # noqa: N818 - a refusal is no program error
    """`reason` is a word for the log, without data; `sentence` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = SENTENCES[reason]


def kid_of(token: str) -> str:
    """The name of the key, as the unverified header says: for looking it up only. Raises LtiTokenRefused."""
    if len(token) > LONGEST or token.find(".") > LONGEST_HEADER:
        raise LtiTokenRefused("size")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise LtiTokenRefused("form") from None
    if header.get("alg") != ALGORITHM:
        raise LtiTokenRefused("alg")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
        raise LtiTokenRefused("kid")
    return kid


def read_id_token(
    token: str,
    keys: Mapping[str, Mapping[str, Any]],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    now: datetime,
    skew: timedelta = SKEW,
) -> dict[str, Any]:
    """The claims of a token that this issuer signed for this client, now and for this login.

    `keys`: JWKs of the platform by kid. Raises LtiTokenRefused.
    """
    kid = kid_of(token)
    if kid not in keys:
        raise LtiTokenRefused("kid")
    try:
        verified = jwt.PyJWS(algorithms=[ALGORITHM]).decode(token, _public(keys[kid]), algorithms=[ALGORITHM])
    except jwt.InvalidSignatureError:
        raise LtiTokenRefused("signature") from None
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise LtiTokenRefused("form") from None
    claims = _claims(verified)
    _check_parties(claims, issuer, client_id)
    _check_times(claims, now.timestamp(), skew.total_seconds())
    _check_nonce(claims, nonce)
    return claims


def fit_keys(keyset: object) -> dict[str, dict[str, Any]]:
    """By kid, the public halves of the RSA keys in a JSON Web Key Set that may have signed; all else is left out."""
    listed = keyset.get("keys") if isinstance(keyset, dict) else None
    found: dict[str, dict[str, Any]] = {}
    for one in (listed if isinstance(listed, list) else [])[:MOST_KEYS]:
        if not isinstance(one, dict):
            continue
        kid, parts = one.get("kid"), {name: one.get(name) for name in ("kty", "n", "e")}
        suits = one.get("use", "sig") == "sig" and one.get("alg", ALGORITHM) == ALGORITHM
        if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID or not kid.isprintable() or not suits:
            continue
        try:
            _public(parts)
        except LtiTokenRefused:
            continue
        # Two keys of one name: neither can be told from the other.
        if kid in found and found[kid] != parts:
            raise LtiTokenRefused("key")
        found[kid] = parts
    return found


def _public(parts: Mapping[str, Any]) -> RSAPublicKey:
    """Only n and e are read: a set that publishes private parts, or a secret as a key, gives nothing to verify with."""
    n, e = parts.get("n"), parts.get("e")
    if parts.get("kty") != "RSA" or not isinstance(n, str) or not isinstance(e, str):
        raise LtiTokenRefused("key")
    if len(n) > LARGEST_KEY // 4 or len(e) > 8:  # noqa: PLR2004 - an exponent of 48 bits is more than anybody has
        raise LtiTokenRefused("key")
    try:
        key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": n, "e": e})
    except (jwt.PyJWTError, ValueError, TypeError):
        raise LtiTokenRefused("key") from None
    if not isinstance(key, RSAPublicKey) or not SMALLEST_KEY <= key.key_size <= LARGEST_KEY:
        raise LtiTokenRefused("key")
    return key


def _claims(verified: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(verified)
    except (ValueError, RecursionError):
        raise LtiTokenRefused("form") from None
    if not isinstance(claims, dict):
        raise LtiTokenRefused("form")
    return claims


def _check_parties(claims: Mapping[str, Any], issuer: str, client_id: str) -> None:
    if claims.get("iss") != issuer:
        raise LtiTokenRefused("iss")
    told = claims.get("aud")
    audience = [told] if isinstance(told, str) else told
    if not isinstance(audience, list) or client_id not in audience:
        raise LtiTokenRefused("aud")
    # OpenID Connect Core, 3.1.3.7: several audiences name the party the token was made for; named, it is this one.
    if ("azp" in claims or len(audience) > 1) and claims.get("azp") != client_id:
        raise LtiTokenRefused("azp")


def _check_times(claims: Mapping[str, Any], now: float, skew: float) -> None:
    expires, issued = _moment(claims.get("exp")), _moment(claims.get("iat"))
    if expires is None or issued is None or expires <= issued:
        raise LtiTokenRefused("time")
    begins = _moment(claims["nbf"]) if "nbf" in claims else issued
    if begins is None:
        raise LtiTokenRefused("time")
    if expires + skew <= now:
        raise LtiTokenRefused("expired")
    if issued - skew > now or begins - skew > now:
        raise LtiTokenRefused("future")


def _moment(value: object) -> float | None:
    """Seconds. JSON has truth values, NaN and numbers of any length in it: none of them is a moment."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return float(value) if 0 <= value < 2**53 else None
    return value if math.isfinite(value) and 0 <= value < 2**53 else None


def _check_nonce(claims: Mapping[str, Any], nonce: str) -> None:
    told = claims.get("nonce")
    if not isinstance(told, str) or not nonce or not hmac.compare_digest(told.encode(errors="replace"), nonce.encode()):
        raise LtiTokenRefused("nonce")
