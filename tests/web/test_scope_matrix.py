"""The scope matrix, generated from the URL map: every route × role × own, sibling, parent and foreign object.

A foreign object is an absent object: the same status, 404, or 403 where the whole section is closed to the role.
A route whose arguments are unknown here fails: it has to say what its numbers mean.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.models import Base
from app.policies.unscoped import open_session
from tests.factories.canaries import ALL, BELOW, Records, canary, readable
from tests.factories.training_canaries import shown, snils_of
from tests.web.scope_truth import foreign_words, may_see, text_of

ABSENT = 987_654_321
# What a number in an address is: by the endpoint's section for the record itself, by its name for the parts of one.
ROUNDS = ("municipal round", "round", "round draft")
PEOPLE = ("staff", "trainee")
GROUPS = ("group", "group draft")
MEASURES = ("measure", "shared measure")
REQUIREMENTS = ("municipal requirement", "requirement", "requirement draft")
RECORDS = {
    "analytical_note": ("note",),
    "assessment": ("sheet",),
    "assessment_paper": ("sheet",),
    "expertise": ("expertise",),
    "framework": ("framework", "framework draft"),
    "monitoring_round": ROUNDS,
    "round_annex": ROUNDS,
    "round_grid": ROUNDS,
    "round_results": ROUNDS,
    "assignment": ("assignment",),
    "job": ("job",),
    "mail_stop": ("letters",),
    "mailing": ("mailing",),
    "order": ("draft", "letter", "order"),
    "order_matrix": ("draft", "letter", "order"),
    "org_unit": ("unit",),
    "certificate": ("certificate", "issued"),
    "enrolment": ("enrolment", "planned"),
    "group_trainees": GROUPS,
    "programme": ("programme", "programme draft"),
    "staff_member": PEOPLE,
    "staff_member_duplicate": PEOPLE,
    "staff_member_position": PEOPLE,
    "training_coverage": REQUIREMENTS,
    "training_group": GROUPS,
    "training_proposal": REQUIREMENTS,
    "training_requirement": REQUIREMENTS,
    "answer_letter": ("assignment",),
    "corrective_measure": MEASURES,
    "evidence": ("proof",),
    "finding": ("finding", "weak finding"),
    "learning_course": ("learning course",),
    "learning_file": GROUPS,
    "learning_outcome": ("learning outcome",),
    "learning_person": ("learning person",),
    "learning_site": ("learning site",),
    "lti_account": ("account",),
    "lti_course": GROUPS,
    "lti_platform": ("platform",),
    "user": ("user",),
    "workbook_import": ("import",),
}
# What a number names whatever the section is.
ALONE = {"revision_id": "evidence", "preset_id": "preset", "topic_id": "topic", "norm_id": "norm"} | {
    "cause_id": "cause",
    "template_id": "measure template",
}
PARTS = {
    "report_id": {"assignment": "report"},
    "extension_id": {"assignment": "extension"},
    "point_id": {"draft": "draft point", "order": "order point"},
    "ground_id": {"draft": "ground"},
    "membership_id": {"user": "membership"},
    "recipient_id": {"mailing": "mailing recipient"},
    "criterion_id": {"sheet": "criterion", "framework": "criterion", "framework draft": "criterion draft"},
    "section_id": {"framework": "section"},
    "evidence_id": {"sheet": "sheet evidence", "measure": "proof"},
    "expertise_id": {"sheet": "expertise"},
    "permit_id": {"round": "permit"},
    "position_id": {"staff": "position", "trainee": "trainee position"},
    "session_id": {"group": "session"},
    "answer_id": {"learning site": "answer of a site"},
    "course_id": {"group": "course of a group"},
    "deployment_id": {"platform": "deployment"},
}
WHOLE = {
    "record_id": (),
    "assignment_id": (),
    "order_id": (),
    "round_id": ROUNDS,
    "group_id": GROUPS,
    "requirement_id": REQUIREMENTS,
}
WORDS = {"act": "accept", "action": "refuse", "verdict": "accept", "decision": "grant", "export_type": "csv"}
WORDS |= {"form": "docx", "kind": "answer"}
WORDS_OF = {
    "certificate.verdict": {"verdict": "confirm"},
    "corrective_measure.verdict": {"verdict": "refuse"},
    "finding.verdict": {"verdict": "dismiss"},
    "learning_outcome.decide": {"decision": "take"},
}
# Reachable without an account, or without any record.
OUTSIDE = {
    "static",
    "work.static",
    "health.alive",
    "health.jobs",
    "health.ready",
    "one_time_link.form",
    "one_time_link.use",
    "lti.register",
}
# These end what the rest of the test needs.
ENDING = {"sign_in.leave", "order.delete_draft", "user.deactivate", "org_unit.close_one", "org_unit.move_one"} | {
    "mailing.delete"
}
ENDING |= {"workbook_import.put_aside", "framework.delete_draft", "monitoring_round.delete_draft"}
ENDING |= {"assessment.unassign_expert", "programme.delete_draft", "training_requirement.delete_draft"}
ENDING |= {"training_group.delete_draft", "training_group.cancel", "training_group.session_delete"}
ENDING |= {"training_norm.remove", "staff_member_position.end", "evidence.remove", "letter_template.remove"}
ENDING |= {"lti_account.unlink", "lti_course.untie", "lti_platform.tie"}
REGISTERS = ("assessment", "assignment", "audit_event", "framework", "monitoring_round", "order", "org_unit", "user")
REGISTERS += ("certificate", "enrolment", "programme", "staff_member", "training_group", "training_requirement")
REGISTERS += ("corrective_measure", "evidence", "finding")
REGISTERS += ("learning_course", "learning_outcome", "learning_person", "learning_site", "lti_account", "lti_platform")
ENDING |= {f"{register}.delete_preset" for register in REGISTERS}
# Asked on PostgreSQL too: the widest of the rules. The rules themselves are asked there of everyone (tests/policies).
ON_BOTH = {"municipality"}
ROLES = tuple(login if login in ON_BOTH else pytest.param(login, marks=pytest.mark.once) for login in BELOW)


def rules(app: Flask):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OUTSIDE]


def around(login: str) -> set[str]:
    """Whose records the role is tried on: its own, one below, a sibling's, one above and foreign ones."""
    own = {"observer": "region", "unit_admin": "region"}.get(login, login)
    return {own, "region", "municipality", "municipality2", "school", "provider", "foreign_region", "foreign_school"}


def addresses(rule, records: Records, login: str):
    """(address, owner of the record or None) for each record that the route's numbers may name."""
    for address, owner in every_address(rule, records):
        if owner is None or owner[1] in around(login):
            yield address, owner


def every_address(rule, records: Records):
    names = set(rule.arguments) - set(WORDS)
    words = {name: WORDS[name] for name in rule.arguments if name in WORDS} | WORDS_OF.get(rule.endpoint, {})
    section = rule.endpoint.split(".")[0]
    alone = next((name for name in names if name in ALONE), None)
    if alone is not None:
        for unit, number in records.of[ALONE[alone]].items():
            yield build(rule, words | {alone: number}), (ALONE[alone], unit)
        return
    if not names:
        yield build(rule, words), None
        return
    record = next((name for name in WHOLE if name in names), None)
    assert record is not None, f"{rule.endpoint}: say in RECORDS and PARTS what {sorted(names)} mean"
    assert section in RECORDS, f"{rule.endpoint}: say in RECORDS which records the section {section} has"
    for kind in WHOLE[record] or RECORDS[section]:
        for unit, number in records.of[kind].items():
            values = words | {record: number}
            for part in names - {record}:
                assert part in PARTS, f"{rule.endpoint}: say in PARTS what {part} means"
                values[part] = records.of.get(PARTS[part].get(kind, ""), {}).get(unit, ABSENT)
            yield build(rule, values), (kind, unit)


def build(rule, values) -> str:
    return rule.rule if not values else _filled(rule.rule, values)


def _filled(path: str, values) -> str:
    return re.sub(r"<(?:[^<>:]+:)?([a-z_]+)>", lambda found: str(values[found[1]]), path)


def methods(rule) -> list[str]:
    return sorted(rule.methods & {"GET", "POST"})


def ask(client, method: str, path: str):
    return client.get(path) if method == "GET" else client.post(path, {"note": "проба", "unit_id": "1"})


def rows(engine) -> dict[str, int]:
    with open_session(engine, reason="tests count") as session:
        return {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
            if name not in {"audit_event", "sign_in_attempt"}
        }


@pytest.mark.parametrize("login", ROLES)
def test_a_foreign_record_is_an_absent_record(app, engine, world, records, browser, login):
    client, before, asked = browser(login), rows(engine), 0
    for rule in rules(app):
        for method in methods(rule):
            absent: dict[str, int] = {}
            for path, owner in addresses(rule, records, login):
                if owner is None or may_see(login, *owner):
                    continue
                nowhere = re.sub(r"\d+", str(ABSENT), path)
                if nowhere not in absent:
                    absent[nowhere] = ask(client, method, nowhere).status_code
                answer = ask(client, method, path)
                asked += 1
                told = f"{login}: {method} {path} ({rule.endpoint}, {owner})"
                assert answer.status_code in {403, 404}, f"{told}: {answer.status_code}"
                assert answer.status_code == absent[nowhere], f"{told}: unlike an absent one"
                assert not foreign_words(login, answer), told
    assert asked > 100
    assert rows(engine) == before


@pytest.mark.parametrize("login", ROLES)
def test_own_records_answer_and_tell_nothing_of_others(app, world, records, browser, login):
    client = browser(login)
    for rule in rules(app):
        if rule.endpoint in ENDING:
            continue
        for method in methods(rule):
            for path, owner in addresses(rule, records, login):
                if owner is not None and not may_see(login, *owner):
                    continue
                answer = ask(client, method, path)
                told = f"{login}: {method} {path} ({rule.endpoint}, {owner})"
                assert answer.status_code < 500, f"{told}: {answer.status_code}"
                assert not foreign_words(login, answer), told
                if method == "GET" and owner is not None and rule.endpoint.endswith(".one"):
                    assert answer.status_code in {200, 403}, f"{told}: {answer.status_code}"


@pytest.mark.parametrize("login", ROLES)
def test_searching_for_a_foreign_word_finds_nothing(world, records, browser, login):
    client = browser(login)
    lists = ("search", "assignments", "assessments", "frameworks", "monitoring-rounds", "orders", "org-units", "users")
    lists += ("staff-members", "programmes", "training-groups", "enrolments", "certificates", "training-requirements")
    lists += ("corrective-measures", "evidence", "findings")
    lists += ("learning-sites", "learning-courses", "learning-people", "learning-outcomes")
    lists += ("lti-platforms", "lti-accounts")
    pages = (*(f"/{word}/?q=" for word in lists), "/journal/?q=", "/assessment-papers/?code=")
    for unit in sorted(around(login) & set(ALL)):
        for what in ("", " person", " draft", " letter", " measure"):
            word = canary(f"{unit}{what}")
            if word in readable(login):
                continue
            for page in pages[:1] if what else pages:
                answer = client.get(f"{page}{word[9:]}")
                # An unknown code of a paper is a paper that is not there.
                assert answer.status_code in {200, 403, 404}
                assert word not in answer.text, (page, unit, what)


def test_the_canaries_sing_at_home(world, records, browser):
    """The test of the tests: where a word may be read, it is read."""
    assert canary("school") in browser("school").get(f"/assignments/{records.of['assignment']['school']}").text
    assert canary("school") in text_of(browser("municipality").get("/orders/1/annex"))
    assert canary("region draft") in browser("region").get(f"/orders/{records.of['draft']['region']}").text
    assert canary("municipality person") in browser("admin").get("/users/").text
    assert canary("municipality mailing") in browser("region").get("/mailings/").text
    assert canary("municipality mailing") in browser("school").get(f"/mail-stop/{records.of['letters']['school']}").text
    sheet = f"/assessments/{records.of['sheet']['school']}"
    assert canary("school") in browser("municipality").get(sheet).text
    assert (
        canary("region draft") in browser("region").get(f"/frameworks/{records.of['framework draft']['region']}").text
    )
    assert canary("municipality letter") in browser("school").get("/monitoring-rounds/").text
    assert canary("region note") in browser("region").get(f"/analytical-notes/{records.of['note']['region']}").text
    trainee = f"/staff-members/{records.of['trainee']['school']}"
    assert canary("school trainee") in browser("provider").get(trainee).text
    assert canary("school trainee") in browser("municipality").get("/enrolments/").text
    assert canary("municipality letter") in browser("school").get("/training-requirements/").text
    assert shown(snils_of("school")) not in browser("school").get(trainee).text
    assert canary("municipality measure") in browser("school").get("/corrective-measures/").text
    assert canary("school") in browser("municipality").get(f"/findings/{records.of['finding']['school']}").text
    site = f"/learning-sites/{records.of['learning site']['provider']}"
    assert canary("provider") in browser("provider").get(site).text
    platform = f"/lti-platforms/{records.of['platform']['school']}"
    assert canary("school") in browser("municipality").get(platform).text
    for login in ("school", "admin"):
        number = records.of["job"][login]
        assert canary(f"{login} job") in browser(login).get("/jobs/").text
        assert canary(f"{login} job") in browser(login).get(f"/jobs/{number}/result").text
