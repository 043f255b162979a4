"""How units of the demo answer their sheets: the same unit answers alike in every round, most a little better later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.demo.timeline import dice
from app.models.enumeration import EvidenceKind, ScaleKind
from app.services.assessment_access import Whole
from app.services.assessment_answer import Typed
from app.services.evidence import TypedEvidence
from app.services.framework_contents import CriterionView

# How much harder than others a criterion comes to most schools; the rest are alike.
HARDER = {
    "Д3": 0.24,
    "Д7": 0.1,
    "Г2": 0.12,
    "Г5": 0.18,
    "Г6": 0.1,
    "А2": 0.22,
    "У3": 0.34,
    "К1": 0.2,
    "М4": 0.2,
    "М13": 0.3,
}
GOOD, FAIR = 0.52, 0.27
LOW_WORDS = (
    "Документ готовится, будет утверждён на педагогическом совете.",
    "Размещено не на той странице, исправим.",
    "Сведения устарели, обновляем.",
    "Нужна помощь методиста.",
)
NOT_HERE = ("В школе нет параллелей этого уровня.", "Процедура в этом году не проводилась.")
PROOFS = {
    "Д1": ("Положение о ВСОКО", EvidenceKind.LOCAL_ACT),
    "Д2": ("Страница «Документы» сайта школы", EvidenceKind.SITE_PAGE),
    "Г1": ("График оценочных процедур", EvidenceKind.ORDER),
    "Г2": ("График на сайте школы", EvidenceKind.SITE_PAGE),
    "А1": ("Справка по итогам ВПР", EvidenceKind.ANALYTICAL_NOTE),
    "У1": ("Приказ по итогам мониторинга", EvidenceKind.ORDER),
    "С1": ("Отчёт о самообследовании", EvidenceKind.SITE_PAGE),
    "К1": ("Удостоверение о повышении квалификации", EvidenceKind.CERTIFICATE),
}
# A unit without a site shows its papers on the page of the municipality; the address is synthetic.
SYNTHETIC_SITE = "school-demo.example.ru"


@dataclass(frozen=True, slots=True)
class Persona:
    """`strength` 0..1; `drift`: how much better (or worse) this round is than the one before."""

    name: str
    site: str
    strength: float
    drift: float = 0.0

    @classmethod
    def of(cls, name: str, site: str, *, later: bool) -> Persona:
        strength = 0.36 + 0.55 * dice("strength", name).random()
        drift = 0.22 * dice("drift", name).random() - 0.05 if later else 0.0
        return cls(name, site, strength, drift)

    def quality(self, code: str) -> float:
        """How well the unit stands in a criterion, about 0..1."""
        noise = 0.5 * dice("quality", self.name, code).random() - 0.25
        return self.strength + self.drift + noise - HARDER.get(code, 0.0)


def answers(held: Whole, persona: Persona, *, part: float = 1.0) -> dict[int, Typed]:
    """Answers to the first `part` of the criteria of the sheet, in its order."""
    criteria = list(held.criteria.values())
    given: dict[int, Typed] = {}
    for criterion in criteria[: max(1, round(part * len(criteria)))]:
        given[criterion.id] = _answer(persona, criterion)
    return given


def _answer(persona: Persona, criterion: CriterionView) -> Typed:
    throw = dice("answer", persona.name, criterion.code)
    if criterion.may_be_na and criterion.code in {"Г5", "Г6", "А2"} and throw.random() < 0.08:  # noqa: PLR2004 - one answer in twelve
        return Typed(is_na=True, na_reason=throw.choice(NOT_HERE))
    quality = persona.quality(criterion.code)
    if criterion.scale is ScaleKind.SHARE:
        return Typed(value=Decimal(min(100, max(0, round(100 * quality)))))
    if criterion.scale is ScaleKind.YES_NO:
        return Typed(value=Decimal(quality > FAIR))
    value = 2 if quality > GOOD else 1 if quality > FAIR else 0
    comment = throw.choice(LOW_WORDS) if value < 2 and throw.random() < 0.6 else ""  # noqa: PLR2004 - below the best; more often than not
    return Typed(value=Decimal(value), comment=comment)


def proofs(
    held: Whole, persona: Persona, given: Mapping[int, Typed], today: date
) -> dict[int, Sequence[TypedEvidence]]:
    """A document where the set wants one and the answer is good."""
    wanted: dict[int, Sequence[TypedEvidence]] = {}
    for number, typed in given.items():
        criterion = held.criteria[number]
        if typed.value and (criterion.evidence_required or criterion.code in PROOFS):
            wanted[number] = [_proof(persona, criterion, today)]
    return wanted


def _proof(persona: Persona, criterion: CriterionView, today: date) -> TypedEvidence:
    title, kind = PROOFS.get(criterion.code, (f"Документ по критерию {criterion.code}", EvidenceKind.OTHER))
    throw = dice("proof", persona.name, criterion.code)
    site = persona.site or SYNTHETIC_SITE
    return TypedEvidence(
        kind,
        title=title,
        number=f"{throw.randrange(12, 480)}-ОД",
        dated_on=date(today.year, 1 + throw.randrange(today.month), 1 + throw.randrange(20))
        if today.month > 1
        else date(today.year - 1, 9, 1 + throw.randrange(20)),
        url=f"https://{site}/sveden/document?criterion={throw.randrange(1000, 9999)}",
    )
