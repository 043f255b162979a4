"""The workbook shape of the register of organisations."""

from datetime import date

from app.excel.sheet import Column, ColumnKind, ColumnRole, Sheet

KEY, FIELD = ColumnRole.KEY, ColumnRole.FIELD

SHEET = Sheet(
    "Организации",
    "Организации",
    (
        Column(
            "kind",
            "Вид",
            width=26,
            wrap=True,
            role=KEY,
            required=True,
            choices="unit_kinds",
            aliases=("Вид организации", "Тип организации"),
            note="муниципалитет, общеобразовательная организация (школа) или организация ДПО",
            example="общеобразовательная организация",
        ),
        Column(
            "name",
            "Наименование",
            width=60,
            wrap=True,
            role=KEY,
            required=True,
            aliases=("Полное наименование", "Название", "Наименование ОО", "Наименование организации"),
            note="полное, как в уставе; переименование делается в карточке: там нужны день и основание",
            example="Муниципальное бюджетное общеобразовательное учреждение «Средняя школа № 1»",
        ),
        Column(
            "short_name",
            "Краткое наименование",
            width=32,
            wrap=True,
            role=FIELD,
            aliases=("Краткое", "Сокращённое наименование"),
            example="МБОУ СОШ № 1",
        ),
        Column(
            "code",
            "Код",
            width=16,
            role=FIELD,
            aliases=("ОКТМО", "Код ОО"),
            note="код ОО или ОКТМО муниципалитета; по нему запись узнаётся при загрузке",
            example="650101",
        ),
        Column(
            "municipality",
            "Муниципалитет",
            width=28,
            wrap=True,
            role=KEY,
            choices="municipalities",
            aliases=("Родитель", "Муниципалитет/родитель", "Муниципальное образование", "МО"),
            note="пусто, если организация стоит прямо под регионом",
            example="Анивский",
        ),
        Column(
            "valid_from",
            "Действует с",
            ColumnKind.DATE,
            13,
            role=FIELD,
            aliases=("Открыта",),
            note="дд.мм.гггг; пусто, если день неизвестен",
            example=date(2015, 9, 1),
        ),
        Column("valid_to", "Действует по", ColumnKind.DATE, 13, note="пусто, если организация действует"),
        Column("site", "Сайт", width=30, role=FIELD, example="school1.ru"),
        Column(
            "email",
            "Почта",
            width=26,
            role=FIELD,
            aliases=("Эл. почта", "E-mail", "Электронная почта"),
            example="school1@sakhalin.ru",
        ),
    ),
)
