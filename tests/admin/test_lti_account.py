"""People of platforms tied to accounts: the register, linking by a list as it was shown, unlinking."""

from __future__ import annotations

import html
import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from app.excel.lti_account_list import MOST_PEOPLE
from app.models import AuditEvent, LtiAccount, LtiPlatform, Membership, User
from app.models.enumeration import Duty
from app.models.enumeration_of_platforms import AccountOrigin
from app.policies.unscoped import open_session
from app.services import clock

pytestmark = pytest.mark.once

LIST = "/lti-accounts/list"
NAMES = {
    "school": "Кравцова Марина Сергеевна",
    "school2": "Ким Ен Сун",
    "colleague": "Петров Илья Олегович",
    "school_b": "Иванова Анна Павловна",
    "provider": "Семёнова Ольга Петровна",
    "foreign_school": "Чужая Тула Ивановна",
}


@pytest.fixture
def saved(engine):
    def read(model):
        with open_session(engine, reason="a test looks at what was saved") as session:
            return list(session.scalars(select(model).order_by(model.id)))

    return read


@pytest.fixture
def platforms(engine, world):
    """Of the region, of the municipality and of another region; people with names and addresses of their own."""
    numbers = {}
    with open_session(engine, reason="tests register platforms") as session:
        for unit in ("region", "municipality", "foreign_region"):
            root = f"https://{unit.replace('_', '-')}.example"
            made = LtiPlatform(org_unit_id=world.units[unit], title=f"СДО {unit}", issuer=root, client_id=unit)
            made.auth_url = made.token_url = made.jwks_url = f"{root}/mod/lti"
            session.add(made)
            session.flush()
            numbers[unit] = made.id
        for login, name in NAMES.items():
            user = session.get(User, world.users[login])
            user.name, user.email = name, f"{login}@Sakhalin.example"
    return numbers


@pytest.fixture
def link(engine, world, platforms):
    def make(unit, login, subject, **more):
        with open_session(engine, reason="tests link a person") as session:
            row = LtiAccount(
                org_unit_id=world.units[unit],
                platform_id=platforms[unit],
                subject=subject,
                user_id=world.users[login],
                origin=AccountOrigin.PROVED,
                linked_at=clock.now(),
                linked_by="Кто-то",
                **more,
            )
            session.add(row)
            session.flush()
            return row.id

    return make


def shown(page: str) -> dict[str, list[str]]:
    """The rows of a preview by the heading of their part, as words."""
    parts = {}
    for part in re.findall(r'<section class="card" aria-label="([^"]+)">(.*?)</section>', page, re.DOTALL):
        rows = re.findall(r"<tr>(.*?)</tr>", part[1].split("<tbody>")[1], re.DOTALL)
        parts[part[0]] = [html.unescape(" ".join(re.sub(r"<[^>]+>", " ", row).split())) for row in rows]
    return parts


def ticks(page: str) -> dict[str, bool]:
    return {
        html.unescape(value): bool(checked)
        for value, checked in re.findall(r'name="pair" value="([^"]*)"( checked)?', page)
    }


def people_of(page: str) -> str:
    return html.unescape(re.search(r'<textarea name="people"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])


MOODLE = "\n".join(
    "\t".join(row)
    for row in (
        ("id", "username", "email", "firstname", "lastname", "idnumber", "institution"),
        ("70", "kim", "SCHOOL2@sakhalin.example", "Ен Сун", "Ким", "", "МБОУ"),
        ("71", "colleague", "", "Иван", "Другой", "", ""),
        ("72", "x", "nobody@sakhalin.example", "Нет", "Никто", "", ""),
        ("73", "school_b", "provider@sakhalin.example", "Анна", "Иванова", "", ""),
        ("", "school_b", "", "Без", "Номера", "", ""),
        ("63", "kravtsova", "school@sakhalin.example", "Марина Сергеевна", "Кравцова", "", ""),
        ("75", "y", "foreign_school@sakhalin.example", "Тула Ивановна", "Чужая", "", ""),
        ("76", "z", "", "Анна Павловна", "Иванова", "school_b", ""),
        ("77", "q", "", "", "", "unit_admin", ""),
    )
)


def test_a_list_as_moodle_gives_it_is_shown_before_anything_is_done(browser, world, platforms, link, saved):
    link("region", "school", "63")
    chief = browser("region")
    page = chief.post(LIST, {"platform_id": platforms["region"], "rows": MOODLE}).text
    parts = shown(page)
    assert [row.split()[0] for row in parts["Найдены"]] == ["2", "9"]
    assert "Совпадает почта и имя." in parts["Найдены"][0]
    assert "Совпадает индивидуальный номер и имя." in parts["Найдены"][1]
    # A login that people choose themselves, with another name; and no name at all.
    assert "Петров Илья Олегович" in parts["Проверьте сами"][0]
    assert "имена разные" in parts["Проверьте сами"][0]
    assert "имени в списке нет" in parts["Проверьте сами"][1]
    assert "Иванова Анна Павловна (school_b), Семёнова Ольга Петровна (provider)" in parts["Подходят двое"][0]
    assert "Уже связана." in parts["Уже связаны"][0]
    assert "Нет номера" in parts["Ошибки в строках"][0]
    # Of another region: as one who is not there.
    assert len(parts["Не найдены"]) == 2
    assert "foreign_school@Sakhalin" not in page
    assert ticks(page) == {
        f"{world.users['school2']}:70": True,
        f"{world.users['school_b']}:76": True,
        f"{world.users['colleague']}:71": False,
        f"{world.users['unit_admin']}:77": False,
    }
    assert len(saved(LtiAccount)) == 1


def test_what_is_ticked_is_linked_in_one_act_with_its_journal(browser, world, platforms, saved):
    chief, number = browser("region"), platforms["region"]
    page = chief.post(LIST, {"platform_id": number, "rows": MOODLE}).text
    pair, doubtful = f"{world.users['school2']}:70", f"{world.users['colleague']}:71"
    given = {"platform_id": number, "people": people_of(page)}
    nothing = chief.post(f"{LIST}/apply", given)
    assert nothing.status_code == 422
    assert "Отметьте хотя бы одного" in nothing.text
    # Pairs that were never shown: another account for the person, a person who is not on the list.
    made_up = [f"{world.users['admin']}:70", f"{world.users['foreign_school']}:75", f"{world.users['school']}:999"]
    answer = chief.post(f"{LIST}/apply", {**given, "pair": [pair, doubtful, *made_up]})
    assert answer.status_code == 302
    told = [(row.user_id, row.subject, row.name_told, row.origin.value, row.org_unit_id) for row in saved(LtiAccount)]
    assert told == [
        (world.users["school2"], "70", "Ким Ен Сун", "listed", world.units["region"]),
        (world.users["colleague"], "71", "Другой Иван", "listed", world.units["region"]),
    ]
    journal = [row for row in saved(AuditEvent) if row.record_type == "lti_account"]
    assert [(row.action, row.note) for row in journal] == [
        ("create", "Ким Ен Сун: СДО region"),
        ("create", "Петров Илья Олегович: СДО region"),
    ]
    after = chief.get(answer.headers["Location"]).text
    assert "Связано: 2 человека" in after
    assert after.count("В списке больше нет отмеченной строки") == 3
    # The same page sent once more: nothing is linked twice, and it is said why.
    again = chief.post(f"{LIST}/apply", {**given, "pair": pair})
    assert len(saved(LtiAccount)) == 2
    assert "Ким Ен Сун: Уже связана." in chief.get(again.headers["Location"]).text


def test_only_accounts_that_the_administrator_keeps_are_linked(browser, engine, world, platforms, link, saved):
    """A link lets its person in: it is as good as a link for a password."""
    with open_session(engine, reason="tests give duties elsewhere") as session:
        elsewhere = Membership(user_id=world.users["school"], org_unit_id=world.units["school_b"], duty=Duty.EXPERT)
        session.add(elsewhere)
        session.get(User, world.users["school2"]).is_active = False
        chief = session.get(User, world.users["colleague"])
        chief.is_installation_admin = True
    rows = "\n".join(
        f"{subject}\t{login}\t{NAMES.get(login, login)}"
        for subject, login in (
            ("1", "school"),
            ("2", "school2"),
            ("3", "colleague"),
            ("4", "region"),
            ("5", "school_b"),
        )
    )
    mayor = browser("municipality")
    given = {"platform_id": platforms["municipality"], "rows": f"Номер в платформе\tЛогин\tФИО\n{rows}"}
    page = mayor.post(LIST, given).text
    assert ticks(page) == {}
    assert "Связать отмеченных" not in page
    parts = shown(page)
    assert len(parts["Не ваши учётные записи"]) == 2
    for word in ("вне вашей части дерева", "отключена"):
        assert any(word in row for row in parts["Не ваши учётные записи"]), word
    # An installation administrator, the region's and the other municipality's people are not there at all.
    assert len(parts["Не найдены"]) == 3
    forged = [
        f"{world.users[login]}:{subject}" for subject, login in (("1", "school"), ("3", "colleague"), ("4", "region"))
    ]
    mayor.post(f"{LIST}/apply", {"platform_id": platforms["municipality"], "people": people_of(page), "pair": forged})
    assert saved(LtiAccount) == []
    # A platform of somebody else is an absent one, above and beside.
    for unit in ("region", "foreign_region"):
        for path, field in ((LIST, "rows"), (f"{LIST}/apply", "people")):
            answer = mayor.post(path, {"platform_id": platforms[unit], field: "1\t5\t\t\tschool\tx", "pair": "1:5"})
            assert answer.status_code in {404, 422}, (unit, path)
            assert "СДО region" not in answer.text
    assert saved(LtiAccount) == []


def test_rows_that_meet_are_done_by_nobody(browser, world, platforms, link):
    link("region", "school", "63")
    rows = [
        ("8", "school2", "Ким Ен Сун"),  # two people for one account
        ("9", "school2", "Ким Ен Сун"),
        ("10", "school_b", "Иванова Анна"),  # one person twice
        ("10", "provider", "Семёнова Ольга"),
        ("63", "colleague", "Петров Илья"),  # a person linked to another account
        ("64", "school", "Кравцова Марина"),  # an account linked to another person
    ]
    text = "id,login,fullname\n" + "\n".join(",".join(row) for row in rows)
    page = browser("region").post(LIST, {"platform_id": platforms["region"], "rows": text}).text
    assert ticks(page) == {}
    parts = shown(page)
    assert len(parts["Подходят двое"]) == 2
    assert len(parts["Ошибки в строках"]) == 2
    assert "Уже связана с номером 63" in parts["Заняты"][1]
    assert "Этот номер уже связан с другой" in parts["Заняты"][0]


def test_files_are_read_and_what_is_no_list_is_refused_in_words(browser, platforms):
    chief, number = browser("region"), platforms["region"]
    book = openpyxl.Workbook()
    book.active.append(["Выгрузка пользователей"])
    book.active.append(["Номер в платформе", "Адрес электронной почты", "Фамилия", "Имя"])
    book.active.append([70.0, "school2@sakhalin.example", "Ким", "=1+1"])
    target = BytesIO()
    book.save(target)
    target.seek(0)
    page = chief.post(LIST, {"platform_id": number, "file": (target, "users.xlsx")}).text
    assert "№ 70" in page
    for rows, sentence in (
        ("", "Выберите файл или вставьте строки."),
        ("email\nschool@sakhalin.example", "нет столбца с номером"),
        ("id,institution\n5,МБОУ", "ни почты, ни индивидуального номера"),
        ("id,email\n", "нет ни одной строки"),
        ("id,email\n" + "1,a@b.c\n" * (MOST_PEOPLE + 1), "больше 2000 человек"),
    ):
        answer = chief.post(LIST, {"platform_id": number, "rows": rows})
        assert answer.status_code == 422, sentence
        assert sentence in answer.text
        assert 'aria-invalid="true"' in answer.text
        # What was pasted is not lost.
        assert html.escape(rows[:60]).splitlines()[:1] == [] or html.escape(rows.splitlines()[0]) in answer.text
    broken = BytesIO(b"PK\x03\x04 no zip at all")
    assert chief.post(LIST, {"platform_id": number, "file": (broken, "users.xlsx")}).status_code == 422
    assert chief.post(f"{LIST}/apply", {"platform_id": number, "people": "x", "pair": "1:1"}).status_code == 422


def test_the_register_and_the_page_of_one_and_unlinking(browser, world, platforms, link, saved):
    ours = link("region", "school", "63", name_told="Марина Кравцова", last_launch_at=clock.now())
    below = link("municipality", "school2", "64")
    strange = link("region", "foreign_school", "65", name_told="Издалека")
    foreign = link("foreign_region", "foreign_school", "66", name_told="Чужая")
    chief, mayor, school = browser("region"), browser("municipality"), browser("school")
    page = chief.get("/lti-accounts/").text
    for word in ("Марина Кравцова", NAMES["school"], "64", "Издалека", "вне вашей части дерева", "СДО region"):
        assert word in page
    assert "Чужая" not in page
    assert "Издалека" not in chief.get("/lti-accounts/?q=кравцова").text
    assert "Издалека" in chief.get("/lti-accounts/?q=ИЗДАЛЕКА").text
    assert chief.get("/lti-accounts/?q=издалека&on_day=2020-01-01").status_code == 200
    assert "Марина Кравцова" in chief.get("/lti-accounts/?q=КРАВЦОВА").text
    assert "Марина Кравцова" not in chief.get(f"/lti-accounts/?platform={platforms['municipality']}").text
    assert "Марина Кравцова" not in chief.get("/lti-accounts/?origin=listed").text
    assert chief.get("/lti-accounts/?on_day=2020-01-01").status_code == 200
    assert chief.get("/lti-accounts/export").data[:2] == b"PK"
    assert "Чужая Тула" not in chief.get(f"/lti-accounts/{strange}").text
    assert chief.get(f"/lti-accounts/{foreign}").status_code == 404
    # The region's links are the region's, also of people whom the municipality and the school keep.
    for person in (mayor, school):
        assert person.get(f"/lti-accounts/{ours}").status_code == 404
        assert person.post(f"/lti-accounts/{ours}/unlink").status_code == 404
        assert "Вход из учебных платформ" not in person.get(f"/users/{world.users['school']}").text
    card = chief.get(f"/users/{world.users['school']}").text
    assert f'action="/lti-accounts/{ours}/unlink"' in card
    answer = chief.post(f"/lti-accounts/{ours}/unlink", {"back": "user"})
    assert answer.headers["Location"] == f"/users/{world.users['school']}"
    assert mayor.post(f"/lti-accounts/{below}/unlink").headers["Location"] == "/lti-accounts/"
    assert [row.id for row in saved(LtiAccount)] == [strange, foreign]
    journal = [(row.action, row.note) for row in saved(AuditEvent) if row.record_type == "lti_account"][-2:]
    assert journal == [("delete", f"{NAMES['school']}: Марина Кравцова"), ("delete", f"{NAMES['school2']}: 64")]
