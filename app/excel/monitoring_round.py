"""The workbook shape of the register of monitoring rounds."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Циклы мониторинга",
    "Циклы мониторинга ВСОКО",
    (
        Column("title", "Цикл", width=44, wrap=True),
        Column("status", "Состояние", width=13),
        Column("holder", "Кто проводит", width=34, wrap=True),
        Column("framework", "Набор критериев", width=44, wrap=True),
        Column("basis", "Основание", width=34, wrap=True),
        Column("opens_on", "Начало", ColumnKind.DATE, 12),
        Column("due_on", "Срок сдачи", ColumnKind.DATE, 12),
        Column("locks_on", "Приём закрыт", ColumnKind.DATE, 14),
        Column("late_until", "По разрешениям до", ColumnKind.DATE, 19),
        Column("sheets", "Листов", ColumnKind.INTEGER, 9),
        Column("not_started", "Не начали", ColumnKind.INTEGER, 11),
        Column("waiting", "На проверке", ColumnKind.INTEGER, 13),
        Column("done", "Принято и утверждено", ColumnKind.INTEGER, 21),
        Column("late", "С опозданием", ColumnKind.INTEGER, 14),
    ),
    not_loaded="Цикл открывают в системе: из файла его не загрузить, адресаты и сроки подтверждает человек.",
)
