"""The unit trees that the parser tests stand on: Sakhalin with decoys beside the wanted names, and Zaoksky."""

from __future__ import annotations

from app.analysis.order_proposal import RegisterUnit
from app.models.enumeration import UnitKind

_NAMES = (
    "Александровск-Сахалинский Анивский Долинский Корсаковский Курильский Макаровский Невельский Ногликский Охинский "
    "Поронайский Северо-Курильский Смирныховский Томаринский Тымовский Углегорский Холмский Южно-Курильский"
)
MUNICIPALITIES = _NAMES.split()
SCHOOLS = (
    ("МБОУ СОШ с. Ильинское", "Томаринский"),
    ("МБОУ СОШ с. Пензенское", "Томаринский"),
    ("МБОУ СОШ № 2 г. Томари", "Томаринский"),
    ("МБОУ СОШ с. Онор", "Смирныховский"),
    ("МБОУ ООШ № 2 г. Углегорск", "Углегорский"),
    ("школа с. Лесогорское", "Углегорский"),
    ("начальная школа г. Шахтёрск (400 мест)", "Углегорский"),
    ("школа № 5 г. Оха", "Охинский"),
    ("школа пгт Ноглики (300 мест)", "Ногликский"),
    ("школа г. Чехов", "Холмский"),
    ("школа г. Курильск (400 мест)", "Курильский"),
    ("школа–детский сад с. Головнино", "Южно-Курильский"),
    ("школа г. Александровск-Сахалинский", "Александровск-Сахалинский"),
    ("гимназия № 1 им. А.С. Пушкина", "Южно-Сахалинск"),
    ("гимназия № 3", "Южно-Сахалинск"),
    ("СОШ № 4", "Южно-Сахалинск"),
    ("СОШ № 24 (1260 мест, с 01.09.2025)", "Южно-Сахалинск"),
    ("коррекционная школа «Надежда»", "Южно-Сахалинск"),
    ("МБОУ СОШ № 1", "Анивский"),
    ("МБОУ СОШ № 1", "Холмский"),
)
INSTITUTE = (
    "Государственное автономное образовательное учреждение дополнительного профессионального образования «Институт "
    "развития образования Сахалинской области» имени Заслуженного учителя Российской Федерации В.Д. Гуревича"
)


def sakhalin() -> list[RegisterUnit]:
    """One region, 18 municipalities, the institute, twenty schools (two of one name)."""
    units = [RegisterUnit(1, UnitKind.REGION, "Сахалинская область", "Сахалинская область", None)]
    owners = {"Южно-Сахалинск": 10}
    city = "Городской округ «Город Южно-Сахалинск»"
    units.append(RegisterUnit(10, UnitKind.MUNICIPALITY, city, "Южно-Сахалинск", 1))
    for number, name in enumerate(MUNICIPALITIES, start=11):
        owners[name] = number
        former = (f"{name} городской округ",)
        units.append(RegisterUnit(number, UnitKind.MUNICIPALITY, f"{name} муниципальный округ", name, 1, former))
    units.append(RegisterUnit(50, UnitKind.PROVIDER, INSTITUTE, "ИРОСО", 1))
    for number, (name, owner) in enumerate(SCHOOLS, start=100):
        units.append(RegisterUnit(number, UnitKind.SCHOOL, name, name, owners[owner], (), owners[owner]))
    return units


def zaoksky() -> list[RegisterUnit]:
    """A region with two districts: the issuing one with two schools and a decoy with one."""
    return [
        RegisterUnit(1, UnitKind.REGION, "Тульская область", "Тульская область", None),
        RegisterUnit(2, UnitKind.MUNICIPALITY, "Заокский район", "Заокский", 1),
        RegisterUnit(3, UnitKind.MUNICIPALITY, "Алексинский район", "Алексинский", 1),
        RegisterUnit(4, UnitKind.SCHOOL, "МБОУ «Заокская СОШ»", "Заокская СОШ", 2, (), 2),
        RegisterUnit(5, UnitKind.SCHOOL, "МБОУ «Страховская СОШ»", "Страховская СОШ", 2, (), 2),
        RegisterUnit(6, UnitKind.SCHOOL, "МБОУ «СОШ № 1»", "СОШ № 1", 3, (), 3),
    ]


def id_of(units: list[RegisterUnit], short_name: str) -> int:
    return next(unit.id for unit in units if unit.short_name == short_name)
