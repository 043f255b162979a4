"""Tokens and private keys at rest: sealed with keys that only the environment knows (Fernet of `cryptography`).

A copy of the database opens nothing. Keys are changed by putting a new one in front: it seals, the older ones still
open until everything has been sealed anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.policies.refusal import WrongState

NO_KEY = (
    "Секреты хранить негде: на сервере не задан ключ SECRETS_KEY. Его делает администратор сервера командой "
    "flask --app wsgi make-secrets-key."
)
ANOTHER_KEY = (
    "Сохранённый секрет не открывается: на сервере теперь другой ключ SECRETS_KEY. Введите секрет заново или "
    "верните прежний ключ вторым в списке."
)


def new_key() -> str:
    return Fernet.generate_key().decode()


def fit(keys: Sequence[str]) -> bool:
    """Whether each of them is a key at all."""
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class SecretBox:
    keys: Sequence[str] = field(default=(), repr=False)

    @property
    def is_open(self) -> bool:
        return bool(self.keys)

    def seal(self, secret: str) -> str:
        """Raises WrongState where there is no key."""
        return self.seal_bytes(secret.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """Raises WrongState where there is no key, or another one."""
        return self.unseal_bytes(sealed.encode("ascii")).decode()

    def seal_bytes(self, secret: bytes) -> bytes:
        return self._fernet().encrypt(secret)

    def unseal_bytes(self, sealed: bytes) -> bytes:
        try:
            return self._fernet().decrypt(sealed)
        except InvalidToken:
            raise WrongState(ANOTHER_KEY) from None

    def reseal(self, sealed: str) -> str:
        """Under the first key, whichever it was sealed with."""
        return self.seal(self.unseal(sealed))

    def _fernet(self) -> MultiFernet:
        if not self.keys:
            raise WrongState(NO_KEY)
        return MultiFernet([Fernet(key) for key in self.keys])
