"""The workbook shape of the register of courses of sites."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Курсы СДО",
    "Курсы систем дистанционного обучения и их потоки",
    (
        Column("title", "Курс", width=50, wrap=True),
        Column("short_name", "Краткое название", width=20),
        Column("idnumber", "Индивидуальный номер", width=20),
        Column("remote_id", "Номер в СДО", width=14),
        Column("site", "СДО", width=30, wrap=True),
        Column("unit", "Кто ведёт", width=34, wrap=True),
        Column("group", "Поток", width=34, wrap=True),
        Column("waiting", "Не узнаны", ColumnKind.INTEGER, 11),
        Column("conflicts", "Расходится", ColumnKind.INTEGER, 12),
        Column("taken", "Взято итогов", ColumnKind.INTEGER, 13),
        Column("pulled_at", "Данные взяты", ColumnKind.DATETIME, 18),
        Column("problem", "Что не так", width=60, wrap=True),
    ),
    not_loaded="Список курсов берётся из СДО: в Excel он только выгружается.",
)
