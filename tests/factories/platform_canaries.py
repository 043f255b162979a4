"""Learning platforms in every unit of the world, and what two institutes read from their sites."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.factories.canaries import ALL, Records, canary
from tests.factories.learning import add_answer, add_course, add_outcome, add_person, add_site
from tests.factories.lti import add_account, add_deployment, add_lti_course, add_platform
from tests.factories.world import World


def add_platforms(engine: Engine, world: World, records: Records) -> None:
    for unit in ALL:
        word = canary(unit)
        platform = add_platform(engine, world, unit, issuer=f"https://{word}.test", client_id=word, title=word)
        records.add("platform", unit, platform)
        records.add("deployment", unit, add_deployment(engine, world, platform, unit, deployment_id=word, title=word))
        records.add("account", unit, add_account(engine, world, platform, unit, subject=word, name_told=word))
    for prefix in ("", "foreign_"):
        _site(engine, world, records, prefix)


def _site(engine: Engine, world: World, records: Records, prefix: str) -> None:
    """One person of the course is known, one waits for a decision; of one the site says otherwise than the group."""
    provider = f"{prefix}provider"
    word, group = canary(provider), records.of["group"][provider]
    site = add_site(engine, world, provider, title=word, address=f"https://{word}.test")
    course = add_course(engine, site, title=word, short_name=word, idnumber=word, group_id=group)
    trainee, enrolment = records.of["trainee"][f"{prefix}school"], records.of["enrolment"][f"{prefix}school"]
    known = add_person(engine, site, remote_id="17", full_name=word, staff=trainee)
    waiting = add_person(
        engine, site, remote_id="18", full_name=word, email=f"{word}@example.test", idnumber=word, institution=word
    )
    records.add("learning site", provider, site)
    records.add("learning course", provider, course)
    records.add("learning person", provider, waiting)
    records.add(
        "learning outcome",
        provider,
        add_outcome(engine, course, known, grade=word, enrolment=enrolment, is_in_conflict=True),
    )
    records.add("answer of a site", provider, add_answer(engine, site, function=word, subject=word))
    platform = records.of["platform"][provider]
    records.add("course of a group", provider, add_lti_course(engine, platform, group, context_id=word, title=word))
