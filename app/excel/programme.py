"""The workbook shape of the register of programmes."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Программы",
    "Программы повышения квалификации и переподготовки",
    (
        Column("title", "Программа", width=60, wrap=True),
        Column("provider", "Организация", width=34, wrap=True),
        Column("document_kind", "Итоговый документ", width=34, wrap=True),
        Column("topic", "Тема", width=24, wrap=True),
        Column("hours", "Часов", ColumnKind.INTEGER, 8),
        Column("form", "Форма", width=15),
        Column("positions", "Для кого", width=34, wrap=True),
        Column("status", "Состояние", width=20),
        Column("agree_by", "Согласовать до", ColumnKind.DATE, 15),
        Column("submitted_on", "Отправлена", ColumnKind.DATE, 12),
        Column("agreed_on", "Согласована", ColumnKind.DATE, 13),
        Column("agreement_act", "Чем согласована", width=34, wrap=True),
        Column("register_by", "Внести в реестр до", ColumnKind.DATE, 18),
        Column("register_number", "Номер в реестре", width=17),
        Column("registered_on", "Включена", ColumnKind.DATE, 12),
        Column("late", "Просрочено", width=26),
    ),
    not_loaded="Программы заводят в системе: согласование и номер в реестре подтверждает человек.",
)
