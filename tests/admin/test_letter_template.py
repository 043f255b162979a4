"""A region's own template: taken only when letters can be written by it, used at once, put away again."""

from __future__ import annotations

import io

import pytest
from docx import Document

from app.documents import letter
from app.models import LetterTemplate
from app.models.enumeration_of_measures import LetterKind
from app.policies.unscoped import open_session
from tests.admin.assignment_pages import LATER
from tests.factories.measures import add_letter
from tests.factories.order import Point, add_report, issue_order

pytestmark = pytest.mark.once


def template(*paragraphs: str) -> bytes:
    document, made = Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(made)
    return made.getvalue()


def upload(client, content: bytes, kind="answer", version="0", name="Бланк.docx"):
    data = {"file": (io.BytesIO(content), name), "version": version}
    return client.post(f"/letter-templates/{kind}", data, content_type="multipart/form-data")


def lines(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def test_a_template_of_ones_own(browser, engine, world):
    admin, school = browser("unit_admin"), browser("school")
    assert (
        school.get("/letter-templates/").status_code
        == browser("municipality").get("/letter-templates/").status_code
        == 403
    )
    page = admin.get("/letter-templates/").text
    for words in ("{{ адресат }}", "{{ строка.недостаток }}", "{%tr for строка in недостатки %}", "встроенный шаблон"):
        assert words in page
    assert admin.get("/letter-templates/answer/download").data == letter.built_in(LetterKind.ANSWER)
    assert "Сообщаем следующее." in lines(admin.get("/letter-templates/answer/sample").data)
    assert admin.get("/letter-templates/other/sample").status_code == 404

    for content, name, sentence in (
        (template("{{ адрес }}"), "Бланк.docx", "есть поле «адрес», которого нет"),
        (b"%PDF-1.7\n%%EOF", "Бланк.pdf", "а это документ PDF"),
        (template("{% if текст %}"), "Бланк.docx", "не читается"),
    ):
        refused = upload(admin, content, name=name)
        assert refused.status_code == 422
        assert sentence in refused.text, sentence
    assert "Выберите файл шаблона" in admin.post("/letter-templates/answer", {"version": "0"}).text
    assert admin.post("/letter-templates/answer/remove").status_code == 404

    own = template("Бланк округа", "{{ заголовок }}", "{{ текст }}")
    assert upload(admin, own).status_code == 302
    assert upload(admin, template("{{ текст }}")).status_code == 409
    assert upload(school, own).status_code == 403
    assert "свой шаблон" in admin.get("/letter-templates/").text
    assert admin.get("/letter-templates/answer/download").data == own
    assert admin.get("/letter-templates/answer/built-in").data == letter.built_in(LetterKind.ANSWER)

    issued = issue_order(engine, world, points=(Point("1", due_on=LATER, to=("school",)),))
    number = issued.assignments["1", "school"]
    report = add_report(engine, world, "school", number)
    add_letter(engine, report, title="О работе", body="Первый.\nВторой & <третий>.")
    address = f"/assignments/{number}/reports/{report}/letter.docx"
    assert lines(school.get(address).data) == ["Бланк округа", "О работе", "Первый.", "Второй & <третий>."]
    # Another region writes by its own.
    assert browser("foreign_region").get("/letter-templates/answer/download").data != own

    # Replaced by another person since the page was opened: neither is undone unseen.
    assert upload(admin, template("{{ текст }}", "Бланк округа"), version="1").status_code == 302
    assert upload(admin, own, version="1").status_code == 409
    assert admin.post("/letter-templates/answer/remove", {"version": "1"}).status_code == 409
    assert 'name="version" value="2"' in admin.get("/letter-templates/").text
    assert admin.post("/letter-templates/answer/remove", {"version": "2"}).status_code == 302
    assert "Бланк округа" not in lines(school.get(address).data)
    with open_session(engine, reason="tests look") as session:
        assert session.query(LetterTemplate).count() == 0
