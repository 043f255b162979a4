"""What people type about norms and topics of training."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm
from app.forms.order import Day, WholeNumber, choices
from app.forms.programme import TOO_LONG, said
from app.models import TrainingNorm
from app.models.enumeration_of_training import DocumentKind
from app.services.training_norm import TypedNorm


class NormForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    document_kind = SelectField("Документ", choices=choices(DocumentKind), default=DocumentKind.ADVANCED.value)
    min_hours = WholeNumber("Не менее часов", validators=[InputRequired("Укажите наименьший объём в часах.")])
    valid_months = WholeNumber(
        "Действует месяцев", description="Пусто – бессрочно. Три года – 36.", validators=[Optional()]
    )
    valid_from = Day("Для документов, выданных с", validators=[InputRequired("Укажите, с какого дня действует норма.")])
    source = TextAreaField(
        "Источник",
        description="Каким актом и пунктом установлена норма.",
        validators=[InputRequired("Укажите источник нормы."), Length(max=1000, message=TOO_LONG)],
    )

    @classmethod
    def of(cls, norm: TrainingNorm) -> NormForm:
        names = ("version", "min_hours", "valid_months", "valid_from", "source")
        return cls(document_kind=norm.document_kind.value, **{name: getattr(norm, name) for name in names})

    @property
    def values(self) -> TypedNorm:
        """Of a form that has been validated."""
        return TypedNorm(
            document_kind=DocumentKind(self.document_kind.data),
            min_hours=self.min_hours.data,
            valid_months=self.valid_months.data,
            valid_from=self.valid_from.data,
            source=said(self.source.data),
        )


class TopicForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    title = StringField(
        "Тема", validators=[InputRequired("Назовите тему, например «ВСОКО»."), Length(max=200, message=TOO_LONG)]
    )
    counts_in_monitoring = BooleanField("Засчитывается в мониторинге ВСОКО (обучены руководители)")
