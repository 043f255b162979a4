"""The workbook shape of the register of users."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Пользователи",
    "Пользователи",
    (
        Column("full_name", "ФИО", width=32, wrap=True),
        Column("login", "Логин", width=18),
        Column("email", "Почта", width=28),
        Column("memberships", "Организации и полномочия", width=60, wrap=True),
        Column("active", "Активен", ColumnKind.BOOLEAN, 11),
        Column("last_seen_at", "Последний вход", ColumnKind.DATETIME, 17),
    ),
)
