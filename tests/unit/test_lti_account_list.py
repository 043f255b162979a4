"""Lists of people of a platform, as they are pasted or brought in a file."""

from __future__ import annotations

import pytest

from app.excel.lti_account_list import as_text, from_text, read_people
from app.excel.table import WorkbookRefused

pytestmark = pytest.mark.once

MOODLE = """id\tusername\temail\tfirstname\tlastname\tidnumber\tinstitution
70\tkim\tSCHOOL2@sakhalin.example\tЕн Сун\tКим\t\tМБОУ
\tschool_b\t\tБез\tНомера\t\t
"""


def test_the_list_on_its_way_through_the_page_is_the_same_list():
    people = read_people(MOODLE.encode(), "список")
    assert from_text(as_text(people)) == people
    assert from_text(as_text(people).replace("\n", "\r\n")) == people
    told = read_people('id;email;ФИО\n"5";"a@b.c";"О\'Коннор; ""Джон"", мл."\n'.encode("cp1251"), "список")
    assert (told[0].subject, told[0].name) == ("5", "О'Коннор; Джон, мл.")
    assert from_text(as_text(told)) == told
    for damaged in ("", "1\t2", as_text(people).replace("\t", " ", 1)):
        with pytest.raises(WorkbookRefused, match="повреждён"):
            from_text(damaged)


def test_the_columns_of_moodles_own_download_are_known_and_the_others_passed_over():
    first, second = read_people(MOODLE.encode(), "список")
    assert (first.number, first.subject, first.login, first.name) == (2, "70", "kim", "Ким Ен Сун")
    assert (first.email, first.idnumber) == ("SCHOOL2@sakhalin.example", "")
    assert (second.number, second.subject, second.name) == (3, "", "Номера Без")
