"""The pages of findings, measures, proof and letters, with something on each."""

from datetime import date

from app.models.enumeration_of_measures import FigureSource, MeasureStatus
from tests.factories.measures import (
    add_cause,
    add_evidence,
    add_finding,
    add_measure,
    add_template,
    answer_by_point,
    rest_on,
)

LONG = "Положение о внутренней системе оценки качества образования не пересматривали с 2016 года, ссылки устарели"
DUE = date(2023, 2, 10)


def measure_pages(engine, world, issued):
    """Addresses by who opens them: findings of two schools, measures in several states, a piece that runs out."""
    cause = add_cause(engine, world, title="Локальный акт устарел или не пересмотрен")
    add_template(engine, world, criterion_code="Д1", title="Утвердить положение", days=60)
    days = {"found_on": date(2023, 1, 20)}
    found = add_finding(engine, world, "school", text=LONG, cause_id=cause, whys=["Не назначен ответственный"], **days)
    others = [
        add_finding(engine, world, unit, ground="Акт № 7 от 19.01.2023", **days) for unit in ("school", "school_b")
    ]
    answer_by_point(engine, found, issued.points["1"])
    when = {"due_on": DUE, "made_on": date(2023, 1, 20)}
    figure = {"figure_source": FigureSource.TYPED, "figure_name": "Доля документов на сайте, %", "figure_before": 40}
    done = add_measure(
        engine,
        world,
        "school",
        title=LONG,
        findings=(found,),
        status=MeasureStatus.DONE,
        done_on=date(2023, 1, 25),
        done_note="Сделано",
        figure_target=100,
        figure_after=90,
        order_point_id=issued.points["1"],
        **figure,
        **when,
    )
    add_measure(
        engine, world, "municipality", findings=others[:1], units=("school",), starts_on=date(2023, 1, 23), **when
    )
    late = add_measure(engine, world, "school", status=MeasureStatus.IN_PROGRESS, due_on=date(2023, 1, 24), made_on=DUE)
    piece = add_evidence(engine, world, "school", url="https://school.example.ru/p", valid_until=date(2023, 3, 1))
    rest_on(engine, done, piece)
    measures = ["/corrective-measures/", *(f"/corrective-measures/{one}" for one in (done, late))]
    measures += [f"/corrective-measures/{one}/" for one in ("board", "timeline", "summary")]
    measures += [f"/corrective-measures/chain?measure={done}", f"/corrective-measures/new/?finding={others[0]}"]
    findings = ["/findings/", f"/findings/{found}", "/findings/new/", "/evidence/", f"/evidence/{piece}"]
    kept = ["/findings/sweep", f"/findings/order/?finding={others[0]}&finding={others[1]}", "/measure-catalogue/"]
    kept += ["/letter-templates/", f"/findings/{others[1]}/edit"]
    own = [f"/corrective-measures/{late}/edit", "/evidence/new/"]
    return {"region": measures + findings + kept, "school": measures + findings + own}
