"""The sheet of measures in a unit's own workbook: what is planned, and room for who does it and what was done."""

from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD

LEAD = (
    "Заполните «Выполнена» и остальное в строке: при возврате книги мера уйдёт на подтверждение. "
    "Файлы прикладывают только в системе, на странице меры."
)
SHEET = Sheet(
    "Меры",
    "Рабочая книга: меры по недостаткам",
    (
        Column("row_key", "Ключ строки", width=10, role=KEY, required=True),
        Column("title", "Мера", width=40, wrap=True),
        Column("findings", "Недостатки", width=40, wrap=True),
        Column("expected", "Ожидаемый результат", width=30, wrap=True),
        Column("due_on", "Срок", ColumnKind.DATE, 12),
        Column("status", "Состояние", width=16),
        Column("remark", "Замечание", width=24, wrap=True),
        Column("figure", "Показатель: было → цель", width=26, wrap=True),
        Column("measure_responsible", "Кто отвечает", width=24, wrap=True, role=FIELD, note="Фамилия, имя, отчество."),
        Column("measure_position", "Должность", width=20, wrap=True, role=FIELD),
        Column("done_on", "Выполнена", width=13, role=FIELD, note="День в виде дд.мм.гггг: не раньше, чем сделано."),
        Column("done_note", "Как выполнена", width=36, wrap=True, role=FIELD),
        Column("figure_after", "Стало", width=10, role=FIELD, note="Число; пустое система посчитает, если может."),
        Column("measure_link", "Ссылка, где видно", width=28, wrap=True, role=FIELD, note="Адрес страницы."),
    ),
)
