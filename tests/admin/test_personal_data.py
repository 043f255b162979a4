"""No СНИЛС and no day of birth where it may not be seen: pages, exports, journal, letters of refusal, logs."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import select

from app.models import AuditEvent, WorkbookImport
from app.models.enumeration import ImportStatus
from app.policies.unscoped import open_session
from app.services import job_result
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
)

pytestmark = pytest.mark.once
SNILS, BORN = "11223344595", date(1980, 5, 17)
HIDDEN = re.compile(r"112\D{0,3}233\D{0,3}445|17\.05\.1980|1980-05-17")
# The pages on which the person stands; the export of documents gives the number to whoever may have it.
TRAINING = r"staff_|certificate|enrolment|group_trainees|training_group"
SLICES = {
    "observer": rf"{TRAINING}|training_|audit_event|document_register",
    "region": r"staff_|audit_event",
    "provider": TRAINING,
}


@pytest.fixture
def numbers(engine, world):
    """A person with everything, by the names that addresses have for it."""
    person = add_person(engine, world, "school", snils=SNILS, born_on=BORN)
    double = add_person(engine, world, "school2", snils=SNILS, born_on=BORN)
    topic = add_topic(engine, world)
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme)
    enrolment = enrol(engine, group, person)
    certificate = add_certificate(engine, world, person, topic=topic)
    requirement = add_requirement(engine, world, topic_id=topic)
    return {
        "staff": person,
        "double": double,
        "programme": programme,
        "group": group,
        "enrolment": enrolment,
        "certificate": certificate,
        "requirement": requirement,
    }


def text_of(answer) -> str:
    """What a page or a workbook says."""
    if not answer.data.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode(errors="replace") for name in book.namelist())


def addresses(app, numbers, slices):
    """Every page of these slices that is asked for by GET, with the record in its place."""
    found = ["/staff-members/?filters=1", "/staff-members/?on_day=2026-11-21", "/audit-events/?q=Иванова"]
    found.append(f"/staff-members/{numbers['staff']}/merge?with={numbers['double']}")
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not re.match(slices, rule.endpoint):
            continue
        path = str(rule)
        for name in re.findall(r"<int:(\w+)>", path):
            word = rule.endpoint.split(".")[0] if name == "record_id" else name
            number = next((value for key, value in numbers.items() if key in word.replace("training_", "")), 1)
            path = path.replace(f"<int:{name}>", str(number))
        if "<" not in path:
            found.append(path)
    return found


def test_it_stands_in_no_page_of_any_role(app, browser, numbers):
    """Those who may see it see it after they ask, and nowhere else."""
    opened = 0
    for login, slices in SLICES.items():
        person = browser(login)
        for path in addresses(app, numbers, slices):
            answer = person.get(path)
            assert answer.status_code < 500, path
            opened += answer.status_code == 200
            found = HIDDEN.search(text_of(answer))
            assert found is None, (login, path, found)
        # Nor is anybody found by it.
        for number in (SNILS, "112-233-445 95"):
            assert "Иванова" not in person.get("/staff-members/", query_string={"q": number}).text
            assert "Иванова" not in person.get("/search", query_string={"q": number}, follow_redirects=True).text
    assert opened > 40


def test_it_is_shown_when_asked_for_and_only_then(browser, engine, numbers):
    card = f"/staff-members/{numbers['staff']}"
    for login in ("observer", "colleague", "unit_admin"):
        person = browser(login)
        for answer in (person.post(f"{card}/reveal"), person.get(f"{card}/identity"), person.get(f"{card}/reveal")):
            assert answer.status_code in {403, 404, 405}
            assert not HIDDEN.search(answer.text)
    foreign = browser("foreign_region").post(f"{card}/reveal")
    assert (foreign.status_code, HIDDEN.search(foreign.text)) == (404, None)
    assert seen_by(engine) == []
    school = browser("school")
    shown = school.post(f"{card}/reveal")
    assert "112-233-445 95" in shown.text
    assert "17.05.1980" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    # Asked for once, shown once; the form never fills it in.
    assert not HIDDEN.search(school.get(card).text)
    assert not HIDDEN.search(school.get(f"{card}/identity").text)
    assert seen_by(engine) == ["Сотрудник school"]


def seen_by(engine):
    with open_session(engine, reason="a test reads the journal") as session:
        return list(session.scalars(select(AuditEvent.actor_name).where(AuditEvent.action == "see_identity")))


def test_what_is_done_with_it_leaves_no_trace_of_it(browser, engine, world, numbers, caplog, tmp_path):
    """Written, refused, loaded, sought and merged: nothing of it in the log, the journal, the messages or the list."""
    caplog.set_level(logging.DEBUG)
    town = browser("municipality")
    town.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    card = f"/staff-members/{numbers['staff']}"
    number = {"snils": "112-233-445 95", "born_on": "1980-05-17", "sex": "female", "citizenship": "643"}
    answers = [town.post(f"{card}/identity", number, follow_redirects=True)]
    broken = town.post(f"{card}/identity", number | {"snils": "112-233-445 96"})
    assert broken.status_code == 422
    # Whoever typed it has it before them; no sentence repeats it.
    typed = re.compile(r'value="[^"]*"')
    assert not HIDDEN.search(typed.sub("", broken.text))
    book = openpyxl.Workbook()
    book.active.append(["Организация", "ФИО", "Вид должности", "СНИЛС"])
    book.active.append(["МБОУ СОШ «school»", "Чужая Анна Петровна", "директор", "112-233-445 95"])
    book.active.append(["МБОУ СОШ «school»", "Новая Анна Петровна", "директор", "112-233-445 96"])
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    file = {"file": (content, "list.xlsx")}
    answers.append(town.post("/imports/new?register=staff_member", file, follow_redirects=True))
    assert "Этот СНИЛС уже записан в другой карточке" in answers[-1].text
    names = {"last_name": "Никто", "first_name": "Анна", "kind": "head", "snils": "112-233-445 95"}
    missed = town.post("/staff-members/take", names)
    assert not HIDDEN.search(typed.sub("", missed.text))
    merge = f"{card}/merge"
    shown = town.get(f"{merge}?with={numbers['double']}").text
    mark = shown.split('name="mark" value="')[1].split('"')[0]
    answers.append(town.post(merge, {"with": numbers["double"], "mark": mark}, follow_redirects=True))
    assert all(answer.status_code == 200 for answer in answers)
    assert not any(HIDDEN.search(answer.text) for answer in answers)
    with open_session(engine, reason="a test reads the journal") as session:
        events = session.scalars(select(AuditEvent)).all()
        assert {"write_identity", "seek_staff", "merge"} <= {one.action for one in events}
        assert not HIDDEN.search(" ".join(f"{one.changes} {one.note} {one.record_label}" for one in events))
    assert not HIDDEN.search(caplog.text)


def test_a_list_of_people_is_kept_only_while_it_is_needed(engine, world):
    """Its file may carry numbers; what became of its rows, which tells none, stays as for every import."""
    kept = {}
    with open_session(engine, reason="a test brings workbooks") as session:
        session.connection(execution_options={"writes": True})
        for number, (register, status) in enumerate(
            (register, status) for register in ("staff_member", "org_unit") for status in ImportStatus
        ):
            row = WorkbookImport(
                user_id=world.users["school"],
                org_unit_id=world.units["school"],
                register=register,
                file_name="list.xlsx",
                digest=f"{number:064}",
                verdicts_digest=f"{number + 100:064}",
                size=1,
                brought_at=datetime(2026, 11, 20, tzinfo=UTC),
                status=status,
                applied_at=datetime(2026, 11, 20, tzinfo=UTC) if status is ImportStatus.APPLIED else None,
            )
            session.add(row)
            kept[register, status] = row
        session.flush()
        needed = job_result.referenced(session, brought_after=datetime(2026, 11, 1, tzinfo=UTC))
        files = {key for key, row in kept.items() if row.digest in needed}
        assert {row.verdicts_digest for row in kept.values()} <= needed
    waiting = {ImportStatus.BROUGHT, ImportStatus.JUDGED, ImportStatus.APPLYING}
    assert {status for register, status in files if register == "staff_member"} == waiting
    assert {status for register, status in files if register == "org_unit"} == set(ImportStatus)
