"""The workbook shape of the register of assignments."""

from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD

SHEET = Sheet(
    "Поручения",
    "Поручения",
    (
        Column(
            "municipality",
            "Муниципалитет",
            width=24,
            wrap=True,
            role=KEY,
            choices="municipalities",
            note="пусто, если организация стоит прямо под регионом",
            example="Анивский",
        ),
        Column(
            "unit",
            "Организация",
            width=32,
            wrap=True,
            role=KEY,
            required=True,
            choices="units",
            aliases=("Исполнитель", "ОО"),
            example="МБОУ СОШ № 1",
        ),
        Column(
            "order",
            "Распоряжение",
            width=24,
            wrap=True,
            role=KEY,
            required=True,
            choices="orders",
            note="номер и дата: № 3.12-118-р от 01.09.2026",
            example="№ 3.12-118-р от 01.09.2026",
        ),
        Column("point", "Пункт", width=9, role=KEY, required=True, aliases=("Пункт распоряжения",), example="2.1"),
        Column("content", "Содержание", width=60, wrap=True),
        Column("modality", "Вид требования", width=16),
        Column("due_on", "Срок", ColumnKind.DATE, 13, note="дата; пусто или слова, если срока нет"),
        Column("status", "Состояние", width=20),
        Column("overdue", "Просрочено", ColumnKind.BOOLEAN, 13),
        Column("done_on", "Дата исполнения", ColumnKind.DATE, 13),
        Column(
            "responsible",
            "Ответственный",
            width=24,
            wrap=True,
            role=FIELD,
            aliases=("Ответственное лицо",),
            note="его указывает сама организация в своих поручениях",
            example="Иванова М. П.",
        ),
    ),
)
