"""What people type about learning platforms: the registration, the link for it, where the product is placed."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, row_number
from app.models import LtiPlatform
from app.services.lti_platform import MOODLE, TypedPlatform

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."
FAMILIES = [(MOODLE, "Moodle"), ("", "другая платформа с LTI 1.3")]


def _address(label: str, hint: str = "") -> StringField:
    return StringField(label, description=hint, validators=[Length(max=500, message=TOO_LONG)])


class _Placed(TypedForm):
    org_unit_id = SelectField(
        "Организация",
        coerce=row_number,
        choices=[],
        validate_choice=False,
        validators=[InputRequired("Выберите организацию.")],
    )


class PlatformForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    title = StringField(
        "Название",
        description="Как её знают люди: «Moodle института».",
        validators=[InputRequired("Назовите платформу."), Length(max=200, message=TOO_LONG)],
    )
    family = SelectField("Вид платформы", choices=FAMILIES)
    issuer = StringField(
        "Адрес платформы",
        description="В Moodle это «Platform ID»: адрес сайта без косой черты в конце.",
        validators=[InputRequired("Введите адрес платформы."), Length(max=500, message=TOO_LONG)],
    )
    client_id = StringField(
        "Идентификатор клиента",
        description="В Moodle это «Client ID».",
        validators=[InputRequired("Введите идентификатор клиента."), Length(max=255, message=TOO_LONG)],
    )
    auth_url = _address("Адрес входа", "«Authentication request URL».")
    token_url = _address("Адрес выдачи ключей доступа", "«Access token URL».")
    jwks_url = _address("Адрес открытых ключей", "«Public keyset URL».")
    same_people = BooleanField("Это прежняя платформа по новому адресу: люди в ней те же")

    @classmethod
    def of(cls, platform: LtiPlatform) -> PlatformForm:
        names = ("version", "title", "issuer", "client_id", "auth_url", "token_url", "jwks_url")
        family = MOODLE if platform.family == MOODLE else ""
        return cls(family=family, **{name: getattr(platform, name) for name in names})

    def values(self, family: str = "") -> TypedPlatform:
        """Of a form that has been validated; `family` is kept of a platform that is no Moodle."""
        names = ("title", "issuer", "client_id", "auth_url", "token_url", "jwks_url")
        typed = {name: getattr(self, name).data or "" for name in names}
        return TypedPlatform(**typed, family=self.family.data or ("" if family == MOODLE else family))


class NewPlatformForm(PlatformForm, _Placed):
    """By hand: with the first placement. Its unit is that of the platform."""

    deployment_id = StringField(
        "Номер размещения",
        description="В Moodle это «Deployment ID».",
        validators=[InputRequired("Введите номер размещения."), Length(max=255, message=TOO_LONG)],
    )


class InvitationForm(_Placed):
    title = StringField(
        "Название",
        description="Как её знают люди: «Moodle института».",
        validators=[InputRequired("Назовите платформу."), Length(max=200, message=TOO_LONG)],
    )
    address = StringField(
        "Адрес сайта платформы",
        description="Ссылка сработает только на этом сайте.",
        validators=[InputRequired("Введите адрес сайта платформы."), Length(max=500, message=TOO_LONG)],
    )


class PlacementForm(_Placed):
    deployment_id = StringField(
        "Номер размещения",
        validators=[InputRequired("Введите номер размещения."), Length(max=255, message=TOO_LONG)],
    )
    title = StringField("Пометка", validators=[Length(max=200, message=TOO_LONG)])


class TieForm(_Placed):
    pass
