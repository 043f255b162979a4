"""XML from outside: no document type, so no entities; bounded in elements and depth; read as it unpacks."""

from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from app.documents.limits import MAX_SIDE_XML_ELEMENTS, MAX_XML_DEPTH, MAX_XML_NAMES, MAX_XML_TAG_BYTES
from app.documents.refusal import BROKEN, DocumentRefused

_TOO_COMPLEX: Final = (
    "Документ устроен слишком сложно, прочитать его нельзя. Сохраните его заново или вставьте текст вручную."
)
_HAS_ENTITIES: Final = (
    "В документе есть определения подстановок XML, каких программы Office не пишут, и читать его небезопасно. "
    "Создайте документ заново и сохраните как .docx или вставьте текст вручную."
)


class Listener:
    """What is told of elements and text as they are read; refuses too many, too deep, of too many names."""

    def __init__(self, max_elements: int) -> None:
        self._elements_left = max_elements
        self._depth = 0
        self._names: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements_left -= 1 + len(attributes)
        self._depth += 1
        self._names.add(tag)
        if self._elements_left < 0 or self._depth > MAX_XML_DEPTH or len(self._names) > MAX_XML_NAMES:
            raise DocumentRefused(_TOO_COMPLEX)
        self.opened(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self.closed(tag)

    def data(self, text: str) -> None:
        self.told(text)

    def doctype(self, *_declared: str | None) -> None:
        raise DocumentRefused(_HAS_ENTITIES)

    def close(self) -> None:
        """Nothing is handed on: listeners keep what they heard."""

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def closed(self, tag: str) -> None:
        raise NotImplementedError

    def told(self, text: str) -> None:
        raise NotImplementedError


class _TreeListener(Listener):
    def __init__(self) -> None:
        super().__init__(MAX_SIDE_XML_ELEMENTS)
        self._builder = TreeBuilder()

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        self._builder.start(tag, attributes)

    def closed(self, tag: str) -> None:
        self._builder.end(tag)

    def told(self, text: str) -> None:
        self._builder.data(text)

    def root(self) -> Element:
        return self._builder.close()


def listen(chunks: Iterable[bytes], listener: Listener) -> None:
    """Tell the listener everything in the XML; raises `DocumentRefused` on what is broken, deep or has entities."""
    # Word writes UTF-8; any other coding, whatever the file declares, is read as broken.
    parser = XMLParser(target=listener, encoding="utf-8")  # noqa: S314 - the listener refuses document types, where entities live
    try:
        for chunk in _without_long_tags(chunks):
            parser.feed(chunk)
        parser.close()
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, DocumentRefused):
            raise
        raise DocumentRefused(BROKEN) from error


def _without_long_tags(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Refuse a tag of countless attributes before it is built: no tag holds a second `<`, not even in quotes."""
    begun = 0
    for chunk in chunks:
        if b"\0" in chunk:
            # UTF-16, which a byte order mark switches on in spite of all.
            raise DocumentRefused(BROKEN)
        first, *others = chunk.split(b"<")
        gaps = [begun + len(first), *map(len, others)]
        if max(gaps) > MAX_XML_TAG_BYTES:
            raise DocumentRefused(_TOO_COMPLEX)
        begun = gaps[-1]
        yield chunk


def tree_of(chunks: Iterable[bytes]) -> Element:
    """The whole tree of a small part."""
    listener = _TreeListener()
    listen(chunks, listener)
    return listener.root()
