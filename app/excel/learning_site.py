"""The workbook shape of the register of sites that are read."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "СДО",
    "Системы дистанционного обучения, из которых берутся итоги",
    (
        Column("title", "СДО", width=34, wrap=True),
        Column("unit", "Кто ведёт", width=34, wrap=True),
        Column("state", "Состояние", width=22),
        Column("address", "Адрес", width=40, wrap=True),
        Column("courses", "Курсов с потоками", ColumnKind.INTEGER, 12),
        Column("waiting", "Не узнаны", ColumnKind.INTEGER, 11),
        Column("conflicts", "Расходится", ColumnKind.INTEGER, 12),
        Column("pulled_at", "Данные взяты", ColumnKind.DATETIME, 18),
        Column("is_nightly", "Каждую ночь", ColumnKind.BOOLEAN, 13),
        Column("release", "Версия", width=24),
        Column("problem", "Что не так", width=60, wrap=True),
    ),
    not_loaded="СДО подключают на её странице: ключ доступа в книгу Excel не выгружается и из неё не берётся.",
)
