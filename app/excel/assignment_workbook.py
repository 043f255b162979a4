"""The sheet of assignments in a unit's own workbook: what was asked of it, and room for its reports."""

from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD

SHEET = Sheet(
    "Поручения",
    "Рабочая книга: поручения и отчёты",
    (
        Column("row_key", "Ключ строки", width=10, role=KEY, required=True),
        Column("order", "Распоряжение", width=22, wrap=True),
        Column("point", "Пункт", width=8),
        Column("content", "Содержание", width=50, wrap=True),
        Column("modality", "Вид требования", width=15),
        Column("due_on", "Срок", ColumnKind.DATE, 12),
        Column("status", "Состояние", width=18),
        Column("remark", "Замечание", width=28, wrap=True),
        Column("responsible", "Ответственный", width=22, wrap=True, role=FIELD, note="Фамилия и инициалы."),
        Column(
            "outcome",
            "Результат",
            width=18,
            role=FIELD,
            choices="outcomes",
            note="Выберите из списка: тогда при возврате книги отправится отчёт.",
        ),
        Column("report_text", "Что сделано", width=44, wrap=True, role=FIELD, note="Текст отчёта."),
        Column(
            "reason",
            "Причина",
            width=28,
            wrap=True,
            role=FIELD,
            note="Если не исполнено, исполнено частично или раньше ваших школ.",
        ),
        Column(
            "link",
            "Ссылка на подтверждение",
            width=28,
            wrap=True,
            role=FIELD,
            note="Адрес страницы или документа; файл прикладывают в системе.",
        ),
    ),
)
