"""The workbook shape of the register of findings."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Недостатки",
    "Недостатки, выявленные мониторингом и проверками",
    (
        Column("municipality", "Муниципалитет", width=22, wrap=True),
        Column("unit", "Организация", width=32, wrap=True),
        Column("criterion_code", "Критерий", width=10),
        Column("text", "Недостаток", width=56, wrap=True),
        Column("severity", "Тяжесть", width=16),
        Column("source", "Где обнаружен", width=24, wrap=True),
        Column("round", "Цикл мониторинга", width=28, wrap=True),
        Column("ground", "Основание", width=30, wrap=True),
        Column("cause", "Причина", width=30, wrap=True),
        Column("found_on", "Обнаружен", ColumnKind.DATE, 13),
        Column("found_by", "Кто обнаружил", width=30, wrap=True),
        Column("measures", "Мер", ColumnKind.INTEGER, 8),
        Column("status", "Состояние", width=14),
        Column("resolved_on", "Устранён", ColumnKind.DATE, 13),
        Column("closed_by", "Кто закрыл", width=28, wrap=True),
        Column("closing_reason", "Чем закрыт", width=36, wrap=True),
    ),
    not_loaded=(
        "Недостатки не загружаются из файла: их записывают там, где они видны, — на листе оценки, "
        "на странице поручения, в своде цикла или вручную."
    ),
)
