"""Letters as LibreOffice lays them out: the corner, the addressee, the signature, and a table over several pages."""

from __future__ import annotations

import subprocess

import pytest
from pypdf import PdfReader

from app.documents import letter
from app.documents.letter_fields import FIELDS, paragraphs
from app.models.enumeration_of_measures import LetterKind
from scripts import need_office

pytestmark = pytest.mark.browser
PATIENCE = 120
A4 = (595, 842)  # points


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    """Pages of both letters; a page is a list of (x, y from the top, text), in points."""
    program = need_office.find()
    if program is None:
        pytest.skip(need_office.MISSING)
    folder = tmp_path_factory.mktemp("letters")
    answer = FIELDS[LetterKind.ANSWER].sample()
    answer |= {"текст": paragraphs("\n".join(["ВСОКО разработана, утверждена и размещена на сайте школы."] * 3))}
    weaknesses = FIELDS[LetterKind.WEAKNESSES].sample(lines=60)
    for kind, told in ((LetterKind.ANSWER, answer), (LetterKind.WEAKNESSES, weaknesses)):
        (folder / f"{kind.value}.docx").write_bytes(letter.write(kind, [told])[0])
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    files = sorted(folder.glob("*.docx"))
    subprocess.run([*command, "--outdir", folder, *files], check=True, capture_output=True, timeout=PATIENCE)
    return {kind: [words_of(page) for page in PdfReader(folder / f"{kind.value}.pdf").pages] for kind in LetterKind}


def words_of(page) -> list[tuple[float, float, str]]:
    found: list[tuple[float, float, str]] = []

    def keep(text, _matrix, place, _font, _size):
        if text.strip():
            found.append((place[4], A4[1] - place[5], text.strip()))

    page.extract_text(visitor_text=keep)
    return found


def place_of(page, words: str) -> tuple[float, float]:
    return next((x, y) for x, y, text in page if words in text)


def test_an_answer_is_laid_out_as_an_official_letter(laid_out):
    (page,) = laid_out[LetterKind.ANSWER]
    corner, to = place_of(page, "МБОУ СОШ"), place_of(page, "Рябкиной")
    number, title = place_of(page, "30.06.2023"), place_of(page, "О проработке ВСОКО")
    text, signed = place_of(page, "ВСОКО разработана"), place_of(page, "Директор")
    attached, executor = place_of(page, "Приложения"), place_of(page, "Исп.")
    assert corner[0] < A4[0] / 2 < to[0]
    assert abs(corner[1] - to[1]) < 60
    assert corner[1] < number[1] < title[1] < text[1] < attached[1] < signed[1] < executor[1]
    # The red line of a paragraph; the name of the signatory on the line of the position, at the right.
    assert text[0] > title[0] + 30
    name = place_of(page, "И. И. Иванова")
    assert name[0] > A4[0] * 0.6
    assert abs(name[1] - signed[1]) < 8


def test_a_long_table_repeats_its_head_and_pages_are_numbered(laid_out):
    pages = laid_out[LetterKind.WEAKNESSES]
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        said = [text for _, _, text in page]
        assert any("Организация" in text for text in said) or "Директор" in said
        if number > 1:
            top = min(page, key=lambda word: word[1])
            assert top[2] == str(number)
            assert A4[0] * 0.4 < top[0] < A4[0] * 0.65
    assert all(word[2] != "1" or word[1] > 60 for word in pages[0])
