"""The ministry's order № 3.12-118-Р: parsed from its text, issued on its day, and what became of its assignments."""

from __future__ import annotations

from datetime import date, timedelta

from app.demo.play import Play, Proof, Task
from app.demo.region import DATA
from app.demo.timeline import DAY, Moment, dice, workday
from app.demo.words import LATE, PARTLY, PARTLY_TEXT, REMARKS, REPORTS
from app.models.enumeration import EvidenceKind, ReportKind, ReportOutcome, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import order as orders
from app.services.order_text import draft_from_text

TEXT = "sakhalin-order-3.12-118-r.txt"
DATED_ON = date(2023, 1, 25)
NAMED = ("Томаринский", "Анивский", "Долинский", "Курильский", "Макаровский", "Невельский")
CASCADING = ("Томаринский", "Анивский", "Долинский", "Невельский")
FOR_SCHOOLS = date(2023, 1, 27)
TERM = date(2023, 1, 30)
RULES, SCHEDULE = "Положение о ВСОКО", "График оценочных процедур"


def plan(play: Play) -> None:
    def issue(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        text = (DATA / TEXT).read_text(encoding="utf-8")
        order = draft_from_text(session, actor, text, file_name=TEXT, today=moment.today)
        for point in order.points:
            orders.settle(session, actor, order, point)
        orders.issue(session, actor, order, today=moment.today, now=moment.now)
        for task in play.tasks(session, order.id):
            LIVES[task.point](play, task)
        for day, note, *points in (
            (date(2023, 2, 10), "Ознакомлены все, кому адресовано.", "1"),
            (date(2023, 7, 3), "Исполнено, итоги учтены в отчёте отдела мониторинга.", "2.1", "2.2", "3.3", "4а", "4б"),
            (date(2024, 2, 1), "Исполнено.", "2.1", "2.3", "3.1", "3.2", "3.3"),
        ):
            play.take_off_control(order.id, day, note, *points)

    play.timeline.plan(play.timeline.at(DATED_ON, 16, 40), play.someone(play.tree.region), issue)


def _informed(play: Play, task: Task) -> None:
    throw = dice("founding", task.point, task.unit_name)
    play.acknowledge(task, workday(DATED_ON + throw.randint(1, 9) * DAY))


def _analysis(play: Play, task: Task) -> None:
    throw = dice("founding", task.point, task.unit_name)
    taken = workday(DATED_ON + throw.randint(1, 5) * DAY)
    play.take(task, taken)
    sent = workday(taken + throw.randint(14, 60) * DAY)
    proofs = [Proof("Справка о влияющих факторах", EvidenceKind.ANALYTICAL_NOTE)]
    if task.unit_name == "Курильский":
        # One answer stays incomplete: taken note of, and still on control.
        play.report(task, sent, PARTLY_TEXT, outcome=ReportOutcome.PARTIAL, reason=PARTLY[0])
    else:
        play.report(task, sent, throw.choice(REPORTS["2.1"]), proofs=proofs)
    play.accept(task, workday(sent + throw.randint(1, 6) * DAY))


def _support(play: Play, task: Task) -> None:
    """Four of six municipalities split the point among their schools; one answers late, one in two steps."""
    throw = dice("founding", task.point, task.unit_name)
    if task.unit_name in CASCADING:
        play.cascade(
            task,
            DATED_ON + DAY,
            school_ids=play.tree.schools[task.unit_id],
            due_on=FOR_SCHOOLS,
            note="Разместить документы и сообщить ссылку.",
            then=lambda child: _support_of_school(play, child),
        )
    sent = {"Курильский": date(2023, 2, 8), "Невельский": date(2023, 2, 1)}.get(task.unit_name, TERM)
    if task.unit_name == "Макаровский":
        play.report(task, sent, PARTLY_TEXT, outcome=ReportOutcome.PARTIAL, reason=PARTLY[1])
        play.accept(task, date(2023, 2, 1), "Ждём остальные документы.")
        sent = date(2023, 2, 16)
    reason = "Отдельные ОО завершают размещение после срока." if task.unit_name in CASCADING else ""
    play.report(task, sent, throw.choice(REPORTS["2.2"]), reason=reason)
    play.accept(task, workday(sent + throw.randint(1, 3) * DAY))


def _support_of_school(play: Play, child: Task) -> None:
    throw = dice("founding", child.point, child.unit_name)
    late = throw.random() < 0.15  # noqa: PLR2004 - a made-up share
    sent = workday(date(2023, 1, 30) + throw.randint(1, 6) * DAY) if late else FOR_SCHOOLS
    play.report(child, sent, throw.choice(REPORTS["2.2/school"]), proofs=[Proof(RULES, on_site=True)])
    play.accept(child, workday(sent + DAY) if not late else workday(sent + 2 * DAY))


def _training(play: Play, task: Task) -> None:
    throw = dice("founding", task.point, task.unit_name)
    play.take(task, workday(DATED_ON + throw.randint(1, 7) * DAY))
    half = workday(date(2023, 6, 1) + throw.randint(0, 20) * DAY)
    play.report(
        task, half, "Обучена половина руководителей ОО.", kind=ReportKind.INTERIM, outcome=ReportOutcome.PARTIAL
    )
    play.note_interim(task, workday(half + 3 * DAY))
    sent = (
        date(2024, 1, 16)
        if task.unit_name == "Макаровский"
        else workday(date(2023, 11, 20) + throw.randint(0, 30) * DAY)
    )
    if task.unit_name == "Курильский":
        reason = "Директор одной из ОО обучение не завершил."
        play.report(task, sent, "Обучены все, кроме одного.", outcome=ReportOutcome.PARTIAL, reason=reason)
    else:
        proofs = [Proof("Список обученных с реквизитами удостоверений", EvidenceKind.CERTIFICATE)]
        play.report(task, sent, throw.choice(REPORTS["2.3"]), proofs=proofs)
    play.accept(task, workday(sent + throw.randint(2, 6) * DAY))


def _of_school(play: Play, task: Task) -> None:
    """Points without a term: most answer within two months; a few have taken the point and said nothing since."""
    throw = dice("founding", task.point, task.unit_name)
    fate = throw.random()
    taken = workday(DATED_ON + throw.randint(1, 12) * DAY)
    if fate < 0.02:  # noqa: PLR2004 - a made-up share
        return
    if fate < 0.2:  # noqa: PLR2004 - a made-up share
        play.take(task, taken)
    if fate < 0.04:  # noqa: PLR2004 - a made-up share
        return
    sent = workday(taken + throw.randint(5, 60) * DAY)
    proofs = [Proof(RULES)] if task.point == "3.2" and fate > 0.8 else []  # noqa: PLR2004 - a made-up share
    play.report(task, sent, throw.choice(REPORTS[task.point]), proofs=proofs)
    play.accept(task, workday(sent + throw.randint(1, 8) * DAY))


def _published(play: Play, task: Task) -> None:
    """To 30 January: most in time, some late, some after a return, one never."""
    throw = dice("founding", task.point, task.unit_name)
    fate = throw.random()
    proofs = [Proof(throw.choice((RULES, SCHEDULE)), on_site=True)] if fate < 0.55 or task.site else []  # noqa: PLR2004 - a made-up share
    text = throw.choice(REPORTS["3.3"])
    if task.unit_kind is UnitKind.SCHOOL and fate > 0.985:  # noqa: PLR2004 - a made-up share
        return
    sent = workday(DATED_ON + throw.randint(1, 5) * DAY) if fate < 0.86 else workday(TERM + throw.randint(1, 25) * DAY)  # noqa: PLR2004 - a made-up share
    late = LATE[throw.randrange(len(LATE))] if sent > TERM else ""
    if 0.78 < fate < 0.84:  # noqa: PLR2004 - a made-up share
        play.report(task, sent, text, proofs=proofs)
        returned = workday(sent + 2 * DAY)
        play.send_back(task, returned, throw.choice(REMARKS))
        sent = workday(returned + throw.randint(2, 8) * DAY)
    if 0.84 < fate < 0.88:  # noqa: PLR2004 - a made-up share
        play.report(task, sent, PARTLY_TEXT, outcome=ReportOutcome.PARTIAL, reason=throw.choice(PARTLY))
        noted = workday(sent + 2 * DAY)
        play.accept(task, noted)
        sent = workday(noted + throw.randint(7, 20) * DAY)
    play.report(task, sent, f"{text} {late}".strip(), proofs=proofs)
    play.accept(task, workday(sent + throw.randint(1, 5) * DAY))


def _programme(play: Play, task: Task) -> None:
    play.take(task, date(2023, 1, 27))
    draft = "Программа написана и передана на внутреннюю экспертизу."
    play.report(task, date(2023, 2, 10), draft, kind=ReportKind.INTERIM, outcome=ReportOutcome.PARTIAL)
    play.note_interim(task, date(2023, 2, 13))
    sent = date(2023, 2, 22)
    play.report(
        task, sent, "Программа на 36 часов разработана и согласована.", proofs=[Proof("Лист согласования программы")]
    )
    play.accept(task, sent + timedelta(days=5))


def _register(play: Play, task: Task) -> None:
    """Five days late: done all the same, and shown as done past its term."""
    play.take(task, date(2023, 3, 1))
    sent = date(2023, 6, 6)
    text = "Программа размещена в федеральном реестре. Задержка из-за технических работ на площадке реестра."
    play.report(task, sent, text, proofs=[Proof("Выписка из федерального реестра программ", EvidenceKind.OTHER)])
    play.accept(task, date(2023, 6, 8))


LIVES = {
    "1": _informed,
    "2.1": _analysis,
    "2.2": _support,
    "2.3": _training,
    "3.1": _of_school,
    "3.2": _of_school,
    "3.3": _published,
    "4а": _programme,
    "4б": _register,
}
