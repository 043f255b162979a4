"""The workbook shape of the register of corrective measures."""

from app.excel.sheet import Column, ColumnKind, Sheet

SHEET = Sheet(
    "Меры",
    "Корректирующие меры",
    (
        Column("municipality", "Муниципалитет", width=22, wrap=True),
        Column("unit", "Кто выполняет", width=32, wrap=True),
        Column("title", "Мера", width=48, wrap=True),
        Column("status", "Состояние", width=16),
        Column("priority", "Приоритет", width=12),
        Column("responsible", "Ответственный", width=28, wrap=True),
        Column("responsible_position", "Должность", width=28, wrap=True),
        Column("starts_on", "Начало", ColumnKind.DATE, 12),
        Column("due_on", "Срок", ColumnKind.DATE, 12),
        Column("figure_name", "Контрольный показатель", width=36, wrap=True),
        Column("figure_before", "Было", ColumnKind.NUMBER, 10),
        Column("figure_target", "Цель", ColumnKind.NUMBER, 10),
        Column("figure_after", "Стало", ColumnKind.NUMBER, 10),
        Column("expected_result", "Ожидаемый результат", width=40, wrap=True),
        Column("done_on", "Выполнена", ColumnKind.DATE, 12),
        Column("done_note", "Что сделано", width=40, wrap=True),
        Column("verified_on", "Подтверждена", ColumnKind.DATE, 12),
        Column("remark", "Замечание", width=32, wrap=True),
        Column("effect", "Вывод об эффективности", width=18),
        Column("made_by", "Кто запланировал", width=32, wrap=True),
    ),
    not_loaded="Меры планируют по недостаткам: в Excel их список только выгружается.",
)
