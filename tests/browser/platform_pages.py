"""The pages of learning platforms and of sites that are read, with something on each."""

from datetime import date

from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, ProgrammeStatus
from tests.factories.learning import add_answer, add_course, add_outcome, add_site
from tests.factories.learning import add_person as add_told
from tests.factories.lti import add_account, add_deployment, add_lti_course, add_platform
from tests.factories.training import add_group, add_person, add_programme, enrol

LONG = "Внутренняя система оценки качества образования: проектирование и функционирование (36 часов), осенний поток"


def platform_pages(engine, world):
    """Addresses by who opens them: a course with somebody unknown, a result that differs, a platform with a link."""
    platform = add_platform(engine, world, title="СДО института развития образования", client_id="vDviJgF5a9fNVSY")
    add_deployment(engine, world, platform, title=LONG)
    account = add_account(engine, world, platform, "school", name_told="Константинопольская Анна Петровна")
    own = add_platform(engine, world, "school", client_id="school", title="Moodle школы")
    programme = add_programme(engine, world, title="Программа для СДО", status=ProgrammeStatus.IN_REGISTER)
    days = {"starts_on": date(2023, 1, 16), "ends_on": date(2023, 1, 27), "status": GroupStatus.STUDYING}
    group = add_group(engine, world, programme, title="Поток в СДО", **days)
    person = add_person(engine, world, "school2", last_name="Пробная")
    trainee = enrol(engine, group, person, status=EnrolmentStatus.STUDYING)
    site = add_site(engine, world, token_sealed="sealed", problem="Ключ доступа сайт не принял: выпустите новый.")
    course = add_course(engine, site, title=LONG, group_id=group)
    free = add_course(engine, site, remote_id="3", title="Управление образовательной организацией")
    known = add_told(engine, site, remote_id="17", full_name="Пробная Анна Петровна", staff=person)
    unknown = add_told(
        engine, site, remote_id="18", full_name="Испытания Тестовна =1+1 Тестова", email="a@example.test"
    )
    told = add_outcome(engine, course, known, on=date(2023, 1, 20), enrolment=trainee, is_in_conflict=True)
    add_outcome(engine, course, unknown, passed=False)
    add_answer(engine, site)
    add_lti_course(engine, platform, group, title=LONG, memberships_url="https://moodle.test/members")
    lists = ["/learning-sites/", "/learning-courses/", "/learning-people/", "/learning-outcomes/"]
    pages = [f"/learning-sites/{site}", f"/learning-sites/{site}/edit", "/learning-sites/new/"]
    pages += [f"/learning-courses/{course}", f"/learning-courses/{free}", f"/learning-courses/for-group/{group}"]
    pages += [f"/learning-people/{unknown}", f"/learning-people/decide?course={course}", f"/learning-outcomes/{told}"]
    pages += [f"/training-groups/{group}", f"/training-groups/{group}/from-moodle"]
    opens = ["/lti-platforms/", "/lti-platforms/new/", "/lti-platforms/by-hand", "/lti-accounts/", "/lti-accounts/list"]
    kept = [f"/lti-platforms/{platform}", f"/lti-platforms/{platform}/edit", f"/lti-accounts/{account}"]
    return {"region": lists + pages + opens + kept, "school": [*opens, f"/lti-platforms/{own}"]}
