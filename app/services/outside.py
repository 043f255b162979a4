"""How services of one installation reach learning platforms: the client, the box of secrets, our own address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.integrations.http import HttpAnswer, HttpClient, HttpRequest
from app.services.secret_box import SecretBox


class Asks(Protocol):
    """`HttpClient`, or a platform that tests play."""

    def ask(self, request: HttpRequest, *, tries: int = 1, most: int = ...) -> HttpAnswer: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """`address` is where browsers and platforms reach the product; `demo`: accounts of the demonstration may act."""

    box: SecretBox = field(default_factory=SecretBox)
    http: Asks = field(default_factory=HttpClient)
    address: str = ""
    demo: bool = False

    def url(self, path: str) -> str:
        return self.address.rstrip("/") + path


_OUTSIDES: WeakKeyDictionary[Engine, Outside] = WeakKeyDictionary()


def open_for(engine: Engine, outside: Outside) -> None:
    """From now on services of this database reach platforms through it."""
    _OUTSIDES[engine] = outside


def outside_of(where: Session | Engine) -> Outside:
    if isinstance(where, Session):
        bind = where.get_bind()
        where = bind if isinstance(bind, Engine) else bind.engine
    return _OUTSIDES.get(where) or Outside()
