"""The pages of monitoring, with something on each."""

from datetime import date

from app.models.enumeration import AssessmentStatus, FrameworkStatus, RoundStatus
from tests.factories.monitoring import build_framework, fill_sheet, hold_round


def monitoring_pages(engine, world):
    """Addresses by who opens them: a round with the one before it, a sheet taken and one begun, a set being made."""
    published = build_framework(engine, world)
    days = {"opens_on": date(2022, 9, 1), "due_on": date(2022, 10, 1), "locks_on": date(2022, 10, 15)}
    last = hold_round(engine, world, framework=published, title="Осень 2022", status=RoundStatus.CLOSED, **days)
    days = {"opens_on": date(2023, 1, 9), "due_on": date(2023, 2, 1), "locks_on": date(2023, 2, 15)}
    title = "Мониторинг внутренних систем оценки качества образования, весна 2023"
    now = hold_round(engine, world, framework=published, title=title, previous_round_id=last.round_id, **days)
    for held in (last, now):
        fill_sheet(engine, world, held, "school2", {"Д1": "2", "Д2": "0", "Г1": None}, status=AssessmentStatus.ACCEPTED)
    draft, codes = build_framework(engine, world, title="Набор на будущее", status=FrameworkStatus.DRAFT)
    held, mine, theirs = (
        f"/monitoring-rounds/{now.round_id}",
        *(now.assessments[one] for one in ("school", "school2")),
    )
    both = ["/monitoring-rounds/", held, f"{held}/results", f"{held}/compare?with={last.round_id}"]
    both += ["/assessments/", "/assessment-papers/", f"/assessments/{mine}", f"/frameworks/{published[0]}"]
    kept = [f"{held}/{one}" for one in ("grid", "grid?kind=school", "dates", "units", "permits", "notes")]
    kept += [f"/assessments/{theirs}", f"/assessment-papers/{theirs}", "/monitoring-rounds/new/", "/expertises/"]
    kept += ["/frameworks/", "/frameworks/new", "/frameworks/import"]
    kept += [f"/frameworks/{draft}/{one}" for one in (f"criteria/{codes['Д1']}/edit", "bands", "publish")]
    return {"region": both + kept, "school": [*both, f"/assessments/{mine}/send", f"/assessment-papers/{mine}"]}
