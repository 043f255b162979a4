"""The program that writes letters by a template, run as a process of its own for templates from outside; see `letter`.

Reads one line of JSON (the template, the names that it may use, the letters) from standard input and writes one: the
files, or why there are none. It imports nothing of the product, so that it runs isolated (`python -I`); for the
product's own templates `pressed` is called directly.

A template may name fields, ask `if` of them and loop once over a list. Everything else of Jinja is refused by its
syntax tree, before any of it runs, in a sandbox besides.
"""

from __future__ import annotations

import base64
import json
import logging
import resource
import sys
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

from docx import Document
from docxtpl import DocxTemplate  # type: ignore[import-untyped] # says nothing of its types
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Const),
    *(nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.Filter),
)
_FILTERS = frozenset({"upper", "lower", "capitalize", "trim"})
_LOOP = frozenset({"index", "first", "last", "length"})
_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# The elements of WordprocessingML between which bare text would stand where no program reads it.
_BARREN = frozenset(f"{_WORDS}{name}" for name in ("body", "p", "r", "tbl", "tr", "tc", "hdr", "ftr"))

_SYNTAX = (
    "Разметка полей в шаблоне не читается. Проверьте, что за каждым «{{» следует «}}», у каждого {% if %} есть "
    "{% endif %}, у каждого {% for %} — {% endfor %}, и возьмите поле целиком из списка на этой странице."
)
_FORBIDDEN = (
    "В шаблоне есть то, чего в нём быть не может: {}. "
    "Можно только поля, {{% if поле %}} и {{% for строка in список %}}."
)
_UNKNOWN = "В шаблоне есть поле «{}», которого нет. Возьмите имя поля из списка на этой странице."
_PLACED = (
    "После подстановки полей документ не открывается: пометки {%p …%} и {%tr …%} должны стоять в своём абзаце или "
    "в своей строке таблицы, а поля — в тексте, без букв «r», «p», «tr» после скобок."
)
_LARGE = "По этому шаблону письмо получается недопустимо большим. Уберите лишнее содержимое внутри повторов."
_COMPLEX = "Шаблон устроен слишком сложно. Создайте его заново из встроенного: скачайте его и поправьте."


class UnusableError(Exception):
    """Its text is a whole Russian sentence for whoever made the template."""


class _Bounded(Template):
    limit = 0

    def render(self, *args: Any, **kwargs: Any) -> str:
        parts, left = [], self.limit
        for part in self.generate(*args, **kwargs):
            left -= len(part)
            if left < 0:
                raise UnusableError(_LARGE)
            parts.append(part)
        return "".join(parts)


class _Sandbox(SandboxedEnvironment):
    """Whatever it compiles, it has read first."""

    def __init__(self, words: Iterable[str], rows: Mapping[str, Iterable[str]], limit: int) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.template_class = type("_BoundedBy", (_Bounded,), {"limit": limit})
        self._words = frozenset(words)
        self._rows = {name: frozenset(fields) for name, fields in rows.items()}
        self._compiled: dict[str, Template] = {}

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:
        """The parts of one template come again for each letter."""
        if source not in self._compiled:
            self._compiled[source] = super().from_string(source, *args, **kwargs)
        return self._compiled[source]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        try:
            tree = super()._parse(source, name, filename)
        except TemplateSyntaxError as error:
            raise UnusableError(_SYNTAX) from error
        self._read(tree, {}, inside=False)
        return tree

    def _read(self, node: nodes.Node, loops: Mapping[str, frozenset[str]], *, inside: bool) -> None:
        """`loops` gives for a loop's variable, and for «loop», what may be asked of it."""
        if not isinstance(node, _ALLOWED):
            raise UnusableError(_FORBIDDEN.format(_called(node)))
        if isinstance(node, nodes.For):
            self._loop(node, inside=inside)
        elif isinstance(node, nodes.Getattr):
            owner = node.node.name if isinstance(node.node, nodes.Name) else ""
            if node.attr not in loops.get(owner, ()):
                raise UnusableError(_UNKNOWN.format(f"{owner}.{node.attr}"))
        elif isinstance(node, nodes.Name):
            self._name(node, loops)
        else:
            self._shape(node)
            for child in node.iter_child_nodes():
                self._read(child, loops, inside=inside)

    def _name(self, node: nodes.Name, loops: Mapping[str, frozenset[str]]) -> None:
        if node.name in loops:
            raise UnusableError(_FORBIDDEN.format(f"строка «{node.name}» без поля"))
        if node.name not in self._words and node.name not in self._rows:
            raise UnusableError(_UNKNOWN.format(node.name))

    def _shape(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Filter) and (node.name not in _FILTERS or node.args or node.kwargs):
            raise UnusableError(_FORBIDDEN.format(f"обработка «{node.name}»"))
        if isinstance(node, nodes.Output):
            for bare in node.nodes:
                if isinstance(bare, nodes.Name) and bare.name in self._rows:
                    raise UnusableError(_FORBIDDEN.format(f"список «{bare.name}» вне повтора"))

    def _loop(self, node: nodes.For, *, inside: bool) -> None:
        if inside or node.recursive or node.test is not None:
            raise UnusableError(_FORBIDDEN.format("повтор внутри повтора"))
        if not isinstance(node.target, nodes.Name) or not isinstance(node.iter, nodes.Name):
            raise UnusableError(_FORBIDDEN.format("повтор не по списку"))
        if node.iter.name not in self._rows:
            raise UnusableError(_UNKNOWN.format(node.iter.name))
        if node.target.name in self._words or node.target.name in self._rows or node.target.name == "loop":
            raise UnusableError(_FORBIDDEN.format(f"переменная повтора с именем поля «{node.target.name}»"))
        known = {node.target.name: self._rows[node.iter.name], "loop": _LOOP}
        for child in (*node.body, *node.else_):
            self._read(child, known, inside=True)


class _Press(DocxTemplate):  # type: ignore[misc] # docxtpl says nothing of its types
    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        """Raises UnusableError where the part is no document any more: docxtpl would mend it by leaving out."""
        made: str = super().render_xml_part(src_xml, part, context, jinja_env)
        try:
            tree = fromstring(made)  # noqa: S314 - made by ourselves of XML without a document type
        except ParseError as error:
            raise UnusableError(_PLACED) from error
        for element in tree.iter():
            strays = [element.text, *(child.tail for child in element)] if element.tag in _BARREN else []
            if any(text and text.strip() for text in strays):
                raise UnusableError(_PLACED)
        return made


def pressed(
    template: bytes,
    words: Iterable[str],
    rows: Mapping[str, Iterable[str]],
    letters: Sequence[Mapping[str, Any]],
    *,
    limit: int,
) -> list[bytes]:
    """A .docx for each letter; `limit` is of signs in one part of one. Raises UnusableError."""
    env = _Sandbox(words, rows, limit)
    files = []
    for letter in letters:
        press = _Press(BytesIO(template))
        press.render(dict(letter), env, autoescape=True)
        made = BytesIO()
        press.save(made)
        files.append(made.getvalue())
    for file in files[:1]:
        # What was written must open again; the others are of the same make.
        Document(BytesIO(file))
    return files


def _called(node: nodes.Node) -> str:
    named = {
        nodes.Call: "вызов",
        nodes.Include: "включение файла",
        nodes.Import: "включение файла",
        nodes.Extends: "включение файла",
        nodes.Getitem: "скобки [ ]",
        nodes.Assign: "присваивание",
        nodes.Macro: "макрос",
        nodes.Test: "проверка «is»",
    }
    return next((word for kind, word in named.items() if isinstance(node, kind)), "вычисление")


def main() -> None:
    memory, cpu_seconds, limit = (int(argument) for argument in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The first limit ends the process by a signal, the second kills it for good.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    answer: dict[str, Any]
    try:
        asked = json.load(sys.stdin)
        content = base64.b64decode(asked["template"])
        files = pressed(content, asked["words"], asked["rows"], asked["letters"], limit=limit)
        answer = {"files": [base64.b64encode(file).decode() for file in files]}
    except UnusableError as refusal:
        answer = {"refused": str(refusal)}
    except (MemoryError, RecursionError):
        answer = {"refused": _COMPLEX}
    except Exception:  # noqa: BLE001 - python-docx and docxtpl let any error of Python through on a strange file
        answer = {"refused": _PLACED}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
