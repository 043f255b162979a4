"""Words of a file beside words of the register: case, blanks, «ё», quotes and look-alike letters do not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from app.excel.heading_match import homoglyph_folded
from app.policies.refusal import Invalid

Member = TypeVar("Member")
_QUOTES = str.maketrans("«»„“”\u2019", '""""""')


@lru_cache(maxsize=65_536)
def compared(text: str) -> str:
    return homoglyph_folded(text.translate(_QUOTES))


@dataclass(slots=True)
class Directory(Generic[Member]):
    """Members by every word under which a person may write them; `what` names them in refusals."""

    what: str
    _words: dict[str, list[Member]] = field(default_factory=dict)

    def add(self, member: Member, words: Iterable[str]) -> None:
        for word in {compared(word) for word in words if word}:
            self._words.setdefault(word, []).append(member)

    def find(self, written: str) -> list[Member]:
        return self._words.get(compared(written), [])

    def the_one(self, written: str, *, column: str) -> Member:
        """Raises Invalid at the column: no such member in scope, or several."""
        found = self.find(written)
        if not found:
            raise Invalid(f"{self.what} «{written}» не найдена среди ваших: проверьте написание.", field=column)
        if len(found) > 1:
            raise Invalid(f"Под «{written}» подходит несколько: укажите код или полное наименование.", field=column)
        return found[0]


def member_of(words: Mapping[Member, tuple[str, ...]], written: str) -> Member | None:
    """The member of a closed vocabulary that is written so."""
    wanted = compared(written)
    return next((member for member, known in words.items() if wanted in {compared(word) for word in known}), None)
