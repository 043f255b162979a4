"""The workbook shape of the register of people of learning platforms, tied to accounts here."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Учётные записи платформ",
    "Учётные записи учебных платформ",
    (
        Column("name_told", "Имя в платформе", width=32, wrap=True),
        Column("subject", "Номер в платформе", width=24),
        Column("platform", "Платформа", width=32, wrap=True),
        Column("user", "Учётная запись", width=32, wrap=True),
        Column("login", "Логин", width=18),
        Column("unit", "Кто подключил платформу", width=32, wrap=True),
        Column("origin", "Как связана", width=24),
        Column("linked_at", "Связана", ColumnKind.DATETIME, 17),
        Column("linked_by", "Кто связал", width=36, wrap=True),
        Column("last_launch_at", "Последний вход", ColumnKind.DATETIME, 17),
    ),
    not_loaded="Людей платформы связывают на странице «Связать по списку»: там список сначала показан для проверки.",
)
