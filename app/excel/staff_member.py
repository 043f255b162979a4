"""The workbook shape of the register of people on the staff. A СНИЛС comes in by it and never goes out."""

from datetime import date

from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD
# What stands in the column of the number where one is known.
KNOWN_NUMBER = "указан"

SHEET = Sheet(
    "Работники",
    "Работники",
    (
        Column(
            "unit",
            "Организация",
            width=36,
            wrap=True,
            role=KEY,
            choices="units",
            aliases=("Наименование организации", "Место работы", "ОО", "Школа"),
            note="наименование или код; пусто — ваша организация",
            example="МБОУ СОШ № 1",
        ),
        Column("municipality", "Муниципалитет", width=26, wrap=True),
        Column(
            "full_name",
            "ФИО",
            width=34,
            wrap=True,
            role=KEY,
            required=True,
            aliases=("Фамилия, имя, отчество", "Фамилия Имя Отчество", "Ф.И.О.", "Работник"),
            note="фамилия, имя и отчество через пробел; инициалов мало",
            example="Иванова Мария Петровна",
        ),
        Column(
            "position_kind",
            "Вид должности",
            width=26,
            wrap=True,
            role=FIELD,
            choices="position_kinds",
            note="руководитель, заместитель руководителя, методист и так далее",
            example="заместитель руководителя",
        ),
        Column(
            "position",
            "Должность",
            width=40,
            wrap=True,
            role=FIELD,
            aliases=("Наименование должности", "Должность работника"),
            note="как в штатном расписании",
            example="заместитель директора по учебно-воспитательной работе",
        ),
        Column(
            "started_on",
            "В должности с",
            ColumnKind.DATE,
            14,
            role=FIELD,
            aliases=("Дата назначения", "Дата приёма"),
            note="дд.мм.гггг; пусто, если день неизвестен",
            example=date(2021, 9, 1),
        ),
        Column(
            "ended_on",
            "В должности по",
            ColumnKind.DATE,
            15,
            role=FIELD,
            aliases=("Дата увольнения",),
            note="последний день; пусто, пока человек работает",
        ),
        Column(
            "email",
            "Почта",
            width=28,
            role=FIELD,
            aliases=("Эл. почта", "E-mail", "Электронная почта"),
            example="ivanova@school1.ru",
        ),
        Column(
            "snils",
            "СНИЛС",
            width=17,
            role=FIELD,
            note="номер записывается и больше не выгружается; пусто или «указан» — оставить, как есть",
            example="112-233-445 95",
        ),
        Column("documents", "Документов об обучении", ColumnKind.INTEGER, 16),
    ),
)
