"""The workbook shape of the register of assessment sheets."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Листы оценки",
    "Листы оценки ВСОКО",
    (
        Column("municipality", "Муниципалитет", width=30, wrap=True),
        Column("unit", "Организация", width=42, wrap=True),
        Column("round", "Цикл мониторинга", width=34, wrap=True),
        Column("status", "Состояние", width=14),
        Column("answered", "Отвечено критериев", ColumnKind.INTEGER, 12),
        Column("to_answer", "Всего критериев", ColumnKind.INTEGER, 12),
        Column("share", "Результат, %", ColumnKind.NUMBER, 12, note="Доля от наибольшего взвешенного балла."),
        Column("level", "Уровень", width=14),
        Column("due_on", "Срок сдачи", ColumnKind.DATE, 12),
        Column("sent_on", "Впервые отправлен", ColumnKind.DATE, 12),
        Column("late", "С опозданием", ColumnKind.BOOLEAN, 12),
        Column("accepted_on", "Принят", ColumnKind.DATE, 12),
        Column("approved_on", "Утверждён", ColumnKind.DATE, 12),
        Column(
            "changed", "Изменено после утверждения", ColumnKind.INTEGER, 14, note="Критериев, отличных от утверждённых."
        ),
    ),
    not_loaded="Лист оценки заполняется и проверяется по критериям на своей странице: "
    "из списка листов ответы не загружаются.",
)
