"""Pages of programmes, norms and topics: typed, agreed, registered; terms, the list and Excel."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Programme, TrainingNorm, TrainingTopic
from app.models.enumeration_of_training import DocumentKind, GroupStatus, ProgrammeStatus
from app.services import clock
from tests.factories.training import add_group, add_programme, add_topic

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

TODAY = clock.today("Asia/Sakhalin")
Status = ProgrammeStatus


def day(days: int) -> str:
    return (TODAY + timedelta(days)).isoformat()


def typed(**given):
    return {
        "title": "Управление <качеством>",
        "document_kind": "advanced",
        "hours": "36",
        "form": "full_time",
        "positions": ["head", "deputy"],
        "agree_by": day(-2),
        "register_by": day(30),
        **given,
    }


def version_in(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0]


def test_a_programme_from_the_form_to_the_register(engine, world, browser, work):
    topic = add_topic(engine, world)
    add_topic(engine, world, "foreign_region", "Чужая тема")
    provider, region = browser("provider"), browser("region")
    form = provider.get("/programmes/new/").text
    assert "Чужая тема" not in form
    assert "Чья программа" not in form
    assert "п. 18 Порядка" in form
    refused = provider.post("/programmes/new/", typed(hours="12", topic_id=topic))
    assert (refused.status_code, "Меньше нормы" in refused.text, "№ 266" in refused.text) == (422, True, True)
    assert "Управление &lt;качеством&gt;" in refused.text
    made = provider.post("/programmes/new/", typed(topic_id=topic))
    held = work("provider").scalars(select(Programme)).one()
    here = f"/programmes/{held.id}"
    assert (made.status_code, made.location, held.positions) == (302, here, ["head", "deputy"])
    assert region.get(here).status_code == 404
    page = provider.get(here).text
    assert "просрочено на 2 дня" in page
    assert "руководитель, заместитель руководителя" in page
    edit = provider.get(f"{here}/edit").text
    assert 'value="head" checked' in edit
    stale = provider.post(f"{here}/edit", typed(topic_id="", version=str(int(version_in(edit)) + 3)))
    assert (stale.status_code, "Сейчас сохранено" in stale.text, "не выбрана" in stale.text) == (409, True, True)
    assert provider.post(f"{here}/edit", typed(topic_id=topic, version=version_in(stale.text))).status_code == 302
    assert provider.post(f"{here}/submit").status_code == 302
    assert provider.get(f"{here}/edit").status_code == 409
    assert provider.post(f"{here}/agree", {"act": "сами", "agreed_on": day(0)}).status_code == 403
    page = region.get(here).text
    assert "Отправить на согласование" not in page
    empty = region.post(f"{here}/return", {"note": ""})
    assert (empty.status_code, "Напишите причину" in empty.text) == (422, True)
    region.post(f"{here}/return", {"note": "нет <раздела>"})
    assert "нет &lt;раздела&gt;" in provider.get(here).text
    provider.post(f"{here}/submit")
    refused = region.post(f"{here}/agree", {"act": "письмо № 5", "agreed_on": day(1)})
    assert (refused.status_code, "ещё не наступил" in refused.text) == (422, True)
    assert 'value="письмо № 5"' in refused.text
    region.post(f"{here}/agree", {"act": "письмо № 5", "agreed_on": day(-1)})
    refused = provider.post(f"{here}/register", {"register_number": "77", "registered_on": day(-2)})
    assert (refused.status_code, "раньше в реестр не включить" in refused.text) == (422, True)
    provider.post(f"{here}/register", {"register_number": "77", "registered_on": day(0)})
    school = browser("school").get(here).text
    for words in ("в федеральном реестре", "письмо № 5", "с опозданием", "Управление &lt;качеством&gt;"):
        assert words in school
    for words in (f"{here}/terms", f"{here}/exclude", "Новый поток"):
        assert words not in school
        assert words in region.get(here).text or words == "Новый поток"
    assert browser("foreign_region").get(here).status_code == 404
    assert "Исключить программу" in provider.get(here).text


def test_terms_move_in_any_state_and_an_excluded_programme_keeps_its_groups(engine, world, browser, work):
    number = add_programme(engine, world)
    add_group(engine, world, number, title="Поток весны")
    add_group(engine, world, number, title="Тайный", status=GroupStatus.DRAFT)
    here = f"/programmes/{number}"
    provider = browser("provider")
    form = provider.get(f"{here}/terms").text
    crossed = {"agree_by": day(9), "register_by": day(5), "version": version_in(form)}
    refused = provider.post(f"{here}/terms", crossed)
    assert (refused.status_code, "после согласования" in refused.text) == (422, True)
    assert provider.post(f"{here}/terms", {**crossed, "version": "99"}).status_code == 409
    assert provider.post(f"{here}/terms", {**crossed, "agree_by": ""}).status_code == 302
    assert work("provider").get_one(Programme, number).register_by == TODAY + timedelta(5)
    assert "через 5 дней" in provider.get(here).text
    assert browser("school").post(f"{here}/terms", crossed).status_code == 403
    assert provider.post(f"{here}/exclude", {"note": " "}).status_code == 422
    provider.post(f"{here}/exclude", {"note": "устарела"})
    page = browser("school").get(here).text
    assert "устарела" in page
    assert "Поток весны" in page
    assert "Тайный" not in page
    assert "0 из 25" in page


def test_the_region_keeps_a_programme_for_a_provider(world, browser, work):
    region = browser("region")
    assert "Институт развития: Сахалинская" in region.get("/programmes/new/").text
    region.post("/programmes/new/", typed(provider_id=world.units["provider"]))
    held = work("region").scalars(select(Programme)).one()
    assert (held.org_unit_id, held.status) == (world.units["provider"], Status.ON_AGREEMENT)
    refused = region.post("/programmes/new/", typed(provider_id=world.units["foreign_provider"]))
    assert (refused.status_code, "выберите из списка" in refused.text) == (422, True)
    region.post("/programmes/new/", typed(title="Наша"))
    ours = work("region").scalars(select(Programme).where(Programme.title == "Наша")).one()
    assert region.post(f"/programmes/{ours.id}/delete").location == "/programmes/"
    assert work("region").get(Programme, ours.id) is None


def test_the_list_of_programmes_narrowed_past_and_as_a_workbook(engine, world, browser):
    topic = add_topic(engine, world, title="Анализ ВПР")
    add_programme(engine, world, title="Поздняя", topic_id=topic, register_by=TODAY - timedelta(1))
    add_programme(engine, world, title="Вовремя", register_by=TODAY, positions=["head"], hours=20)
    done = {"status": Status.IN_REGISTER, "register_by": TODAY - timedelta(9), "document_kind": DocumentKind.RETRAINING}
    add_programme(engine, world, "region", title="Сделана", hours=260, **done)
    add_programme(engine, world, title="Черновик института", status=Status.DRAFT)
    add_programme(engine, world, "foreign_provider", title="Чужая")
    school = browser("school")

    def titles(query: str = "") -> set[str]:
        text = school.get(f"/programmes/?{query}").text
        known = ("Поздняя", "Вовремя", "Сделана", "Черновик института", "Чужая")
        return {one for one in known if f">{one}</a>" in text}

    assert titles() == {"Поздняя", "Вовремя", "Сделана"}
    assert titles("late=1") == {"Поздняя"}
    assert titles("late=0") == {"Вовремя", "Сделана"}
    assert titles(f"topic={topic}") == {"Поздняя"}
    assert titles("kind=retraining") == titles("status=in_register") == {"Сделана"}
    assert titles(f"provider={world.units['region']}") == {"Сделана"}
    assert titles("q=вовре") == {"Вовремя"}
    assert titles(f"on_day={day(0)}") == titles()
    for sort in ("title", "hours", "agree_by", "register_by"):
        assert titles(f"sort={sort}") == titles()
    assert school.get("/programmes/?late=yes").status_code == 400
    page = school.get("/programmes/?filters=1").text
    assert "просрочено на 1 день" in page
    assert page.count("просрочено") == 1
    book = openpyxl.load_workbook(io.BytesIO(school.get("/programmes/export?sort=hours&desc=0").data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    names = [row[0] for row in rows if row[0] in {"Поздняя", "Вовремя", "Сделана", "Чужая"}]
    assert names == ["Вовремя", "Поздняя", "Сделана"]
    late = next(row for row in rows if row[0] == "Поздняя")
    assert late[6] == "все должности"
    assert late[-1] == "включение в реестр просрочено"
    assert next(row for row in rows if row[0] == "Вовремя")[6] == "руководитель"


def test_norms_and_topics_are_the_regions_to_keep(engine, world, browser, work):
    add_topic(engine, world, "foreign_region", "Чужая тема")
    region, municipality = browser("region"), browser("municipality")
    page = municipality.get("/training-norms/").text
    for words in ("Действуют сегодня", "3 года", "бессрочно", "№ 266", "Тем пока нет"):
        assert words in page
    assert "Новая норма региона" not in page
    wanted = {"document_kind": "advanced", "min_hours": "24", "valid_months": "18", "valid_from": day(0)}
    refused = region.post("/training-norms/new", {**wanted, "source": ""})
    assert (refused.status_code, "источник" in refused.text) == (422, True)
    assert region.post("/training-norms/new", {**wanted, "source": "приказ <№ 8>"}).status_code == 302
    twice = region.post("/training-norms/new", {**wanted, "source": "ещё один"})
    assert (twice.status_code, "уже есть" in twice.text) == (422, True)
    page = municipality.get("/training-norms/").text
    for words in ("приказ &lt;№ 8&gt;", "18 месяцев", "норма региона"):
        assert words in page
    assert "24</td>" not in browser("foreign_region").get("/training-norms/").text
    row = work("region").scalars(select(TrainingNorm)).one()
    edit = region.get(f"/training-norms/{row.id}/edit").text
    changed = {**wanted, "min_hours": "30", "source": "приказ № 9", "version": version_in(edit)}
    assert region.post(f"/training-norms/{row.id}/edit", {**changed, "version": "9"}).status_code == 409
    assert region.post(f"/training-norms/{row.id}/edit", changed).status_code == 302
    assert "приказ № 9" in region.get("/training-norms/").text
    assert browser("foreign_region").get(f"/training-norms/{row.id}/edit").status_code == 404
    for path in ("new", f"{row.id}/edit", f"{row.id}/remove", "topics/new"):
        assert municipality.post(f"/training-norms/{path}", {**changed, "title": "Своя"}).status_code == 403
    region.post(f"/training-norms/{row.id}/remove")
    assert "приказ № 9" not in region.get("/training-norms/").text

    region.post("/training-norms/topics/new", {"title": "ВСОКО", "counts_in_monitoring": "y"})
    refused = region.post("/training-norms/topics/new", {"title": "всоко"})
    assert (refused.status_code, "Такая тема уже есть" in refused.text) == (422, True)
    topic = work("region").scalars(select(TrainingTopic)).one()
    here = f"/training-norms/topics/{topic.id}/edit"
    opened = region.get(here).text
    assert "засчитывается в мониторинге" not in opened
    assert region.post(here, {"title": "Новая", "version": "9"}).status_code == 409
    assert region.post(here, {"title": "Система оценки", "version": version_in(opened)}).status_code == 302
    page = municipality.get("/training-norms/").text
    assert "Система оценки" in page
    assert "Чужая тема" not in page
    assert "засчитывается в мониторинге" not in page
