"""Frozen settings, read once from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.integrations.mail import MailSettingsError, server_from
from app.services.secret_box import fit, new_key

MIB = 1024 * 1024
QUEUES = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "redis://", "rediss://", "unix://")
MOST = 366
# Where a product that nobody told better is reached.
HERE = "http://127.0.0.1:8000"
JOB_WORKERS = 2
RESULT_DAYS = 7


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
    public_address: str = HERE
    # Where numbers of jobs wait; empty: beside the database.
    queue_url: str = field(default="", repr=False)
    # Threads that work on jobs in a process that does; and how many days the files they make are kept.
    job_workers: int = JOB_WORKERS
    result_days: int = RESULT_DAYS
    # Where letters go out (smtp://user:password@host:port, smtps://…), and whose name they bear; empty: they wait.
    mail_url: str = field(default="", repr=False)
    mail_from: str = ""
    # What tokens and private keys are sealed with; the first seals, all open: a new one is put in front.
    secrets_keys: tuple[str, ...] = field(default=(), repr=False)
    # Hosts of learning platforms inside one's own network: only these may be asked there, and without TLS.
    inner_hosts: frozenset[str] = frozenset()

    @property
    def files(self) -> Path:
        return self.instance / "files"

    @property
    def results(self) -> Path:
        return self.instance / "results"

    @property
    def queue(self) -> str:
        """PostgreSQL carries the queue too; beside SQLite it is a file of its own, which no page has to wait for."""
        if self.queue_url:
            return self.queue_url
        if self.testing:
            return "memory:"
        if self.database_url.startswith("sqlite"):
            return f"sqlite:///{self.instance / 'queue.sqlite3'}"
        return self.database_url


def settings_from(environment: os._Environ[str] | dict[str, str], instance: Path) -> Settings:
    """DATABASE_URL, SECRET_KEY, DEMO, BEHIND_PROXY, PUBLIC_ADDRESS, QUEUE_URL, JOB_WORKERS, JOB_RESULT_DAYS,
    MAIL_URL, MAIL_FROM, SECRETS_KEY, INNER_HOSTS.

    Without them an embedded database and an embedded queue in `instance`.
    """
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
        public_address=environment.get("PUBLIC_ADDRESS", HERE),
        queue_url=_queue(environment.get("QUEUE_URL", "")),
        job_workers=_count(environment, "JOB_WORKERS", JOB_WORKERS),
        result_days=_count(environment, "JOB_RESULT_DAYS", RESULT_DAYS),
        mail_url=_mail(environment),
        mail_from=environment.get("MAIL_FROM", ""),
        secrets_keys=_secrets_keys(environment) or _demo_keys(instance, demo=demo),
        inner_hosts=frozenset(host.lower() for host in environment.get("INNER_HOSTS", "").replace(",", " ").split()),
    )


def _queue(url: str) -> str:
    if url and not url.startswith(QUEUES):
        raise SettingsError(
            "QUEUE_URL must name SQLite (sqlite:///…), PostgreSQL (postgresql://…) or Redis (redis://…)."
        )
    return url


def _mail(environment: os._Environ[str] | dict[str, str]) -> str:
    """The message never repeats the address: it holds a password."""
    url = environment.get("MAIL_URL", "")
    try:
        server_from(url, environment.get("MAIL_FROM", ""))
    except MailSettingsError as error:
        raise SettingsError(str(error)) from None
    return url


def _secrets_keys(environment: os._Environ[str] | dict[str, str]) -> tuple[str, ...]:
    """The message never repeats the keys. Without one nothing can be sealed, and pages say so."""
    keys = tuple(environment.get("SECRETS_KEY", "").replace(",", " ").split())
    if not fit(keys):
        raise SettingsError("SECRETS_KEY must be made by «flask --app wsgi make-secrets-key».")
    return keys


def _demo_keys(instance: Path, *, demo: bool) -> tuple[str, ...]:
    """The demonstration shows pages with secrets, and keeps none worth a key of the environment."""
    return (_kept(instance / "secrets_key", new_key).strip(),) if demo else ()


def _count(environment: os._Environ[str] | dict[str, str], name: str, usual: int) -> int:
    written = environment.get(name) or str(usual)
    if not written.isascii() or not written.isdigit() or not 0 < int(written) <= MOST:
        raise SettingsError(f"{name} must be a whole number from 1 to {MOST}.")
    return int(written)


def _kept_secret(instance: Path) -> str:
    """A key of this installation's own, made once; nobody shares a default."""
    return _kept(instance / "secret_key", lambda: secrets.token_urlsafe(48))


def _kept(place: Path, made: Callable[[], str]) -> str:
    """What stands in the file; it is made whole by whichever process comes first."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        aside = place.with_name(f"{place.name}.{os.getpid()}")
        aside.touch(mode=0o600)
        aside.write_text(made())
        try:
            os.link(aside, place)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return place.read_text()
