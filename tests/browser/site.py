"""The product as a person meets it: served over a socket, on a fixed day, for a small Sakhalin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import waitress
from flask import Flask
from sqlalchemy import Engine, create_engine
from waitress import wasyncore

from app.extensions import db
from app.factory import create_app
from app.models import OrgUnit
from app.models.enumeration import Duty, UnitKind
from app.policies.unscoped import open_session
from app.services import clock
from app.web.background import background
from tests import databases
from tests.factories.world import World, add_unit, add_user
from tests.services.order_world import add_sakhalin

# The morning after the order was signed, in Yuzhno-Sakhalinsk: 26.01.2023, 10:00.
MORNING = datetime(2023, 1, 25, 23, 0, tzinfo=UTC)
HOME_SCHOOL = "МБОУ СОШ с. Ильинское"
NAMES = {
    "school": HOME_SCHOOL,
    "school2": "МБОУ СОШ № 2 г. Томари",
    "school_b": "МБОУ СОШ № 1 г. Анива",
    "school_c": "МБОУ СОШ № 2 г. Анива",
    "regional_school": "Лицей-интернат «Областной»",
    "foreign_municipality": "Заокский район",
}


@dataclass
class Site:
    address: str
    world: World
    engine: Engine
    app: Flask
    records: Any = None
    states: dict[str, dict] = field(default_factory=dict)


@contextmanager
def fixed_morning() -> Iterator[None]:
    """The clock of the product begins at MORNING and goes on from there."""
    real, begun = clock.now, clock.now()
    clock.now = lambda: MORNING + (real() - begun)  # type: ignore[assignment]  # put back below
    try:
        yield
    finally:
        clock.now = real


@contextmanager
def serve(
    source: str, world: World, folder: Path, *, fill=lambda engine, world: None, works: bool = False
) -> Iterator[Site]:
    """A copy of the database, the tree in it, `fill` for the rest, the server over it; jobs are done where it `works`."""
    with databases.copy_of(source, folder) as url, fixed_morning():
        builder = create_engine(url)
        add_region(builder, world)
        records = fill(builder, world)
        builder.dispose()
        app = create_app(databases.settings_for(url, folder))
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
        thread = threading.Thread(target=server.run, name="site")
        thread.start()
        with app.app_context():
            engine = db.engine
        work = background(app, workers=1) if works else None
        if work is not None:
            work.start()
        try:
            yield Site(f"http://127.0.0.1:{server.effective_port}", world, engine, app, records)
        finally:
            if work is not None:
                work.stop()
            # In the server's own thread: its loop ends when nothing is left to listen to.
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
            thread.join()
            server.task_dispatcher.shutdown()
            engine.dispose()


def add_region(engine: Engine, world: World) -> None:
    """The six municipalities that the order names, two more, their schools and the institute, with real names."""
    add_sakhalin(engine, world)
    with open_session(engine, reason="tests build their world") as session:
        session.connection(execution_options={"writes": True})
        region = session.get_one(OrgUnit, world.units["region"])
        for key, name in NAMES.items():
            session.get_one(OrgUnit, world.units[key]).name = name
        home = session.get_one(OrgUnit, world.units["municipality"])
        add_unit(session, world, "school3", UnitKind.SCHOOL, "МБОУ СОШ с. Красногорск", home)
        for name in ("Холмский", "Ногликский"):
            town = add_unit(session, world, name, UnitKind.MUNICIPALITY, f"{name} муниципальный округ", region)
            for number in (1, 2):
                school = f"МБОУ СОШ № {number}, {name}"
                add_unit(session, world, f"school_{name}{number}", UnitKind.SCHOOL, school, town)
        add_user(session, world, "school3", world.units["school3"], Duty.OPERATOR)
