"""Letters: what a unit answers to whoever gave an assignment, and the templates that letters are written by."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_measures import LetterKind
from app.models.scoped import OwnedByUnit, SharedInRegion, scope_key


class LetterTemplate(Identified, SharedInRegion, Versioned, Audited, Base):
    """The region's own template in place of the built-in one: a .docx in the file store under its digest."""

    __tablename__ = "letter_template"
    __table_args__ = (
        *scope_key("letter_template"),
        UniqueConstraint("org_unit_id", "kind"),
        CheckConstraint("length(digest) = 64", name="digest"),
    )

    kind: Mapped[LetterKind] = mapped_column(stored_by_value(LetterKind))
    digest: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    file_name: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str]

    @property
    def label(self) -> str:
        return self.kind.label


class AnswerLetter(Identified, OwnedByUnit, Versioned, Audited, Base):
    """What stands in the letter that goes with a report; the file is made of it whenever it is asked for."""

    __tablename__ = "answer_letter"
    __table_args__ = (*scope_key("answer_letter"), UniqueConstraint("report_id"))

    report_id: Mapped[int] = mapped_column(ForeignKey("assignment_report.id"))
    number: Mapped[str] = mapped_column(default="")
    dated_on: Mapped[date | None]
    # «Начальнику управления образования И. О. Фамилии», in lines.
    addressee: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    signatory_position: Mapped[str] = mapped_column(default="")
    signatory_name: Mapped[str] = mapped_column(default="")
    # «Иванова И. И., 8 (4242) 00-00-00»
    executor: Mapped[str] = mapped_column(default="")

    @property
    def label(self) -> str:
        return self.title or "Письмо без заголовка"
