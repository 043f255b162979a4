"""The Sakhalin order's addressees added to the test world, and its text."""

from pathlib import Path

from app.models.enumeration import UnitKind
from app.models.org_unit import OrgUnit
from app.policies.unscoped import open_session
from tests.factories.world import add_unit

TEXT = (Path(__file__).parents[2] / "app/demo/data/sakhalin-order-3.12-118-r.txt").read_text(encoding="utf-8")
INSTITUTE = (
    "Государственное автономное образовательное учреждение дополнительного профессионального образования «Институт "
    "развития образования Сахалинской области» имени Заслуженного учителя Российской Федерации В.Д. Гуревича"
)


def add_sakhalin(engine, world) -> None:
    """Four more municipalities with a school each, and the institute under its real name."""
    with open_session(engine, reason="tests build their world") as session:
        session.connection(execution_options={"writes": True})
        region = session.get(OrgUnit, world.units["region"])
        provider = session.get(OrgUnit, world.units["provider"])
        provider.name, provider.short_name = INSTITUTE, "ГАОУ ДПО ИРОСО им. Заслуженного учителя РФ В.Д. Гуревича"
        for name in ("Долинский", "Курильский", "Макаровский", "Невельский"):
            town = add_unit(session, world, name, UnitKind.MUNICIPALITY, f"{name} муниципальный округ", region)
            add_unit(session, world, f"school_{name}", UnitKind.SCHOOL, f"МБОУ СОШ «{name}»", town)
