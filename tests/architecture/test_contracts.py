"""The import contracts of pyproject.toml hold, and each of them refuses what it was written against."""

import os
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT

CONFIGURATION = ROOT / "pyproject.toml"
CONTRACTS = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
LAYERS = next(each for each in CONTRACTS if each["type"] == "layers")["layers"]
# The floors from the top down; `a | b` may not see one another, `(a)` may be missing.
FLOORS = [[name.strip(" ()") for name in layer.replace(":", "|").split("|")] for layer in LAYERS]


def lint_imports(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        # Wide enough to keep each complaint on one line.
        env={**os.environ, "COLUMNS": "1000", "NO_COLOR": "1", "PYTHONPATH": ""},
    )
    return done.returncode, done.stdout + done.stderr


def skeleton(folder: Path) -> Path:
    """A package with the floors of ours and nothing in them, under our very contracts."""
    shutil.copy(CONFIGURATION, folder)
    modules = {name for floor in FLOORS for name in floor}
    for contract in CONTRACTS:
        for named in _named_modules(contract):
            modules.add(named.removeprefix("app."))
    for name in modules - {"app"}:
        place = folder / "app" / Path(*name.split("."))
        place.mkdir(parents=True, exist_ok=True)
    for place in (folder / "app", *(each for each in (folder / "app").rglob("*") if each.is_dir())):
        (place / "__init__.py").touch()
    return folder


def _named_modules(contract: dict[str, object]) -> list[str]:
    lists = [value for key, value in contract.items() if key.endswith("modules") and isinstance(value, list)]
    return [name for each in lists for name in each if name.startswith("app.") and "*" not in name]


def plant(folder: Path, importer: str, imported: str) -> str:
    """Writes the forbidden import, and returns the words of the complaint about it."""
    with (folder / Path(*importer.split(".")) / "__init__.py").open("a", encoding="utf-8") as source:
        source.write(f"import {imported}\n")
    return f"{importer} -> {imported}"


def violations(contract: dict[str, object]) -> list[tuple[str, str]]:
    """Pairs of importer and imported, each of which this contract must refuse."""
    match contract:
        case {"type": "layers"}:
            upwards = [(low, high) for above, below in pairwise(FLOORS) for low in below for high in above]
            aside = [(one, other) for floor in FLOORS for one in floor for other in floor if one != other]
            return [(f"app.{one}", f"app.{other}") for one, other in upwards + aside]
        case {"type": "forbidden", "source_modules": [*sources], "forbidden_modules": [*forbidden]}:
            named = [str(each).replace(".**", ".models").replace(".*", ".models") for each in sources]
            return [(one, str(other)) for one in named for other in forbidden if one != other]
        case {"type": "protected", "protected_modules": [*protected], "allowed_importers": [*allowed]}:
            strangers = [
                name for floor in FLOORS for name in floor if not any(f"app.{name}" in str(a) for a in allowed)
            ]
            return [(f"app.{strangers[0]}", str(each)) for each in protected]
        case {"type": "independence", "modules": [*modules]}:
            return [(str(one), str(other)) for one in modules for other in modules if one != other]
        case {"type": "acyclic_siblings"}:
            below = FLOORS[-1][0]
            return [(f"app.{below}.one", f"app.{below}.other"), (f"app.{below}.other", f"app.{below}.one")]
    pytest.fail(f"«{contract['name']}» is of a kind this test cannot plant: teach it in violations().")


def test_the_contracts_hold():
    code, told = lint_imports(ROOT)
    assert code == 0, told


def test_an_empty_house_breaks_nothing(tmp_path):
    code, told = lint_imports(skeleton(tmp_path))
    assert code == 0, told
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in told


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"].split(":")[0])
def test_a_planted_import_is_refused(contract, tmp_path):
    house = skeleton(tmp_path)
    for name in ("one", "other") if contract["type"] == "acyclic_siblings" else ():
        room = house / "app" / FLOORS[-1][0] / name
        room.mkdir()
        (room / "__init__.py").touch()
    planted = [plant(house, importer, imported) for importer, imported in violations(contract)]
    assert planted
    code, told = lint_imports(house)
    assert code != 0
    assert f"{contract['name']} BROKEN" in " ".join(told.split())
    part = told.split(f"\n{contract['name']}\n")[-1]
    missing = [each for each in planted if each not in part] if contract["type"] != "acyclic_siblings" else []
    assert not missing, f"{missing} was planted and let through:\n{told}"


def test_a_new_floor_must_be_placed(tmp_path):
    house = skeleton(tmp_path)
    (house / "app" / "cellar").mkdir()
    (house / "app" / "cellar" / "__init__.py").touch()
    code, told = lint_imports(house)
    assert code != 0
    assert "app.cellar" in told
