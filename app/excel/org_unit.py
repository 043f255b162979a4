"""The workbook shape of the register of organisations."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Организации",
    "Организации",
    (
        Column("kind", "Вид", width=26, wrap=True),
        Column("name", "Наименование", width=60, wrap=True),
        Column("short_name", "Краткое наименование", width=32, wrap=True),
        Column("code", "Код", width=16, note="код ОО или ОКТМО муниципалитета; по нему запись узнаётся при загрузке"),
        Column("municipality", "Муниципалитет", width=28, wrap=True),
        Column("valid_from", "Действует с", ColumnKind.DATE, 13),
        Column("valid_to", "Действует по", ColumnKind.DATE, 13, note="пусто, если организация действует"),
        Column("site", "Сайт", width=30),
    ),
)
