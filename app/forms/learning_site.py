"""What people type about a site that is read."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from app.forms.base import TypedForm, row_number
from app.services.learning_site import (
    LONGEST_ADDRESS,
    LONGEST_TITLE,
    LONGEST_TOKEN,
    MOST_A_MINUTE,
    MOST_KEPT_DAYS,
    TypedSite,
)

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."


class LearningSiteForm(TypedForm):
    title = StringField(
        "Название",
        description="Как её называют у вас: «СДО института».",
        validators=[
            InputRequired("Введите название: так СДО называют сотрудники."),
            Length(max=LONGEST_TITLE, message=TOO_LONG),
        ],
    )
    address = StringField(
        "Адрес сайта",
        description="Как в строке браузера, например https://moodle.example.ru.",
        validators=[Length(max=LONGEST_ADDRESS, message=TOO_LONG)],
    )
    same_people = BooleanField("Это прежняя СДО по новому адресу: люди и курсы в нём те же")
    token = PasswordField(
        "Ключ доступа",
        description=(
            "Его делает администратор Moodle: Администрирование → Сервер → Веб-службы → Управление ключами. "
            "Хранится зашифрованным и больше не показывается."
        ),
        validators=[Length(max=LONGEST_TOKEN, message=TOO_LONG)],
    )
    a_minute = IntegerField(
        "Запросов в минуту, не больше",
        description="Чтобы чтение не мешало тем, кто учится.",
        default=120,
        validators=[
            InputRequired("Введите число запросов в минуту."),
            NumberRange(1, MOST_A_MINUTE, "Запросов в минуту может быть от %(min)d до %(max)d."),
        ],
    )
    kept_days = IntegerField(
        "Сколько дней хранить ответы СДО",
        description="По ним разбирают спорное.",
        default=30,
        validators=[
            InputRequired("Введите, сколько дней хранить ответы."),
            NumberRange(1, MOST_KEPT_DAYS, "Ответы СДО хранятся от %(min)d до %(max)d дней."),
        ],
    )
    version = HiddenField()

    @property
    def typed(self) -> TypedSite:
        """Of a form that has been validated."""
        return TypedSite(
            title=self.title.data or "",
            address=self.address.data or "",
            kept_days=self.kept_days.data or 0,
            a_minute=self.a_minute.data or 0,
            token=self.token.data or "",
        )

    @property
    def seen_version(self) -> int:
        return row_number(self.version.data) or 0


class NewLearningSiteForm(LearningSiteForm):
    unit_id = SelectField("Кто ведёт", choices=[], coerce=row_number, validate_choice=False)
