"""The workbook shape of the register of orders."""

from datetime import date

from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD

SHEET = Sheet(
    "Распоряжения",
    "Распоряжения, приказы и письма",
    (
        Column(
            "kind",
            "Вид",
            width=14,
            role=KEY,
            required=True,
            choices="order_kinds",
            aliases=("Вид документа",),
            note="распоряжение, приказ или письмо",
            example="распоряжение",
        ),
        Column(
            "number",
            "Номер",
            width=16,
            role=KEY,
            aliases=("№", "Номер документа"),
            note="у нового документа обязателен",
            example="3.12-118-р",
        ),
        Column(
            "dated_on",
            "Дата",
            ColumnKind.DATE,
            12,
            role=KEY,
            aliases=("Дата документа",),
            note="дд.мм.гггг; у нового документа обязательна",
            example=date(2026, 9, 1),
        ),
        Column(
            "title",
            "Заголовок",
            width=60,
            wrap=True,
            role=FIELD,
            aliases=("О чём", "Наименование документа"),
            note="меняется только у черновика: выпущенный документ меняет акт",
            example="Об организации работы по оценке качества образования",
        ),
        Column(
            "issuer",
            "Кем выпущено",
            width=32,
            wrap=True,
            role=KEY,
            aliases=("Кем издано",),
            note="пусто — ваша организация; чужие документы загрузка не меняет",
        ),
        Column("status", "Состояние", width=13),
        Column("points", "Пунктов", ColumnKind.INTEGER, 10),
        Column("assignments", "Поручений", ColumnKind.INTEGER, 11),
        Column("done", "Исполнено", ColumnKind.INTEGER, 11),
        Column("overdue", "Просрочено", ColumnKind.INTEGER, 12),
    ),
)
