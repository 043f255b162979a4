"""The workbook shape of the register of users."""

from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD

SHEET = Sheet(
    "Пользователи",
    "Пользователи",
    (
        Column(
            "full_name",
            "ФИО",
            width=32,
            wrap=True,
            role=FIELD,
            required=True,
            aliases=("Фамилия, имя, отчество", "Фамилия Имя Отчество"),
            example="Иванова Мария Петровна",
        ),
        Column(
            "login",
            "Логин",
            width=18,
            role=KEY,
            required=True,
            aliases=("Имя для входа",),
            note="по нему учётная запись узнаётся; буквы, цифры, точка, дефис",
            example="ivanova",
        ),
        Column("email", "Почта", width=28, role=FIELD, aliases=("Эл. почта", "E-mail"), example="ivanova@school1.ru"),
        Column("phone", "Телефон", width=20, role=FIELD, example="+7 42446 2-15-01"),
        Column(
            "memberships",
            "Организации и полномочия",
            width=60,
            wrap=True,
            role=FIELD,
            note="Организация: полномочие, полномочие; следующая организация: полномочие",
            example="МБОУ СОШ № 1: исполнитель, утверждающий",
        ),
        Column("active", "Активен", ColumnKind.BOOLEAN, 11),
        Column("last_seen_at", "Последний вход", ColumnKind.DATETIME, 17),
    ),
)
