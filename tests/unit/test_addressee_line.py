"""Signatures turned into addresses: declined by hand beside what the rules give."""

import pytest

from app.analysis.addressee_line import address, with_initials

pytestmark = pytest.mark.once

SIGNED = {
    "": [],
    "Е.Н.Рябкина": ["Рябкиной Е. Н."],
    "И.о. начальника отдела образования МО администрации Заокский район Е.Н.Рябкина": [
        "И.о. начальника отдела образования МО администрации Заокский район",
        "Рябкиной Е. Н.",
    ],
    "Первый заместитель министра О. С. Петрова": ["Первому заместителю министра", "Петровой О. С."],
    "министр образования Иванов А.Н.": ["Министру образования", "Иванову А. Н."],
    "Начальник управления В.И. Черных": ["Начальнику управления", "Черных В. И."],
    "Директор департамента Коваленко О.В.": ["Директору департамента", "Коваленко О. В."],
    "Киктева Анна Николаевна": ["Киктевой А. Н."],
    "Бахрушин Пётр Ильич": ["Бахрушину П. И."],
    "Глава округа — Кузьмин Николай Петрович": ["Главе округа", "Кузьмину Н. П."],
    # What is no name of a person stays for a person to edit.
    "Сотрудник region": ["Сотрудник region"],
    "Отдел образования": ["Отдел образования"],
}


@pytest.mark.parametrize(("signed", "lines"), SIGNED.items())
def test_whom_an_answer_is_addressed_to(signed, lines):
    assert address(signed) == lines


def test_a_signature_is_deciphered():
    assert with_initials("Иванова", "Ирина", "Ивановна") == "И. И. Иванова"
    assert with_initials("Ким", "Анна") == "А. Ким"
