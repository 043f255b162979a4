"""A fresh, migrated database for each test: a copy of one template, on SQLite or on PostgreSQL (TEST_DATABASE_URL)."""

from __future__ import annotations

import base64
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url

from app.config import Settings
from app.factory import create_app

_NUMBERS = itertools.count()
POSTGRES = os.environ.get("TEST_DATABASE_URL", "") if os.environ.get("TEST_DATABASE") == "postgres" else ""
TEMPLATE = f"template_{os.getpid()}"


SECRETS_KEY = base64.urlsafe_b64encode(b"tests only, not a secret at all!").decode()


def settings_for(url: str, folder: Path, *, demo: bool = False) -> Settings:
    return Settings(
        database_url=url, instance=folder, secret_key="tests only", testing=True, demo=demo, secrets_keys=(SECRETS_KEY,)
    )


def migrate(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder))
    with app.app_context():
        upgrade()
        from app.extensions import db

        db.engine.dispose()


@contextmanager
def template(folder: Path, name: str, fill: Callable[[str], None]) -> Iterator[str]:
    """A template that `fill` has filled; yields what `copy_of` takes."""
    if not POSTGRES:
        place = folder / f"{name}.sqlite3"
        fill(f"sqlite:///{place}")
        yield str(place)
        return
    with _server() as execute:
        execute(f'CREATE DATABASE "{TEMPLATE}_{name}"')
    fill(_url(f"{TEMPLATE}_{name}"))
    yield f"{TEMPLATE}_{name}"


@contextmanager
def copy_of(source: str, folder: Path) -> Iterator[str]:
    """The URL of a fresh copy; on PostgreSQL it is dropped, since a thousand of them would be gigabytes."""
    if not POSTGRES:
        target = folder / "test.sqlite3"
        shutil.copy(source, target)
        yield f"sqlite:///{target}"
        return
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    with _server() as execute:
        # Half the time of the other strategy, which writes every page of the template into the log.
        execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    yield _url(name)
    with _server() as execute:
        execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _url(name: str) -> str:
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _server():
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection.exec_driver_sql
    engine.dispose()
