"""The page of a list of people to link: it leads on where there is nothing to link with."""

from __future__ import annotations

import re

import pytest

from tests.factories.lti import add_platform

pytestmark = pytest.mark.once
LIST = "/lti-accounts/list"


def test_the_only_platform_is_chosen_and_without_one_there_is_nothing_to_link(engine, world, browser):
    school, chief = browser("school"), browser("unit_admin")
    assert school.get(LIST).headers["Location"] == "/lti-platforms/"
    assert "Сначала подключите платформу" in school.get("/lti-platforms/").text

    def chosen():
        return re.findall(r'<option selected value="(\d+)"', chief.get(LIST).text)

    number = add_platform(engine, world, title="СДО института")
    assert chosen() == [str(number)]
    add_platform(engine, world, issuer="https://second.example", title="Вторая")
    assert chosen() == [], "one of two is nobody's guess"
