"""The pages of staff training, with something on each."""

from datetime import date

from app.models.enumeration_of_training import (
    CertificateStatus,
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    ProgrammeStatus,
)
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
)


def training_pages(engine, world):
    """Addresses by who opens them: a group that fills up, one that studies, a document to confirm, a requirement."""
    topic = add_topic(engine, world)
    head = add_person(engine, world, "school", last_name="Константинопольская", title="директор", snils="11223344595")
    double = {"last_name": "Семёнова", "title": "заместитель директора по учебно-воспитательной работе"}
    twins = [add_person(engine, world, "school2", first_name=name, **double) for name in ("Алёна", "Алена")]
    programme = add_programme(engine, world, status=ProgrammeStatus.IN_REGISTER)
    waiting = add_programme(engine, world, title="Ждёт согласования", status=ProgrammeStatus.ON_AGREEMENT)
    days = {"starts_on": date(2023, 2, 6), "ends_on": date(2023, 2, 17)}
    group = add_group(engine, world, programme, **days)
    studying = add_group(
        engine,
        world,
        programme,
        title="Поток 2",
        status=GroupStatus.STUDYING,
        starts_on=date(2023, 1, 16),
        ends_on=date(2023, 1, 27),
    )
    for person in twins:
        enrol(engine, group, person)
    trainee = enrol(engine, studying, head, status=EnrolmentStatus.STUDYING)
    paper = add_certificate(
        engine,
        world,
        add_person(engine, world, "school", last_name="Петров", kind=PositionKind.DEPUTY),
        topic=topic,
        status=CertificateStatus.ENTERED,
        issued_on=date(2022, 12, 1),
        valid_until=date(2025, 11, 30),
    )
    year = {"starts_on": date(2023, 1, 1), "due_on": date(2023, 12, 31)}
    requirement = f"/training-requirements/{add_requirement(engine, world, **year)}"
    groups = [f"/training-groups/{group}", f"/training-groups/{studying}"]
    both = ["/staff-members/", f"/staff-members/{head}", "/training-groups/", *groups, "/enrolments/", "/certificates/"]
    both += [f"/enrolments/{trainee}", f"/certificates/{paper}", "/programmes/", f"/programmes/{programme}"]
    both += ["/training-requirements/", requirement, f"{requirement}/coverage", f"{requirement}/missing"]
    both += [f"{groups[0]}/apply", f"/certificates/new/?staff={head}", f"/staff-members/{head}/edit"]
    kept = [f"/programmes/{waiting}", f"{requirement}/proposal", "/training-requirements/new/", "/training-norms/"]
    kept += ["/staff-members/duplicates", f"/staff-members/{twins[0]}/merge?with={twins[1]}", "/training-groups/new/"]
    kept += [f"{groups[1]}/{one}" for one in ("attendance", "results", "issue")]
    kept += ["/document-register/", "/document-register/import", "/programmes/new/", f"/staff-members/{head}/move"]
    return {"region": both + kept, "school": [*both, "/staff-members/take", f"/staff-members/{head}/identity"]}
