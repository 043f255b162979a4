"""The workbook shape of the register of training requirements."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Требования к обучению",
    "Требования к обучению работников",
    (
        Column("title", "Требование", width=44, wrap=True),
        Column("status", "Состояние", width=13),
        Column("holder", "Кто поставил", width=34, wrap=True),
        Column("topic", "Тема обучения", width=34, wrap=True),
        Column("positions", "Должности", width=34, wrap=True),
        Column("counts", "Что считается", width=28, wrap=True),
        Column("starts_on", "С", ColumnKind.DATE, 12),
        Column("due_on", "Срок", ColumnKind.DATE, 12),
        Column("min_hours", "Часов не менее", ColumnKind.INTEGER, 15),
        Column("accepts_valid", "Прежние документы", width=19),
        Column("basis", "Основание", width=34, wrap=True),
    ),
    not_loaded="Требование ставят в системе: из файла его не загрузить, адресатов подтверждает человек.",
)
