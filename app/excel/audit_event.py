"""The workbook shape of the journal."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Журнал",
    "Журнал действий",
    (
        Column("at", "Когда", ColumnKind.DATETIME, 17),
        Column("actor", "Кто", width=28, wrap=True),
        Column("actor_unit", "Организация автора", width=32, wrap=True),
        Column("record", "Запись", width=34, wrap=True),
        Column("action", "Действие", width=20),
        Column("note", "Примечание", width=36, wrap=True),
        Column("changes", "Изменения", width=60, wrap=True),
    ),
    not_loaded="Журнал пополняет сама система по каждому действию: из файла он не загружается.",
)
