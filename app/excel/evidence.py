"""The workbook shape of the register of proof."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Подтверждения",
    "Подтверждения: документы и ссылки",
    (
        Column("municipality", "Муниципалитет", width=26, wrap=True),
        Column("unit", "Организация", width=36, wrap=True),
        Column("title", "Документ", width=48, wrap=True),
        Column("kind", "Вид", width=20, wrap=True),
        Column("number", "Номер", width=14),
        Column("dated_on", "Дата", ColumnKind.DATE, 13),
        Column("valid_until", "Действует по", ColumnKind.DATE, 13),
        Column("uses", "Приложено, раз", ColumnKind.INTEGER, 11, note="К отчётам, ответам, мерам и документам."),
        Column("files", "Редакций файла", ColumnKind.INTEGER, 11),
        Column("url", "Ссылка", width=40, wrap=True),
    ),
    not_loaded="Подтверждения прикладывают на страницах: файлов в таблице нет.",
)
