"""The text of an order from an uploaded file."""

from io import BytesIO
from typing import Final

from app.documents import known_kinds as kinds
from app.documents.docx_text import docx_text
from app.documents.file_kind import agreeing_kind_of
from app.documents.limits import MAX_ORDER_BYTES, MIB
from app.documents.pdf_text import pdf_text
from app.documents.plain_text import decoded, tidied
from app.documents.refusal import DocumentRefused

_WANTED: Final = ".txt, .docx, .pdf"
_OTHERWISE: Final = "Сохраните документ как .docx или вставьте его текст вручную."
_REASONS: Final = {
    kinds.DOC: f"Старый документ Word (.doc) не читается. {_OTHERWISE}",
    kinds.RTF: f"Документ RTF не читается. {_OTHERWISE}",
    kinds.ODT: f"Документ OpenDocument (.odt) не читается. {_OTHERWISE}",
    kinds.MACROS: (
        "В документе есть макросы, такие файлы не принимаются. Сохраните его как .docx, без макросов, "
        "или вставьте текст вручную."
    ),
    kinds.PNG: "Это изображение, текста в нём нет. Распознайте текст и сохраните как .docx или вставьте его вручную.",
    kinds.JPEG: "Это изображение, текста в нём нет. Распознайте текст и сохраните как .docx или вставьте его вручную.",
}


def text_of(content: bytes, file_name: str, *, max_bytes: int = MAX_ORDER_BYTES) -> str:
    """The text of a .txt, .docx or .pdf file, with line feeds, numbers of lists and table rows « | » joined.

    What the file is, its content decides; a name that says otherwise is refused, and so is a file that is broken,
    hostile, locked, without text or over the limits. Raises `DocumentRefused` with a sentence for the person.
    Blocks for the seconds a PDF takes, at most `limits.PDF_WALL_SECONDS`.
    """
    if len(content) > max_bytes:
        raise DocumentRefused(
            f"Файл больше {max_bytes // MIB} МБ, на приказ это не похоже. "
            "Загрузите файл меньшего размера или вставьте текст вручную."
        )
    stream = BytesIO(content)
    kind = agreeing_kind_of(stream, file_name, wanted=_WANTED)
    if kind is kinds.DOCX:
        return tidied(docx_text(stream))
    if kind is kinds.PDF:
        return tidied(pdf_text(content))
    if kind is kinds.TXT:
        return tidied(decoded(content))
    raise DocumentRefused(
        _REASONS.get(
            kind,
            f"Из такого файла ({kind.title}) текст приказа не прочитать. "
            "Нужен .txt, .docx или .pdf с текстовым слоем; текст можно и вставить вручную.",
        )
    )
