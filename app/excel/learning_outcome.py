"""The workbook shape of the register of what sites told of people, beside what stands here."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Итоги из СДО",
    "Итоги обучения из СДО и записи слушателей",
    (
        Column("person", "Имя в СДО", width=36, wrap=True),
        Column("staff", "Слушатель", width=36, wrap=True),
        Column("group", "Поток", width=34, wrap=True),
        Column("course", "Курс", width=44, wrap=True),
        Column("state", "Итог", width=18),
        Column("told_passed", "В СДО завершил", ColumnKind.BOOLEAN, 13),
        Column("told_on", "В СДО: день", ColumnKind.DATE, 13),
        Column("told_grade", "В СДО: оценка", width=13),
        Column("status", "Здесь: состояние", width=20),
        Column("completed_on", "Здесь: день", ColumnKind.DATE, 13),
        Column("grade", "Здесь: оценка", width=13),
        Column("taken_at", "Взято", ColumnKind.DATETIME, 18),
        Column("obstacle", "Почему не взято", width=60, wrap=True),
        Column("decided_by", "Кто решил", width=30, wrap=True),
    ),
    not_loaded="Итоги приходят из СДО или из её файлов: в Excel список только выгружается.",
)
