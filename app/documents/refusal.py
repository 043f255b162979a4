"""The one refusal of this floor: a file that is not what it should be, in words for the person who sent it."""

from typing import Final

BROKEN: Final = "Файл повреждён или загружен не полностью. Откройте его у себя, сохраните заново и загрузите ещё раз."


class DocumentRefused(ValueError):  # noqa: N818 - named by what happened to the document, as the other refusals are
    """Its text is a whole Russian sentence that says what is wrong and what to do."""
