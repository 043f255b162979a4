"""Where letters of this installation go out; without a server they wait."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.integrations.mail import MailServer

_ROOMS: WeakKeyDictionary[Engine, PostRoom] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class PostRoom:
    """`address` is where people reach the product; `demo`: accounts of the demonstration may act."""

    server: MailServer | None
    address: str
    demo: bool = False

    @property
    def host(self) -> str:
        """What stands after the @ in the names of letters."""
        return self.server.sender.rpartition("@")[2] if self.server is not None else "localhost.invalid"

    def link(self, path: str) -> str:
        return self.address.rstrip("/") + path


def open_for(engine: Engine, room: PostRoom) -> None:
    """From now on letters of this database go out through this room."""
    _ROOMS[engine] = room


def engine_of(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def room_of(session: Session) -> PostRoom:
    return _ROOMS.get(engine_of(session), PostRoom(None, ""))
