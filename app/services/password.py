"""Passwords: argon2id with explicit cost, and one rule of what is good enough."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.policies.refusal import Invalid

SHORTEST = 12
LONGEST = 256
# OWASP's second recommended setting: about 30 ms and 19 MiB; the library's default takes 64 MiB for each sign-in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Verified when there is no such account, so that the answer takes as long.
_DECOY = _HASHER.hash("no account has this password")


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash or _DECOY, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def check_strength(password: str, *, login: str, name: str) -> None:
    """Raises Invalid: length is what counts; the account's own words and one repeated sign are refused."""
    if len(password) < SHORTEST:
        raise Invalid(f"Пароль слишком короткий: нужно не меньше {SHORTEST} знаков.", field="password")
    if len(password) > LONGEST:
        raise Invalid(f"Пароль слишком длинный: не больше {LONGEST} знаков.", field="password")
    low = password.casefold()
    words = [login, *name.split()]
    if any(len(word) > 3 and word.casefold() in low for word in words) or len(set(low)) < 5:  # noqa: PLR2004 - counts of signs
        raise Invalid("Пароль слишком простой: уберите из него логин и имя, не повторяйте один знак.", field="password")
