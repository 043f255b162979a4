"""The workbook shape of the register of training groups."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Потоки",
    "Потоки обучения",
    (
        Column("title", "Поток", width=34, wrap=True),
        Column("status", "Состояние", width=16),
        Column("programme", "Программа", width=60, wrap=True),
        Column("hours", "Часов", ColumnKind.INTEGER, 8),
        Column("provider", "Кто проводит", width=34, wrap=True),
        Column("starts_on", "Начало", ColumnKind.DATE, 12),
        Column("ends_on", "Окончание", ColumnKind.DATE, 12),
        Column("apply_until", "Заявки до", ColumnKind.DATE, 12),
        Column("seats", "Мест", ColumnKind.INTEGER, 8),
        Column("taken", "Занято", ColumnKind.INTEGER, 8),
        Column("free", "Свободно", ColumnKind.INTEGER, 10),
        Column("waiting", "Лист ожидания", ColumnKind.INTEGER, 15),
        Column("form", "Форма", width=15),
        Column("place", "Место", width=34, wrap=True),
        Column("coordinator", "Куратор", width=28, wrap=True),
    ),
    not_loaded="Потоки заводят в системе: набор открывает организация, которая проводит обучение.",
)
