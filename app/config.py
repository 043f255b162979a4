"""Frozen settings, read once from the environment."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1024 * 1024


class SettingsError(RuntimeError):
    pass


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    instance: Path
    secret_key: str = field(repr=False)
    demo: bool = False
    testing: bool = False
    # Behind a proxy that ends TLS: cookies only over HTTPS, the client's address from the proxy's header.
    behind_proxy: bool = False
    max_upload: int = 30 * MIB
    public_address: str = "http://127.0.0.1:8000"

    @property
    def files(self) -> Path:
        return self.instance / "files"


def settings_from(environment: os._Environ[str] | dict[str, str], instance: Path) -> Settings:
    """DATABASE_URL, SECRET_KEY, DEMO, BEHIND_PROXY, PUBLIC_ADDRESS; without them an embedded database in `instance`."""
    demo = environment.get("DEMO") == "1"
    url = environment.get("DATABASE_URL") or f"sqlite:///{instance / 'monitoring.sqlite3'}"
    if url.startswith(("postgres://", "postgresql://")):
        # The bare scheme names another driver in each release of SQLAlchemy.
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL must name SQLite (sqlite:///…) or PostgreSQL (postgresql://…).")
    return Settings(
        database_url=url,
        instance=instance,
        secret_key=environment.get("SECRET_KEY") or _kept_secret(instance),
        demo=demo,
        behind_proxy=environment.get("BEHIND_PROXY") == "1",
        public_address=environment.get("PUBLIC_ADDRESS", "http://127.0.0.1:8000"),
    )


def _kept_secret(instance: Path) -> str:
    """A key of this installation's own, made once; nobody shares a default."""
    instance.mkdir(parents=True, exist_ok=True)
    place = instance / "secret_key"
    if not place.exists():
        aside = instance / f"secret_key.{os.getpid()}"
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_urlsafe(48))
        try:
            os.link(aside, place)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return place.read_text()
