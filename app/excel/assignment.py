"""The workbook shape of the register of assignments."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Поручения",
    "Поручения",
    (
        Column("municipality", "Муниципалитет", width=24, wrap=True),
        Column("unit", "Организация", width=32, wrap=True),
        Column("order", "Распоряжение", width=24, wrap=True, note="номер и дата"),
        Column("point", "Пункт", width=9),
        Column("content", "Содержание", width=60, wrap=True),
        Column("modality", "Вид требования", width=16),
        Column("due_on", "Срок", ColumnKind.DATE, 13, note="дата; пусто или слова, если срока нет"),
        Column("status", "Состояние", width=20),
        Column("overdue", "Просрочено", ColumnKind.BOOLEAN, 13),
        Column("done_on", "Дата исполнения", ColumnKind.DATE, 13),
        Column("responsible", "Ответственный", width=24, wrap=True),
    ),
)
