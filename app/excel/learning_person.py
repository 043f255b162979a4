"""The workbook shape of the register of people of sites: who they are here."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Кто есть кто",
    "Люди из СДО и работники, за которых они приняты",
    (
        Column("full_name", "Имя в СДО", width=36, wrap=True),
        Column("institution", "Организация в СДО", width=36, wrap=True),
        Column("position", "Должность в СДО", width=26, wrap=True),
        Column("email", "Электронная почта", width=28),
        Column("idnumber", "Индивидуальный номер", width=20),
        Column("state", "Состояние", width=16),
        Column("person", "Работник", width=36, wrap=True),
        Column("ground", "По чему узнан", width=20),
        Column("decided_by", "Кто решил", width=30, wrap=True),
        Column("decided_at", "Когда решено", ColumnKind.DATETIME, 18),
        Column("site", "СДО", width=30, wrap=True),
    ),
    not_loaded="Людей называет СДО, а кто они здесь, решают в системе: в Excel список только выгружается.",
)
