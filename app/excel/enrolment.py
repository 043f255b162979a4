"""The workbook shape of the register of trainees."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Слушатели",
    "Слушатели потоков",
    (
        Column("municipality", "Муниципалитет", width=24, wrap=True),
        Column("unit", "Организация", width=32, wrap=True),
        Column("person", "Работник", width=30, wrap=True),
        Column("position", "Должность", width=28, wrap=True),
        Column("group", "Поток", width=24, wrap=True),
        Column("programme", "Программа", width=44, wrap=True),
        Column("provider", "Кто проводит", width=30, wrap=True),
        Column("starts_on", "Начало", ColumnKind.DATE, 12),
        Column("ends_on", "Окончание", ColumnKind.DATE, 12),
        Column("status", "Состояние", width=18),
        Column("applied_at", "Заявлен", ColumnKind.DATETIME, 17),
        Column("enrolled_on", "Зачислен", ColumnKind.DATE, 12),
        Column("enrolment_act", "Приказ о зачислении", width=26, wrap=True),
        Column("result", "Результат", width=12),
        Column("grade", "Оценка", width=12),
        Column("completed_on", "Завершил", ColumnKind.DATE, 12),
        Column("left_on", "Выбыл", ColumnKind.DATE, 12),
        Column("left_reason", "Причина", width=36, wrap=True),
    ),
    not_loaded="Слушатели появляются из заявок на поток: в Excel их список только выгружается.",
)
