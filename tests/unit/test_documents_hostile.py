"""Files made to hurt: each is refused in words, and the process that reads them stays small."""

import random
import struct
import subprocess
import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from app.documents import limits
from app.documents.refusal import DocumentRefused
from app.documents.text_in import text_of
from app.documents.zip_parts import ZipParts

ROOT = Path(__file__).parents[2]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body>'.encode()
# Reads a file, prints the refusal, and on the error stream the largest memory of the process in kilobytes. The figure
# of getrusage would not do: a child starts with that of its parent.
READER = """
import re, sys
from pathlib import Path
from app.documents.refusal import DocumentRefused
from app.documents.text_in import text_of
try:
    print(len(text_of(sys.stdin.buffer.read(), sys.argv[1])))
except DocumentRefused as refused:
    print("refused:", refused)
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""


def read_in_a_process(content: bytes, name: str = "приказ.docx") -> tuple[str, int]:
    """The refusal and the largest memory in megabytes."""
    done = subprocess.run(
        [sys.executable, "-c", READER, name], input=content, capture_output=True, cwd=ROOT, check=True
    )
    return done.stdout.decode(), int(done.stderr) // 1024


def docx(parts: dict[str, bytes] | None = None) -> bytes:
    stream = BytesIO()
    document = Document()
    document.add_paragraph("Приказываю исполнить")
    document.save(stream)
    source, target = zipfile.ZipFile(stream), BytesIO()
    parts = parts or {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [*source.namelist(), *parts.keys() - set(source.namelist())]:
            archive.writestr(name, parts[name] if name in parts else source.read(name))
    return target.getvalue()


def deflated(head: bytes, unit: bytes, times: int, tail: bytes) -> tuple[bytes, int, int]:
    """A raw deflate stream of head + unit × times + tail made without holding it; its length and checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begun = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the stream stands on a byte and remembers nothing: the unit may be packed once and repeated.
    block = packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)
    ended = packer.compress(tail) + packer.flush()
    checksum = zlib.crc32(head)
    for piece in (*[unit] * times, tail):
        checksum = zlib.crc32(piece, checksum)
    return begun + block * times + ended, len(head) + len(unit) * times + len(tail), checksum


def with_raw_body(packed: bytes, declared: int, checksum: int) -> bytes:
    """A .docx whose word/document.xml has the given deflate stream and whatever size its headers declare."""
    source = zipfile.ZipFile(BytesIO(docx()))
    local, directory = b"", b""
    for name in source.namelist():
        if name == "word/document.xml":
            data, size, crc = packed, declared, checksum
        else:
            data, size, crc = deflated(source.read(name), b"", 0, b"")
        common = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, crc, len(data), size, len(name), 0)
        directory += (
            b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0, len(local)) + name.encode()
        )
        local += b"PK\3\4" + common + name.encode() + data
    count = len(source.namelist())
    return local + directory + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), len(local), 0)


@pytest.fixture(scope="module")
def gigabyte() -> tuple[bytes, int, int]:
    piece = b"<w:p/>" * 175_000
    return deflated(HEAD, piece, 1100, b"</w:body></w:document>")


def test_the_home_made_archive_is_read_when_it_is_honest() -> None:
    body = HEAD + "<w:p><w:r><w:t>Приказ</w:t></w:r></w:p></w:body></w:document>".encode()
    assert text_of(with_raw_body(*deflated(body, b"", 0, b"")), "приказ.docx") == "Приказ"


def test_a_bomb_of_a_gigabyte_is_refused_in_flat_memory(gigabyte: tuple[bytes, int, int]) -> None:
    packed, size, checksum = gigabyte
    assert size > 1024**3
    answer, megabytes = read_in_a_process(with_raw_body(packed, size, checksum))
    assert "refused: Файл распаковывается до недопустимо большого объёма" in answer
    assert megabytes < 150


@pytest.mark.parametrize("declared", [100, 3_000_000])
def test_a_bomb_that_lies_about_its_size_is_refused_in_flat_memory(
    gigabyte: tuple[bytes, int, int], declared: int
) -> None:
    packed, _, _ = gigabyte
    begun = zlib.decompressobj(-15).decompress(packed, declared)
    answer, megabytes = read_in_a_process(with_raw_body(packed, declared, zlib.crc32(begun)))
    assert "refused: " in answer
    assert megabytes < 150


def test_a_small_bomb_of_parts_that_share_their_bytes_is_refused() -> None:
    """One deflate stream listed under two thousand names: some kilobytes that unpack to gigabytes."""
    data, size, crc = deflated(b"", b" " * 1_000_000, 1, b"")
    local, directory = b"", b""
    for at in range(2000):
        name = f"word/part{at}.xml".encode()
        common = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, crc, len(data), size, len(name), 0)
        directory += b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name
        local = local or b"PK\3\4" + common + name + data
    bomb = local + directory + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 2000, 2000, len(directory), len(local), 0)
    assert len(bomb) < 150_000
    with pytest.raises(DocumentRefused, match="недопустимо большого"):
        text_of(bomb, "приказ.docx")


@pytest.mark.parametrize(
    "body",
    [
        b"<w:p/>" * 4_000_000,
        b"".join(b"<a%d/>" % at for at in range(500_000)),
        b"<w:p " + b" ".join(b'a%d=">"' % at for at in range(1_000_000)) + b"/>",
        (b"<w:p " + b" ".join(b'a%d=""' % at for at in range(50_000)) + b"/>") * 30,
    ],
    ids=["elements", "names", "attributes of one", "attributes of many"],
)
def test_a_body_of_countless_elements_or_attributes_is_refused_in_flat_memory(body: bytes) -> None:
    noise = random.Random(2).randbytes(500_000)  # stored beside, so that the ratio of the whole stays innocent
    body = HEAD + body + b"</w:body></w:document>"
    answer, megabytes = read_in_a_process(docx({"word/document.xml": body, "word/media/a.bin": noise}))
    assert "refused: Документ устроен слишком сложно" in answer
    assert megabytes < 150


def test_a_coding_that_would_hide_tags_is_not_read() -> None:
    body = f'<?xml version="1.0" encoding="UTF-16"?><w:document xmlns:w="{W}"/>'.encode("utf-16")
    with pytest.raises(DocumentRefused, match="повреждён"):
        text_of(docx({"word/document.xml": body}), "приказ.docx")


def test_a_body_nested_too_deep_is_refused() -> None:
    body = HEAD + b"<w:p>" * 5000 + b"</w:p>" * 5000 + b"</w:body></w:document>"
    with pytest.raises(DocumentRefused, match="слишком сложно"):
        text_of(docx({"word/document.xml": body}), "приказ.docx")


def billion_laughs(body: str) -> bytes:
    entities = '<!ENTITY l0 "ха">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE w:document [{entities}]>{body}'.encode()


@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/styles.xml", "word/numbering.xml", "_rels/.rels", "[Content_Types].xml"]
)
def test_a_billion_laughs_are_refused_in_every_part_that_is_read(part: str) -> None:
    body = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>'
    with pytest.raises(DocumentRefused, match="определения подстановок XML"):
        text_of(docx({part: billion_laughs(body)}), "приказ.docx")


def test_a_file_from_the_machine_is_not_let_in_through_an_entity() -> None:
    body = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{W}">&x;</w:document>'
    with pytest.raises(DocumentRefused, match="определения подстановок XML"):
        text_of(docx({"word/document.xml": body.encode()}), "приказ.docx")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_truncated_archive_is_refused(share: float) -> None:
    content = docx()
    with pytest.raises(DocumentRefused, match="повреждён или загружен не полностью"):
        text_of(content[: int(len(content) * share)], "приказ.docx")


def test_a_spoiled_byte_is_noticed_by_the_checksum() -> None:
    content = bytearray(docx())
    at = zipfile.ZipFile(BytesIO(content)).getinfo("word/document.xml").header_offset
    content[at + 200] ^= 0xFF
    with pytest.raises(DocumentRefused, match="повреждён"):
        text_of(bytes(content), "приказ.docx")


def archive(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> BytesIO:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as written:
        for name, data in parts.items():
            written.writestr(name, data)
    return stream


def test_an_endless_directory_is_refused_before_it_is_listed() -> None:
    stream = archive({f"{at:0200}": b"" for at in range(5000)})
    with pytest.raises(DocumentRefused, match="недопустимо большого"):
        ZipParts(stream)


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(DocumentRefused, match="недопустимо большого"):
        ZipParts(archive({str(at): b"" for at in range(limits.MAX_ZIP_PARTS + 1)}))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_office_programs_do_not_use_are_refused(method: int) -> None:
    with pytest.raises(DocumentRefused, match="повреждён"):
        ZipParts(archive({"a": b"a" * 100}, method))


def test_an_archive_with_a_password_is_refused_by_name() -> None:
    content = bytearray(archive({"a": b"a"}).getvalue())
    content[content.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(DocumentRefused, match="паролем"):
        ZipParts(BytesIO(content))


def test_two_parts_of_one_name_are_refused() -> None:
    stream = archive({"a": b"1", "b": b"2"})
    with pytest.raises(DocumentRefused, match="повреждён"):
        ZipParts(BytesIO(stream.getvalue().replace(b"b", b"a")))


def test_a_part_is_cut_off_at_the_limit_of_its_reader() -> None:
    parts = ZipParts(archive({"a": b"x" * 1001}))
    assert len(parts.read("a", max_bytes=1001)) == 1001
    with pytest.raises(DocumentRefused, match="недопустимо большого"):
        parts.read("a", max_bytes=1000)


@pytest.mark.parametrize("name", ["приказ.txt", "приказ.docx", "приказ.pdf"])
def test_fifty_megabytes_are_refused_before_they_are_looked_at(name: str) -> None:
    with pytest.raises(DocumentRefused, match="Файл больше 20 МБ"):
        text_of(b"a" * (50 * limits.MIB), name)
