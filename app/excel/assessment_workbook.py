"""The sheet of assessment in a unit's own workbook: what is asked of it, and room for its answers."""

from app.excel.sheet import Column, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD

LEAD = (
    "Документы и ссылки, которые подтверждают ответы, прикладывают только в системе, на странице листа оценки; там же "
    "оспаривают ответы, которые посчитала система, и отправляют лист."
)
SHEET = Sheet(
    "Лист оценки",
    "Рабочая книга: лист оценки",
    (
        Column("row_key", "Ключ строки", width=10, role=KEY, required=True),
        Column("code", "Код", width=8),
        Column("criterion", "Критерий", width=32, wrap=True),
        Column("round", "Цикл", width=16, wrap=True),
        Column("judged", "Как оценивается", width=42, wrap=True),
        Column("last", "Прошлый ответ", width=20, wrap=True),
        Column("remark", "Замечание", width=22, wrap=True),
        Column(
            "value",
            "Ответ",
            width=24,
            wrap=True,
            role=FIELD,
            note="Выберите из списка; где списка нет, напишите число, проценты – без знака %.",
        ),
        Column(
            "na",
            "Неприменимо",
            width=14,
            role=FIELD,
            choices="na",
            note="«да», если критерий к вам не относится; «Ответ» тогда оставьте пустым и напишите причину.",
        ),
        Column("na_reason", "Почему неприменимо", width=26, wrap=True, role=FIELD, note="Только вместе с «да» слева."),
        Column("comment", "Пояснение", width=40, wrap=True, role=FIELD, note="К ответу; можно оставить пустым."),
    ),
)
