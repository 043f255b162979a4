"""The workbook shape of the register of sets of criteria."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Наборы критериев",
    "Наборы критериев мониторинга ВСОКО",
    (
        Column("title", "Название", width=50, wrap=True),
        Column("edition", "Редакция", ColumnKind.INTEGER, 10),
        Column("status", "Состояние", width=24),
        Column("criteria", "Критериев", ColumnKind.INTEGER, 11),
        Column("maker", "Чей набор", width=32, wrap=True),
        Column("published_at", "Опубликован", ColumnKind.DATETIME, 17),
        Column("caution", "Предупреждение", width=40, wrap=True),
    ),
    not_loaded="Список наборов обратно не загружается: набор возвращается своей книгой, со страницы «Набор из книги».",
)
