"""Plain text in the codings of Russian offices, and which uploads have a text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import limits
from app.documents.plain_text import decoded, tidied
from app.documents.refusal import DocumentRefused
from app.documents.text_in import text_of

ORDER = (
    "МИНИСТЕРСТВО ОБРАЗОВАНИЯ САХАЛИНСКОЙ ОБЛАСТИ\nРАСПОРЯЖЕНИЕ\n№ 3.12-118-Р от 09.01.2023\n\n"
    "1. Руководителям образовательных организаций разработать план мероприятий («дорожную карту»)\n"
    "2. Контроль за исполнением настоящего распоряжения возложить на первого заместителя министра."
)
WORDS = [
    "приказ",
    "школы",
    "района",
    "ПРИКАЗЫВАЮ",
    "руководителю",
    "учащихся",
    "объём",
    "съезд",
    "оценки",
    "качества",
    "образования",
    "срок",
    "до",
    "января",
    "КОНТРОЛЬ",
    "директора",
    "МБОУ",
    "СОШ",
    "отчёт",
    "представить",
    "в",
    "отдел",
    "мониторинга",
    "заместителю",
    "начальника",
    "управления",
]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"])
def test_an_order_is_read_in_every_coding(coding: str) -> None:
    order = ORDER if coding.startswith("utf") or coding == "cp1251" else ORDER.replace("«", '"').replace("»", '"')
    content = order.replace("№", "N").encode(coding) if coding == "koi8-r" else order.encode(coding)
    assert text_of(content, "приказ.txt") == (order.replace("№", "N") if coding == "koi8-r" else order)


def test_utf_16_with_the_other_byte_order_is_read() -> None:
    assert decoded(b"\xfe\xff" + ORDER.encode("utf-16-be")) == ORDER


@given(
    st.lists(st.sampled_from(WORDS), max_size=12),
    st.sampled_from(["cp1251", "koi8-r", "cp866"]),
    st.booleans(),
)
def test_the_coding_is_guessed_from_one_line_whatever_its_words(words: list[str], coding: str, capitals: bool) -> None:
    # A lone «до» is a word in two codings; a line is not.
    line = " ".join(["О мерах по исполнению распоряжения", *words])
    text = line.upper() if capitals else line
    assert decoded(text.encode(coding)) == text


@given(st.text())
def test_tidying_twice_changes_nothing_and_leaves_only_line_feeds(text: str) -> None:
    try:
        once = tidied(text)
    except DocumentRefused:
        return
    assert tidied(once) == once
    assert "\r" not in once
    assert "\n\n\n" not in once


def test_line_ends_gaps_unseen_signs_and_loose_letters_are_tidied() -> None:
    raw = "\ufeffПри\u00adказ\u202e\u200b  \r\nсо\u0438\u0306ка\r\r\r\r\r\nконец\u00a0\x0cлист"
    assert tidied(raw) == "Приказ\nсойка\n\nконец\nлист"


def test_many_blanks_inside_a_line_cost_no_more_than_other_signs() -> None:
    assert len(tidied("а" + " " * 900_000 + "б")) == 900_002


@pytest.mark.parametrize("content", [b"", b" \r\n\t ", b"\xef\xbb\xbf", "…—!".encode()])
def test_no_words_no_text(content: bytes) -> None:
    with pytest.raises(DocumentRefused, match=r"пуст|нет текста"):
        text_of(content, "приказ.txt")


def test_damaged_utf_8_is_not_passed_on_as_rubbish() -> None:
    content = ORDER.encode()
    for damaged in (content[:-2], content[:100] + b"\xff" + content[100:]):
        with pytest.raises(DocumentRefused, match="не понять"):
            text_of(damaged, "приказ.txt")


def test_bytes_that_are_no_text_are_refused_with_what_is_taken() -> None:
    for content in (b"abc\0def", bytes(range(256)), b"\xff\xfe\x00", b"\xc0\xe0\x00\x01"):
        with pytest.raises(DocumentRefused, match=r"не понять, что это за документ.*\.txt, \.docx, \.pdf\."):
            text_of(content, "приказ.txt")


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="млн знаков"):
        text_of("а".encode() * (limits.MAX_TEXT_CHARS + 1), "приказ.txt")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"{\\rtf1\\ansi ...}", "приказ.rtf", "Документ RTF не читается. Сохраните документ как .docx"),
        (
            b"{\\rtf1\\ansi ...}",
            "приказ.doc",
            "По имени файл — документ Word 97–2003 (.doc), а по содержанию — документ RTF (.rtf)",
        ),
        (b"\xff\xd8\xff\xe0 \xff\xd9", "скан.jpg", "Это изображение, текста в нём нет"),
        (b"<!DOCTYPE html><p>Order", "приказ.html", "Из такого файла (веб-страница) текст приказа не прочитать"),
        (b"MZ\x90\0", "приказ.exe", "Из такого файла (программа)"),
        (
            ORDER.encode(),
            "приказ.docx",
            "По имени файл — документ Word (.docx), а по содержанию — простой текст (.txt)",
        ),
        (ORDER.encode(), "приказ.pdf", "По имени файл — документ PDF (.pdf), а по содержанию — простой текст (.txt)"),
        (ORDER.encode(), "приказ.bat", "По имени файл — «.bat», а по содержанию — простой текст (.txt)"),
        (b"a;b", "таблица.csv", "Из такого файла (таблица CSV)"),
    ],
)
def test_each_refusal_says_what_the_file_is(content: bytes, name: str, words: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        text_of(content, name)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "name", ["приказ.txt", "ПРИКАЗ.TXT", "приказ", "Приказ № 3.12", "письмо от 09.01.2023", "..", ""]
)
def test_a_name_that_does_not_contradict_is_no_hindrance(name: str) -> None:
    assert text_of(ORDER.encode(), name) == ORDER
