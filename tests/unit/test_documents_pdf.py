"""The text layer of a PDF, and the cage in which it is read."""

import zlib
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from app.documents import pdf_text as cage
from app.documents.refusal import DocumentRefused
from app.documents.text_in import text_of

SAMPLE = (Path(__file__).parents[1] / "files" / "order_with_text_layer.pdf").read_bytes()


def pdf(*objects: bytes) -> bytes:
    """A PDF of the objects, numbered from 1; the first is the catalogue."""
    body, offsets = b"%PDF-1.7\n", []
    for number, inner in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, inner)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        count, table, count, len(body),
    )  # fmt: skip


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (extra, len(content), content)


def one_page(content: bytes, resources: bytes = b"/Font<</F 4 0 R>>", *more: bytes) -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<<%s>>/Contents 5 0 R>>" % resources,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        stream(content),
        *more,
    )


def refusal(content: bytes) -> str:
    with pytest.raises(DocumentRefused) as refused:
        text_of(content, "приказ.pdf")
    return str(refused.value)


def test_the_cyrillic_layer_of_every_page_is_read() -> None:
    text = text_of(SAMPLE, "приказ.pdf")
    assert text.startswith("МИНИСТЕРСТВО ОБРАЗОВАНИЯ\nРАСПОРЯЖЕНИЕ\nот 09 января 2023 года № 3.12-118-Р\n1. Институту")
    assert "2. Рекомендовать руководителям провести анализ в срок до 30 января" in text


def test_a_pdf_put_together_by_hand_is_read() -> None:
    assert text_of(one_page(b"BT /F 12 Tf 50 700 Td (Order number 7) Tj ET"), "приказ.pdf") == "Order number 7"


def test_a_scan_is_refused_with_what_to_do() -> None:
    writer = PdfWriter()
    writer.add_blank_page(600, 800)
    written = BytesIO()
    writer.write(written)
    message = refusal(written.getvalue())
    assert "В файле нет текстового слоя" in message
    assert "вставьте текст вручную" in message


def test_a_layer_in_a_coding_of_its_own_is_refused_and_not_passed_on_as_rubbish() -> None:
    mojibake = "Распоряжение министерства".encode("cp1251")
    assert "Текстовый слой файла не читается" in refusal(one_page(b"BT /F 12 Tf 50 700 Td (%s) Tj ET" % mojibake))


def encrypted(user_password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(SAMPLE)))
    writer.encrypt(user_password, "хозяин", algorithm="RC4-128")
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def test_a_locked_file_is_refused() -> None:
    assert "зашифрован или защищён паролем" in refusal(encrypted("секрет"))


def test_a_file_locked_against_editing_only_is_read() -> None:
    assert "МИНИСТЕРСТВО ОБРАЗОВАНИЯ" in text_of(encrypted(""), "приказ.pdf")


def test_a_truncated_file_is_refused() -> None:
    assert "повреждён или загружен не полностью" in refusal(SAMPLE[: len(SAMPLE) // 2])


def test_a_file_of_rubbish_between_the_right_ends_is_refused() -> None:
    assert "повреждён" in refusal(b"%PDF-1.7\nrubbish\n%%EOF\n")


def test_more_than_three_hundred_pages_are_refused() -> None:
    writer = PdfWriter()
    for _ in range(301):
        writer.add_blank_page(100, 100)
    written = BytesIO()
    writer.write(written)
    assert "больше 300 страниц" in refusal(written.getvalue())


def test_a_page_tree_that_bites_its_tail_is_refused() -> None:
    looped = pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 1>>",
    )
    assert refusal(looped)


def test_forms_that_draw_each_other_without_end_are_refused_or_read_but_never_hang() -> None:
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 6 0 R/B 7 0 R>>>>"
    looped = one_page(
        b"/A Do", b"/XObject<</A 6 0 R/B 7 0 R>>", stream(b"/B Do /B Do", form), stream(b"/A Do /A Do", form)
    )
    assert refusal(looped)


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "PDF_CPU_SECONDS", 1)
    # Strings of one sign each: pypdf needs far more than a second for two million of them.
    assert "слишком сложно" in refusal(one_page(b"BT /F 1 Tf " + b"(a)Tj 1 0 0 1 0 9 Tm " * 900_000 + b"ET"))


def test_a_reader_that_waits_is_stopped_by_the_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(600)")
    monkeypatch.setattr(cage, "_READER", sleeper)
    monkeypatch.setattr(cage, "PDF_WALL_SECONDS", 1)
    assert "слишком сложно" in refusal(SAMPLE)


def test_a_reader_that_grows_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "PDF_MEMORY_BYTES", 64 * 1024 * 1024)
    assert "слишком сложно" in refusal(one_page(b"BT /F 1 Tf " + b"(a)Tj " * 2_000_000 + b"ET"))


def test_too_long_a_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "MAX_TEXT_CHARS", 100)
    assert "млн знаков" in refusal(SAMPLE)


def test_a_page_that_unpacks_to_gigabytes_is_refused() -> None:
    block = zlib.compressobj(9)
    packed = b"".join([block.compress(b"(a)Tj " * 200_000) for _ in range(200)]) + block.flush()
    page = one_page(b"").replace(stream(b""), stream(packed, b"/Filter/FlateDecode"))
    assert refusal(page)
