"""Pages of training groups: made by the provider, seen by schools, taken through their course; the list and Excel."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from app.models import TrainingGroup, TrainingSession
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, ProgrammeStatus
from app.services import clock
from tests.factories.training import add_group, add_person, add_programme, add_topic, enrol

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

TODAY = clock.today("Asia/Sakhalin")
Status = EnrolmentStatus


def day(days: int) -> str:
    return (TODAY + timedelta(days)).isoformat()


def shown(days: int) -> str:
    return f"{TODAY + timedelta(days):%d.%m.%Y}"


def typed(programme: int | str, **given):
    return {
        "programme_id": programme,
        "title": "Поток <1>",
        "starts_on": day(10),
        "ends_on": day(20),
        "seats": "2",
        "form": "mixed",
        "place": "Актовый зал",
        "coordinator": "Ким О. Н., 42-00-00",
        **given,
    }


def test_a_group_from_the_form_through_its_course(engine, world, browser, work):
    programme = add_programme(engine, world, title="ВСОКО для руководителей")
    add_programme(engine, world, "foreign_provider", title="Чужая программа")
    provider = browser("provider")
    form = provider.get(f"/training-groups/new/?programme={programme}").text
    assert f'<option selected value="{programme}">ВСОКО для руководителей' in form
    assert "Чужая программа" not in form
    refused = provider.post("/training-groups/new/", typed(programme, ends_on=day(5)))
    assert (refused.status_code, "Окончание раньше начала" in refused.text) == (422, True)
    assert "Поток &lt;1&gt;" in refused.text
    refused = provider.post("/training-groups/new/", typed(""))
    assert (refused.status_code, "Выберите программу из списка" in refused.text) == (422, True)
    made = provider.post("/training-groups/new/", typed(programme))
    group = work("provider").scalars(select(TrainingGroup)).one()
    here = f"/training-groups/{group.id}"
    assert (made.status_code, made.location) == (302, here)
    # A draft is the provider's alone.
    school = browser("school")
    assert school.get(here).status_code == 404
    page = provider.get(here).text
    assert "Открыть набор" in page
    assert "откроются вместе с набором" in page
    provider.post(f"{here}/open")
    assert "пока не началось обучение" in provider.get(here).text
    told = provider.post(f"{here}/sessions", {"held_on": day(1), "title": "Рано"})
    assert (told.status_code, "укажите день между ними" in told.text) == (422, True)
    provider.post(f"{here}/sessions", {"held_on": day(10), "title": "Вводное <занятие>", "hours": "6"})
    provider.post(f"{here}/sessions", {"held_on": day(11), "title": "Лишнее", "hours": "4"})
    extra = work("provider").scalars(select(TrainingSession).where(TrainingSession.title == "Лишнее")).one()
    provider.post(f"{here}/sessions/{extra.id}/delete")
    page = provider.get(here).text
    assert "Вводное &lt;занятие&gt;" in page
    assert "1 занятие, 6 ч из 36" in page
    refused = provider.post(f"{here}/start")
    assert (refused.status_code, "Никто ещё не зачислен" in refused.text) == (409, True)


def test_a_school_sees_the_group_and_never_whose_the_seats_are(engine, world, browser):
    group = add_group(engine, world, add_programme(engine, world), seats=2, coordinator="Ким О. Н., 42-00-00")
    here = f"/training-groups/{group}"
    school = browser("school")
    for number, status in enumerate((Status.ENROLLED, Status.APPLIED, Status.WAITING)):
        person = add_person(engine, world, "school_b", last_name=f"Чужакова{number}")
        enrol(engine, group, person, status=status)
    page = school.get(here).text
    for words in ("Подать заявку", "Институт развития: Сахалинская", "Ким О. Н., 42-00-00", "в листе ожидания"):
        assert words in page
    for words in ("Чужакова", "Отменить поток", "Начать обучение", "Добавить занятие", f"{here}/edit"):
        assert words not in page
    assert "Чужакова" not in school.get("/training-groups/").text
    assert browser("foreign_school").get(here).status_code == 404
    for act in ("open", "start", "finish", "cancel", "sessions", "delete"):
        assert school.post(f"{here}/{act}", {"note": "нельзя", "held_on": "2026-12-02"}).status_code == 403


def test_an_opened_group_is_changed_and_taken_through_its_course(engine, world, browser):
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme, starts_on=TODAY, ends_on=TODAY + timedelta(20))
    here = f"/training-groups/{group}"
    provider, school = browser("provider"), browser("school")
    for number, status in enumerate((Status.ENROLLED, Status.APPLIED)):
        enrol(engine, group, add_person(engine, world, "school_b", first_name=f"Анна{number}"), status=status)
    version = provider.get(f"{here}/edit").text.split('name="version" value="')[1].split('"')[0]
    fewer = provider.post(f"{here}/edit", typed(programme, version=version, seats="1"))
    assert (fewer.status_code, "Занято мест: 2" in fewer.text) == (422, True)
    stale = provider.post(f"{here}/edit", typed(programme, version=str(int(version) + 7), title="Мой заголовок"))
    assert stale.status_code == 409
    assert "Сейчас сохранено" in stale.text
    assert "Мой заголовок" in stale.text
    assert provider.post(f"{here}/edit", typed(programme, version=version, apply_until=day(-1))).status_code == 302
    assert f"приём закончен {shown(-1)}" in school.get(here).text
    assert "Подать заявку" not in school.get(here).text

    provider.post(f"{here}/start")
    refused = provider.post(f"{here}/finish")
    assert (refused.status_code, "Без итога слушателей: 1" in refused.text) == (409, True)
    refused = provider.post(f"{here}/cancel", {"note": " "})
    assert (refused.status_code, "Напишите, почему поток отменён" in refused.text) == (422, True)
    provider.post(f"{here}/cancel", {"note": "нет <денег>"})
    page = provider.get(here).text
    assert "нет &lt;денег&gt;" in page
    assert "Поток отменён" in page
    assert provider.get(f"{here}/edit").status_code == 409
    assert provider.post(f"{here}/resume", {"note": "всё же"}).status_code == 409


def test_the_region_opens_a_group_for_its_provider_and_sees_no_others_drafts(engine, world, browser, work):
    agreed = add_programme(engine, world)
    ours = add_programme(engine, world, "region", title="Министерская", status=ProgrammeStatus.DRAFT)
    hidden = add_group(engine, world, agreed, title="Тайный", status=GroupStatus.DRAFT)
    region = browser("region")
    assert region.get(f"/training-groups/{hidden}").status_code == 404
    form = region.get("/training-groups/new/").text
    assert "сразу открыт для заявок" in form
    region.post("/training-groups/new/", typed(agreed, title="За институт"))
    region.post("/training-groups/new/", typed(ours, title="Свой"))
    rows = work("region").scalars(select(TrainingGroup)).all()
    assert {(one.title, one.status.value) for one in rows} == {("За институт", "open"), ("Свой", "draft")}
    own = next(one.id for one in rows if one.title == "Свой")
    page = region.get(f"/training-groups/{own}").text
    assert "Программа ещё не согласована" in page
    refused = region.post(f"/training-groups/{own}/open")
    assert (refused.status_code, "набор открывают по согласованной" in refused.text) == (409, True)
    assert region.post(f"/training-groups/{own}/delete").location == "/training-groups/"
    assert work("region").get(TrainingGroup, own) is None


def test_the_list_of_groups_narrowed_past_and_as_a_workbook(engine, world, browser):
    topic = add_topic(engine, world, title="Анализ ВПР")
    first = add_programme(engine, world, title="Анализ результатов", topic_id=topic)
    second = add_programme(engine, world, "region", title="Управление качеством")
    open_until = {"starts_on": TODAY + timedelta(10), "ends_on": TODAY + timedelta(20)}
    full = add_group(engine, world, first, title="Полный", seats=2, apply_until=TODAY, place="Томари", **open_until)
    add_group(engine, world, second, "region", title="Закрыт", apply_until=TODAY - timedelta(1), **open_until)
    add_group(engine, world, first, title="Отменённый", status=GroupStatus.CANCELLED)
    add_group(engine, world, first, title="Чей-то черновик", status=GroupStatus.DRAFT)
    for unit in ("school_b", "school_c"):
        enrol(engine, full, add_person(engine, world, unit))
    enrol(engine, full, add_person(engine, world, "school2"), status=Status.WAITING)
    school = browser("school")

    def titles(query: str = "") -> set[str]:
        text = school.get(f"/training-groups/?{query}").text
        return {one for one in ("Полный", "Закрыт", "Отменённый", "Чей-то черновик") if f">{one}</a>" in text}

    assert titles() == {"Полный", "Закрыт", "Отменённый"}
    assert titles("applications=1") == {"Полный"}
    assert titles("applications=0") == {"Закрыт", "Отменённый"}
    assert titles("status=cancelled") == {"Отменённый"}
    assert titles(f"topic={topic}") == {"Полный", "Отменённый"}
    assert titles(f"programme={second}") == titles(f"provider={world.units['region']}") == {"Закрыт"}
    assert titles("q=управление") == {"Закрыт"}
    assert titles("q=томари") == {"Полный"}
    assert titles("form=remote") == set()
    assert titles(f"on_day={day(0)}") == titles()
    assert school.get("/training-groups/?applications=2").status_code == 400
    page = school.get("/training-groups/?filters=1").text
    assert '<td class="number nowrap">2 из 2</td>' in page
    assert "Новый поток" not in page
    assert "Управление качеством" in page
    assert "Институт развития: Сахалинская" in page
    book = openpyxl.load_workbook(io.BytesIO(school.get("/training-groups/export?q=полный").data))
    cells = [cell.value for row in book.active.iter_rows() for cell in row if cell.value is not None]
    for value in ("Полный", "Анализ результатов", "Томари", "очная", "идёт набор"):
        assert value in cells
    assert "Иванова" not in str(cells)
    assert [one for one in cells if one in {0, 1, 2}][-4:] == [2, 2, 0, 1]


def test_the_page_of_a_group_shows_what_its_reader_may_do(engine, world, browser):
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme)
    for login, may in (("municipality", True), ("region", True), ("provider", False), ("observer", False)):
        page = browser(login).get(f"/training-groups/{group}")
        assert page.status_code == 200
        assert ("Подать заявку" in page.text) is may, login
