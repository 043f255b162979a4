"""The list of a course: read page by page as a real Moodle tells it, compared with a group, and acted on by ticks."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from app.integrations.http import HttpAnswer
from app.models import AuditEvent, Enrolment, LearningSite, LtiCourse, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import lti_course, lti_key, lti_members, lti_roster, lti_service, outside
from app.services.lti_members import Roster
from app.services.lti_service import PlatformRefused
from app.services.outside import Outside
from app.services.secret_box import SecretBox, new_key
from tests.factories.learning import add_person as add_remote
from tests.factories.learning import add_site
from tests.factories.lti import add_lti_course, add_platform
from tests.factories.lti_member import member
from tests.factories.training import add_group, add_person, add_programme, enrol, writing
from tests.platform import ADDRESS, PlayedPlatform, recorded_text

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LIST = "https://moodle.test/mod/lti/services.php/CourseSection/2/bindings/2/memberships"


@pytest.fixture
def played(engine) -> PlayedPlatform:
    found = PlayedPlatform()
    found.tool_keys = lambda: lti_key.jwks(engine, NOW)
    outside.open_for(engine, Outside(box=SecretBox([new_key()]), http=found, address=ADDRESS))
    return found


def read(engine, platform: int, url: str = LIST, now: datetime = NOW) -> Roster:
    return lti_members.read(engine, lti_service.reached(engine, platform), url, now=now)


@pytest.mark.once
def test_the_recorded_list_is_read_whole_over_its_pages(engine, world, played):
    platform = add_platform(engine, world)
    roster = read(engine, platform, f"{LIST}?limit=5")
    assert len(roster.members) == len(played.members) == 31
    assert played.count("/memberships") == 7
    # One token serves them all; and the next reading, until it runs out.
    assert played.count("/token.php") == 1
    read(engine, platform)
    assert played.count("/token.php") == 1
    read(engine, platform, now=datetime(2026, 11, 22, 2, tzinfo=UTC))
    assert played.count("/token.php") == 2
    assert roster.title.startswith("Внутренняя система оценки качества образования")
    assert [one.person.full_name for one in roster.others] == ["Учительская-01 Преподавание Пробовна"]
    person = next(one.person for one in roster.learners if one.person.remote_id == "5")
    assert (person.last_name, person.first_name, person.email, person.idnumber) == (
        "Тестов-03",
        "Опыт Пробович",
        "slushatel03@example.test",
        "SL-2026-0003",
    )
    assert not roster.nameless


@pytest.mark.once
def test_without_names_and_with_odd_members(engine, world, played):
    platform = add_platform(engine, world)
    played.members = json.loads(recorded_text("nrps_members_names_not_shared.json"))["body"]["members"]
    roster = read(engine, platform)
    assert roster.nameless
    assert all(one.person.idnumber for one in roster.members)
    played.members = [
        member("1", "Первая", "Анна"),
        member("1", "Первая", "Анна"),
        member("2", "Вторая", "Анна") | {"status": "Inactive"},
        member("3", "Третья", "Анна") | {"roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]},
        {"roles": ["Learner"]},
        "?",
        member("4", "Четвёртая", "Анна") | {"roles": None},
    ]
    played.members[0]["lis_person_sourcedid"] = "112-233-445 95"
    roster = read(engine, platform)
    assert [one.person.remote_id for one in roster.learners] == ["1", "3"]
    # A СНИЛС finds its person; no page has it to show.
    assert (roster.learners[0].person.snils, roster.learners[0].person.idnumber) == ("11223344595", "")
    assert [one.person.remote_id for one in roster.others] == ["4"]


@pytest.mark.once
def test_every_refusal_of_the_platform_is_a_plain_sentence(engine, world, played, monkeypatch):
    platform = add_platform(engine, world)
    with pytest.raises(PlatformRefused, match="чужой адрес"):
        read(engine, platform, "https://moodle.test.evil.test/mod/lti/services.php/memberships")
    assert not played.asked
    answers = {
        "token_err_wrong_client.json": "не признала нас",
        "token_err_wrong_scope.json": "не даёт этой службы",
        "token_err_default_curl_security.json": "не смогла прочитать наш набор ключей",
    }
    for name, sentence in answers.items():
        told = json.loads(recorded_text(name))
        answer = HttpAnswer(told["status"], {"content-type": "text/html"}, json.dumps(told["body"]).encode())
        with monkeypatch.context() as patch:
            patch.setattr(played, "_token", lambda form, answer=answer: answer)
            with pytest.raises(PlatformRefused, match=sentence):
                read(engine, platform)
    # A token that the platform has forgotten is asked for anew, once.
    read(engine, platform)
    played._tokens.clear()
    assert len(read(engine, platform).members) == 31
    with monkeypatch.context() as patch:
        patch.setattr(played, "_memberships", lambda *_: HttpAnswer(404))
        with pytest.raises(PlatformRefused, match="больше нет"):
            read(engine, platform)
        patch.setattr(played, "_memberships", lambda *_: HttpAnswer(200, {}, b"[]"))
        with pytest.raises(PlatformRefused, match="не в том виде"):
            read(engine, platform)
        # A list that leads elsewhere is not followed.
        away = {"link": '<https://evil.test/memberships>; rel="next"'}
        body = json.dumps({"members": []}).encode()
        patch.setattr(played, "_memberships", lambda *_: HttpAnswer(200, away, body))
        with pytest.raises(PlatformRefused, match="чужой адрес"):
            read(engine, platform)
    # Nor does a platform hold whoever waits for as long as it has pages.
    with monkeypatch.context() as patch:
        patch.setattr(lti_service, "monotonic", iter(range(0, 900, 25)).__next__)
        with pytest.raises(PlatformRefused, match="слишком медленно"):
            read(engine, platform, f"{LIST}?limit=5")
    played.away = True
    with pytest.raises(PlatformRefused, match="не отвечает"):
        read(engine, platform)
    outside.open_for(engine, Outside(box=SecretBox(), http=played, address=ADDRESS))
    with pytest.raises(WrongState, match="SECRETS_KEY"):
        read(engine, platform, now=datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
def course(engine, world, played) -> dict[str, int]:
    """A running group of the provider with three who study, one who has applied and one who left; and its list."""
    platform = add_platform(engine, world)
    group = add_group(
        engine, world, add_programme(engine, world), status=GroupStatus.STUDYING, starts_on=date(2026, 9, 1)
    )
    made = {"platform": platform, "group": group, "course": add_lti_course(engine, platform, group)}
    names = {
        "known": ("Иванова", "school"),
        "gone": ("Петрова", "school2"),
        "left": ("Сидорова", "school"),
        "applied": ("Кузнецова", "school"),
    }
    statuses = {"left": EnrolmentStatus.DROPPED, "applied": EnrolmentStatus.APPLIED}
    for key, (name, school) in names.items():
        person = add_person(engine, world, school, last_name=name)
        made[key] = enrol(engine, group, person, status=statuses.get(key, EnrolmentStatus.STUDYING))
    made["new"] = add_person(engine, world, "school_b", last_name="Новикова")
    # Decoys: the same name in another region, and in another group of the provider.
    add_person(engine, world, "foreign_school", last_name="Новикова")
    other = add_group(engine, world, add_programme(engine, world, title="Другая"), title="Поток 9")
    stranger = add_person(engine, world, "school", last_name="Чужая")
    made["of other group"] = enrol(engine, other, stranger, status=EnrolmentStatus.STUDYING)
    played.members = [
        member("1", "Иванова", "Анна Петровна"),
        member("2", "Новикова", "Анна"),
        member("3", "Сидорова", "Анна Петровна"),
        member("4", "Неизвестная", "Ольга"),
        # Of the surname of somebody who is gone: a stranger all the same.
        member("5", "Петрова", "Инна Олеговна"),
        member("9", "Учитель", "Пётр", "Instructor"),
    ]
    return made


def compared(engine, work, actor, made: dict[str, int], login: str) -> lti_roster.Compared:
    platform = lti_service.reached(engine, made["platform"])
    roster = lti_members.read(engine, platform, LIST, now=NOW)
    session = work(login)
    group = session.get_one(TrainingGroup, made["group"])
    return lti_roster.compare(session, actor(login), group, roster, platform, today=TODAY)


def test_who_is_matched_new_and_gone(engine, world, work, actor, course):
    found = compared(engine, work, actor, course, "provider")
    assert [one.enrolment_id for one in found.known] == [course["known"]]
    assert [one.enrolment_id for one in found.gone] == [course["gone"]]
    assert [one.member.person.remote_id for one in found.new] == ["2", "3", "4", "5"]
    assert "отчислен" in next(one.note for one in found.new if one.member.person.remote_id == "3")
    assert (found.awaited, len(found.others), found.unclear) == (1, 1, [])
    # A provider sees no people of schools but its own trainees, and applies for nobody.
    assert not found.may_apply
    assert not any(one.people for one in found.new)
    # The region does; while the group studies it is told why not now.
    found = compared(engine, work, actor, course, "region")
    assert found.may_apply
    assert "уже учится" in found.closed
    people = {one.member.person.remote_id: one.people for one in found.new}
    assert [one.staff_member_id for one in people["2"]] == [course["new"]]
    with pytest.raises(NotPermitted):
        compared(engine, work, actor, course, "municipality")


@pytest.mark.once
def test_what_was_decided_of_the_same_moodle_holds(engine, world, work, actor, course, played):
    site = add_site(engine, world, address="https://moodle.test")
    with writing(engine) as session:
        person = session.get_one(Enrolment, course["gone"]).staff_member_id
    add_remote(engine, site, remote_id="4", staff=person)
    found = compared(engine, work, actor, course, "provider")
    assert sorted(one.enrolment_id for one in found.known) == sorted((course["known"], course["gone"]))
    with writing(engine) as session:
        session.get_one(LearningSite, site).address = "https://other.test"
    assert len(compared(engine, work, actor, course, "provider").known) == 1


@pytest.mark.once
def test_a_namesake_is_neither_new_nor_gone(engine, work, actor, course, played):
    played.members = [member("1", "Иванова", "Анна Петровна"), member("2", "Иванова", "Анна Петровна")]
    found = compared(engine, work, actor, course, "provider")
    assert [one.member.person.remote_id for one in found.unclear] == ["1", "2"]
    assert [one.enrolment_id for one in found.gone] == [course["gone"]]
    assert not found.known
    assert not found.new


def test_only_what_is_ticked_is_done(engine, work, actor, course):
    session = work("provider")
    group = session.get_one(TrainingGroup, course["group"])
    tied = session.get_one(LtiCourse, course["course"])
    order = {"session": session, "actor": actor("provider"), "group": group, "course": tied}
    gone = [(course["gone"], session.get_one(Enrolment, course["gone"]).version)]
    with pytest.raises(Invalid, match="почему"):
        lti_roster.apply(**order, applied=[], dropped=gone, reason=" ", now=NOW, today=TODAY)
    with pytest.raises(NotFound):
        lti_roster.apply(
            **order, applied=[], dropped=[(course["of other group"], None)], reason="Ушла", now=NOW, today=TODAY
        )
    assert session.get_one(Enrolment, course["of other group"]).status is EnrolmentStatus.STUDYING
    assert lti_roster.apply(**order, applied=[], dropped=[], reason="", now=NOW, today=TODAY) == []
    assert session.get_one(Enrolment, course["gone"]).status is EnrolmentStatus.STUDYING
    verdicts = lti_roster.apply(**order, applied=[], dropped=gone, reason="Ушла из курса", now=LATER, today=TODAY)
    assert [one.ok for one in verdicts] == [True]
    dropped = session.get_one(Enrolment, course["gone"])
    assert (dropped.status, dropped.left_reason) == (EnrolmentStatus.DROPPED, "Ушла из курса")
    assert session.get_one(Enrolment, course["known"]).status is EnrolmentStatus.STUDYING
    assert tied.read_at == LATER
    session.commit()
    with writing(engine) as all_rows:
        told = all_rows.query(AuditEvent).filter(AuditEvent.record_type == "lti_course", AuditEvent.action == "roster")
        assert {row.note for row in told} == {"Поток 1", "Поток 1: выполнено 1 из 1"}


@pytest.mark.once
def test_the_region_applies_for_the_new_while_the_group_is_open(engine, work, actor, course):
    with writing(engine) as session:
        group = session.get_one(TrainingGroup, course["group"])
        group.status, group.apply_until = GroupStatus.OPEN, date(2026, 12, 1)
    session = work("region")
    group, tied = session.get_one(TrainingGroup, course["group"]), session.get_one(LtiCourse, course["course"])
    verdicts = lti_roster.apply(
        session, actor("region"), group, tied, applied=[course["new"]], dropped=[], reason="", now=NOW, today=TODAY
    )
    assert [one.ok for one in verdicts] == [True]
    made = session.get_one(Enrolment, verdicts[0].enrolment_id)
    assert (made.staff_member_id, made.status) == (course["new"], EnrolmentStatus.APPLIED)


@pytest.mark.once
def test_a_course_is_tied_by_who_keeps_the_group(engine, world, work, actor, course):
    foreign = add_group(engine, world, add_programme(engine, world, "foreign_provider"), "foreign_provider")
    session = work("provider")
    assert foreign not in {one.id for one in lti_course.groups_to_tie(session, actor("provider"))}
    assert course["group"] in {one.id for one in lti_course.groups_to_tie(session, actor("provider"))}
    assert session.get(TrainingGroup, foreign) is None
    group, tied = session.get_one(TrainingGroup, course["group"]), session.get_one(LtiCourse, course["course"])
    with pytest.raises(NotPermitted):
        lti_course.untie(work("municipality"), actor("municipality"), group, tied)
    lti_course.untie(session, actor("provider"), group, tied)
    assert session.get(LtiCourse, course["course"]) is None
    assert session.get_one(Enrolment, course["known"]).status is EnrolmentStatus.STUDYING
