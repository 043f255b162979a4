"""The main job, walked once from the pasted order to the signed-off annex, by every person whom it concerns."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.browser.site import HOME_SCHOOL
from tests.services.order_world import TEXT

pytestmark = pytest.mark.browser
PROOF = Path(__file__).parents[1] / "files" / "order_with_text_layer.pdf"
POINTS = ["1", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "4а", "4б"]


def test_the_order_from_its_text_to_the_annex(person, site, tmp_path):
    region = person("region")
    order = _draft(region)
    _correct(region)
    _issue(region)
    municipality, school = person("municipality"), person("school")
    parent = _cascade(municipality)
    child = _report(school)
    _return(municipality, child)
    _report_again(school, child)
    _accept(municipality, child, parent)
    _extend(municipality, region, parent)
    institute = person("provider")
    _institute(institute)
    _check_in_the_matrix(region, order)
    _amend(region, order, institute)
    _workbooks(region, order, tmp_path)
    _observe(person("observer"), order)
    _stay_out(person("foreign_municipality"), order, parent)
    region.page.locator("summary[aria-label*='моё меню']").click()
    region.press("Выйти")
    expect(region.heading).to_have_text("Вход в систему")
    region.go(order)
    expect(region.heading).to_have_text("Вход в систему")


def _draft(region) -> str:
    region.follow("Новое распоряжение")
    region.page.get_by_label("Текст").fill(TEXT)
    region.press("Разобрать текст")
    expect(region.heading).to_contain_text("3.12-118-Р")
    cards = region.page.locator("article.proposal")
    expect(cards).to_have_count(9)
    expect(cards.locator("h3")).to_have_text([f"Пункт {label}" for label in POINTS])
    text = region.page.locator("#source-text")
    for number in range(9):
        quote = cards.nth(number).get_attribute("data-quote-id")
        expect(text.locator(f"mark[data-quote-id='{quote}']").first).to_be_attached()
    card = region.page.get_by_role("article", name="Пункт 2.2")
    expect(card).to_contain_text("30.01.2023")
    expect(card).to_contain_text("Получат:")
    card.hover()
    expect(text.locator("mark.is-lit").first).to_be_visible()
    return region.page.url.removesuffix("#points")


def _correct(region) -> None:
    """The parser cannot know that the ministry wants to see a proof."""
    card = region.page.get_by_role("article", name="Пункт 2.2")
    region.follow("Изменить", card)
    card.get_by_label("Требовать подтверждение").check()
    card.get_by_label("Что приложить").fill("приказ школы")
    region.press("Сохранить пункт", card)
    expect(card).to_contain_text("с подтверждением: приказ школы")


def _issue(region) -> None:
    region.follow("Выпустить…")
    region.press("Выпустить: 71 поручение")
    expect(region.message).to_contain_text("71")
    expect(region.page.locator(".figures")).to_contain_text("71")


def _cascade(municipality) -> str:
    municipality.page.reload()
    municipality.follow(re.compile("^Пункт 2.2"))
    expect(municipality.heading).to_contain_text("Пункт 2.2")
    municipality.press("Принять к исполнению")
    parent = municipality.page.url
    municipality.follow("Передать школам")
    municipality.page.get_by_label("Срок для школ").fill("2023-01-30")
    municipality.press("Передать отмеченным школам")
    problems = municipality.page.locator("[data-error-summary]")
    expect(problems).to_contain_text("раньше вашего")
    municipality.page.get_by_label("Срок для школ").fill("2023-01-27")
    municipality.press("Передать отмеченным школам")
    expect(municipality.message).to_contain_text("Передано школам: 3")
    expect(municipality.page.get_by_text("0 из 3 ОО")).to_be_visible()
    return parent


def _report(school) -> str:
    school.page.reload()
    school.follow(re.compile("^Пункт 2.2"))
    school.press("Принять к исполнению")
    child = school.page.url
    school.open("Отчитаться")
    school.page.get_by_label("исполнено", exact=True).check()
    school.page.get_by_label("Что сделано").fill("Документы приведены в соответствие.")
    school.press("Отправить отчёт")
    expect(school.page.locator("[data-error-summary]")).to_contain_text("нужно подтверждение")
    school.page.get_by_label("Название документа").fill("Приказ о ВСОКО")
    school.page.get_by_label("Номер").fill("17")
    school.page.get_by_label("Файлы").set_input_files(PROOF)
    school.page.get_by_label("Ссылка").fill("https://school.example/documents")
    school.press("Отправить отчёт")
    expect(school.message).to_contain_text("Отчёт отправлен на проверку")
    return child


def _return(municipality, child: str) -> None:
    municipality.go("/")
    waiting = municipality.page.get_by_role("region", name="Ждут вашей проверки")
    municipality.follow(re.compile(re.escape(HOME_SCHOOL)), waiting)
    expect(municipality.page).to_have_url(child)
    with municipality.page.expect_download() as download:
        municipality.follow(PROOF.name)
    assert Path(download.value.path()).read_bytes() == PROOF.read_bytes()
    municipality.open("Вернуть с замечанием")
    municipality.page.get_by_label("Что исправить").fill("Приказ без подписи.")
    municipality.page.locator("form[id^=return-]").get_by_role("button").click()
    expect(municipality.message).to_contain_text("возвращён с замечанием")


def _report_again(school, child: str) -> None:
    school.go("/")
    returned = school.page.get_by_role("region", name="Возвращено на доработку")
    school.follow(re.compile("^Пункт 2.2"), returned)
    expect(school.page).to_have_url(child)
    expect(school.page.get_by_text("Приказ без подписи.").first).to_be_visible()
    school.open("Отчитаться")
    school.page.get_by_label("исполнено", exact=True).check()
    school.page.get_by_label("Что сделано").fill("Приказ подписан и размещён.")
    school.page.get_by_label(re.compile("Приказ о ВСОКО")).first.check()
    school.press("Отправить отчёт")
    expect(school.message).to_contain_text("Отчёт отправлен на проверку")


def _accept(municipality, child: str, parent: str) -> None:
    municipality.go(child)
    municipality.press("Принять отчёт")
    expect(municipality.message).to_contain_text("Отчёт принят")
    municipality.go(parent)
    expect(municipality.page.get_by_text("1 из 3 ОО")).to_be_visible()
    # Two schools are open: «исполнено» wants a reason.
    municipality.open("Отчитаться")
    municipality.page.get_by_label("исполнено", exact=True).check()
    municipality.page.get_by_label("Что сделано").fill("Методическая поддержка оказана.")
    municipality.press("Отправить отчёт")
    expect(municipality.page.locator("[data-error-summary]")).to_be_visible()


def _extend(municipality, region, parent: str) -> None:
    municipality.go(parent)
    municipality.open("Попросить продление")
    form = municipality.page.locator("form[id^=extension-]")
    form.get_by_label("Новый срок", exact=True).fill("2023-02-10")
    form.get_by_label("Почему нужен новый срок").fill("Две школы закрыты на карантин.")
    municipality.press("Отправить запрос")
    expect(municipality.message).to_contain_text("Запрос на продление отправлен")
    region.go("/")
    asked = region.page.get_by_role("region", name="Просят продлить срок")
    region.follow(re.compile("Томаринский"), asked)
    region.press("Продлить до 10.02.2023")
    expect(region.message).to_contain_text("Срок продлён")
    expect(region.page.get_by_text("срок продлён", exact=True).first).to_be_visible()


def _institute(institute) -> None:
    institute.page.reload()
    institute.follow(re.compile("^Пункт 1:"))
    institute.press("Подтвердить ознакомление")
    expect(institute.message).to_contain_text("пункт исполнен")
    institute.go("/")
    institute.follow(re.compile("^Пункт 4а"))
    institute.press("Принять к исполнению")
    institute.open("Отчитаться")
    institute.page.get_by_label("исполнено", exact=True).check()
    institute.page.get_by_label("Что сделано").fill("Программа разработана и согласована.")
    institute.press("Отправить отчёт")
    expect(institute.message).to_contain_text("Отчёт отправлен на проверку")


def _check_in_the_matrix(region, order: str) -> None:
    region.go(f"{order}/matrix")
    cell = region.page.locator("a.cell.s-submitted")
    expect(cell).to_have_count(1)
    cell.click()
    expect(region.panel).to_contain_text("Программа разработана и согласована.")
    expect(region.focused).to_contain_text("Пункт 4а")
    region.press("Принять отчёт", region.panel)
    expect(region.page.locator(".message.success")).to_contain_text("Отчёт принят")
    region.press("Снять с контроля")
    expect(region.page.locator(".message.success")).to_contain_text("снято с контроля")
    region.go(f"{order}/matrix")
    expect(region.page.locator("a.cell.s-off_control")).to_have_count(1)


def _amend(region, order: str, institute) -> None:
    region.go(order)
    region.follow("Внести акт")
    region.page.get_by_label("Номер").fill("3.12-201-Р")
    region.page.get_by_label("Дата").fill("2023-01-26")
    region.open("Пункт 4б")
    region.page.get_by_role("region", name="Пункт 4б").get_by_label("Новый срок").fill("2023-06-15")
    region.press("Внести изменения")
    expect(region.message).to_contain_text("Изменяющий акт внесён")
    expect(region.page.locator("#amendments")).to_contain_text("01.06.2023 → 15.06.2023")
    institute.go("/assignments/")
    expect(institute.page.get_by_role("row").filter(has_text="4б")).to_contain_text("15.06.2023")


def _workbooks(region, order: str, folder: Path) -> None:
    region.go(f"{order}/matrix")
    with region.page.expect_download() as download:
        region.follow("Приложение Excel")
    download.value.save_as(folder / "annex.xlsx")
    annex = CalamineWorkbook.from_path(folder / "annex.xlsx")
    assert len(annex.sheet_names) >= 2
    summary, detail = (str(annex.get_sheet_by_index(number).to_python()) for number in (0, 1))
    assert "Томаринский" in summary
    assert HOME_SCHOOL in detail
    assert "3.12-118-Р" in detail
    region.go("/assignments/?q=Ильинское")
    region.page.locator("summary", has_text="Excel").click()
    with region.page.expect_download() as download:
        region.follow("Скачать этот список")
    download.value.save_as(folder / "list.xlsx")
    rows = CalamineWorkbook.from_path(folder / "list.xlsx").get_sheet_by_index(0).to_python()
    told = [row for row in rows if HOME_SCHOOL in row]
    assert len(told) == 4  # points 3.1, 3.2, 3.3 from the order and 2.2 from the municipality
    assert not any("Анива" in str(row) for row in rows)


def _observe(observer, order: str) -> None:
    observer.go(order)
    expect(observer.heading).to_contain_text("3.12-118-Р")
    observer.go(f"{order}/matrix")
    observer.page.locator("a.cell").first.click()
    expect(observer.panel).to_contain_text("Кому")
    expect(observer.page.locator("main form[method=post], #panel form[method=post]")).to_have_count(0)
    expect(observer.page.get_by_role("link", name=re.compile("Внести акт|Новое распоряжение"))).to_have_count(0)


def _stay_out(stranger, order: str, parent: str) -> None:
    stranger.expected.add(404)
    for address in (order, f"{order}/matrix", f"{order}/annex", parent):
        assert stranger.go(address).status == 404, address
    expect(stranger.heading).to_be_visible()
    stranger.go("/search/?q=3.12-118")
    expect(stranger.page.locator("main")).to_contain_text("Ничего не найдено")
