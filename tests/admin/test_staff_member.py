from tests.factories import training


def test_pages(engine, world, browser):
    one = training.add_person(engine, world, "school", snils="11223344595")
    training.add_person(engine, world, "school", last_name="Иванова", patronymic="Перовна")
    training.add_certificate(engine, world, one)
    for login in ("school", "municipality", "region", "observer", "provider"):
        page = browser(login).get("/staff-members/")
        assert page.status_code == 200, page.text
        print(login, "Иванова" in page.text)
    b = browser("municipality")
    for path in (f"/staff-members/{one}", "/staff-members/new/", f"/staff-members/{one}/edit", f"/staff-members/{one}/identity", f"/staff-members/{one}/positions/new", f"/staff-members/{one}/move", "/staff-members/take", "/staff-members/duplicates", f"/staff-members/{one}/merge?with={one+1}", "/staff-members/?on_day=2026-11-01", "/staff-members/?filters=1", "/staff-members/?position=head&works=1&documents=1&snils=1&q=иванова", "/staff-members/export", "/imports/new?register=staff_member"):
        page = b.get(path)
        assert page.status_code == 200, (path, page.text[-3000:])
