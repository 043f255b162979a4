"""The world with every kind of record in every unit of it: built once in a run, copied for each test."""

from __future__ import annotations

import copy
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from app.config import Settings
from app.documents.file_store import FileStore
from app.documents.result_store import ResultStore
from tests import databases
from tests.factories.canaries import Records, build_records
from tests.factories.job_canaries import add_jobs
from tests.factories.mail_canaries import add_mailings
from tests.factories.measure_canaries import add_measures
from tests.factories.monitoring_canaries import add_monitoring
from tests.factories.platform_canaries import add_platforms
from tests.factories.training_canaries import add_training
from tests.factories.workbook_canaries import add_workbooks
from tests.factories.world import World, build_world


@dataclass(frozen=True)
class Filled:
    database: str
    world: World
    records: Records
    settings: Settings


@pytest.fixture(scope="session")
def records_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder = tmp_path_factory.mktemp("records")
    settings = databases.settings_for("sqlite://", folder)
    made: list[tuple[World, Records]] = []

    def fill(url: str) -> None:
        databases.migrate(url, folder)
        engine = create_engine(url)
        world = build_world(engine)
        made.append((world, _records(engine, world, FileStore(settings.files), ResultStore(settings.results))))
        engine.dispose()

    with databases.template(folder, "records", fill) as source:
        yield Filled(source, *made[0], settings)


def _records(engine, world: World, files: FileStore, results: ResultStore) -> Records:
    def content(word: str) -> io.BytesIO:
        return io.BytesIO(f"{word} ".encode() * 3)

    made = build_records(engine, world, files, content)
    add_mailings(engine, world, made)
    add_jobs(engine, world, made, results)
    add_workbooks(engine, world, made, results)
    add_monitoring(engine, world, made, files)
    add_training(engine, world, made)
    add_measures(engine, world, made, files, content)
    add_platforms(engine, world, made)
    return made


@pytest.fixture
def records(app: Flask, records_template: Filled, settings: Settings) -> Records:
    """Numbers by kind and unit; their files stand in the stores of the test's application."""
    del app
    for theirs, ours in (
        (records_template.settings.files, settings.files),
        (records_template.settings.results, settings.results),
    ):
        shutil.copytree(Path(theirs), Path(ours), dirs_exist_ok=True)
    return copy.deepcopy(records_template.records)
