"""The workbook shape of the register of learning platforms."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Платформы",
    "Учебные платформы",
    (
        Column("title", "Платформа", width=36, wrap=True),
        Column("unit", "Кто подключил", width=36, wrap=True),
        Column("issuer", "Адрес платформы", width=36, wrap=True),
        Column("client_id", "Идентификатор клиента", width=24),
        Column("family", "Вид", width=14),
        Column("active", "Включена", ColumnKind.BOOLEAN, 11),
        Column("deployments", "Размещений", ColumnKind.INTEGER, 13),
        Column("accounts", "Связано людей", ColumnKind.INTEGER, 15),
        Column("last_launch_at", "Последний вход", ColumnKind.DATETIME, 17),
    ),
    not_loaded="Платформу подключают в системе: ключи и номера она сообщает сама, из файла их не загрузить.",
)
