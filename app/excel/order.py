"""The workbook shape of the register of orders."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Распоряжения",
    "Распоряжения, приказы и письма",
    (
        Column("kind", "Вид", width=14, note="распоряжение, приказ или письмо"),
        Column("number", "Номер", width=16),
        Column("dated_on", "Дата", ColumnKind.DATE, 12, note="дд.мм.гггг"),
        Column("title", "Заголовок", width=60, wrap=True),
        Column("issuer", "Кем выпущено", width=32, wrap=True),
        Column("status", "Состояние", width=13),
        Column("points", "Пунктов", ColumnKind.INTEGER, 10),
        Column("assignments", "Поручений", ColumnKind.INTEGER, 11),
        Column("done", "Исполнено", ColumnKind.INTEGER, 11),
        Column("overdue", "Просрочено", ColumnKind.INTEGER, 12),
    ),
)
