"""Units of a file that may be there already under other words: a second record of one school is hard to undo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from app.services.known_words import compared

_PIECES = re.compile(r"\d+|[^\W\d_]+")
# One word, such as «школа», tells nothing.
_LEAST = 2


@dataclass(slots=True)
class AlikeUnits:
    """Names told apart by words and figures only; `place` is the name of the unit above."""

    _whole: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=dict)
    _begun: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, name: str, place: str) -> None:
        pieces = _pieces(name)
        self._whole.setdefault(pieces, []).append((name, place))
        for begun in _beginnings(pieces):
            self._begun.setdefault(begun, []).append((name, place))

    def sentence(self, name: str, place: str) -> str:
        """A warning about a new unit of this name; empty where none is alike.

        Alike are: in the same place, a name that goes on where the other ends; elsewhere, nothing — schools of two
        towns share their names — unless the file gives the very name, which may be a school that has moved.
        """
        pieces = _pieces(name)
        here = [
            known
            for begun in _beginnings(pieces)
            for known, where in self._whole.get(begun, ())
            if where == place and known != name
        ]
        here += [known for known, where in self._begun.get(pieces, ()) if where == place and known != name]
        told = []
        if here:
            told.append(
                f"Похоже на «{here[0]}», которая уже записана. Если это она, верните прежнее наименование: "
                "переименование делается в её карточке. Иначе появится вторая запись."
            )
        there = next((where for _, where in self._whole.get(pieces, ()) if where != place), None)
        if there is not None:
            told.append(
                f"«{name}» уже записана: {there}. Если это она, верните прежний муниципалитет: перевод делается "
                "в её карточке. Если это другая организация, всё верно."
            )
        return " ".join(told)


def suggestion(written: str, names: tuple[str, ...]) -> str:
    """« Возможно, это «…».» for a word with a slip in it; empty where none is near."""
    near = get_close_matches(compared(written), [compared(name) for name in names], n=1, cutoff=0.8)
    if not near:
        return ""
    return f" Возможно, это «{next(name for name in names if compared(name) == near[0])}»."


@lru_cache(maxsize=4096)
def _pieces(name: str) -> tuple[str, ...]:
    return tuple(_PIECES.findall(compared(name)))


def _beginnings(pieces: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every run from the start that says something, up to the whole."""
    return (pieces[:length] for length in range(_LEAST, len(pieces) + 1))
