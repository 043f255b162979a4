"""The rows of a set's workbook on their way into one outline, with what is wrong told row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.excel.framework_workbook import BANDS, CRITERIA, HEAD_SHEET, LEVELS, SECTIONS
from app.excel.heading_match import homoglyph_folded
from app.excel.incoming import Incoming, IncomingRow
from app.excel.sheet import Sheet
from app.models.enumeration import Labelled, Metric, ScaleKind, SmallSchools
from app.policies.refusal import Invalid
from app.services.framework import LONGEST_TITLE
from app.services.framework_contents import LevelView
from app.services.framework_criterion import MOST_CRITERIA
from app.services.framework_outline import PLAIN_FIELDS, USUAL, CriterionValues, Outline, OutlineSection
from app.services.framework_values import BIGGEST, check_bands, check_values, text

MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`row` as the spreadsheet numbers it; 0 for the sheet as a whole."""

    sheet: str
    row: int
    sentence: str


class Reading:
    """The rows of the five sheets on their way into one outline; what is wrong is gathered, not raised."""

    def __init__(self, brought: Mapping[str, Incoming]) -> None:
        self.wrong: list[RowProblem] = []
        self.notes: list[str] = []
        self._brought = brought
        for name, found in brought.items():
            if found.unknown:
                self.notes.append(f"Лист «{name}»: незнакомые столбцы не читаются: {', '.join(found.unknown)}.")

    def outline(self) -> Outline | None:
        heads = self._rows(HEAD_SHEET)
        if len(heads) != 1:
            self._wrong(HEAD_SHEET, heads[1].number if heads else 0, "На листе нужна одна строка с названием набора.")
            return None
        head = heads[0].values
        title = " ".join(str(head.get("title") or "").split())
        if len(title) > LONGEST_TITLE:
            self._wrong(HEAD_SHEET, heads[0].number, f"Название не длиннее {LONGEST_TITLE} знаков.")
        caution, source, note = (
            self._text(HEAD_SHEET, heads[0].number, head.get(name)) for name in ("caution", "source", "note")
        )
        criteria = self._criteria()
        sections = self._sections([section for section, _ in criteria])
        bands = self._bands()
        if self.wrong:
            return None
        by_section: dict[str, list[CriterionValues]] = {name: [] for name in sections}
        for section, values in criteria:
            by_section[section].append(values)
        return Outline(
            title,
            caution,
            source,
            note,
            tuple(OutlineSection(name, text, tuple(by_section[name])) for name, text in sections.items()),
            tuple(bands),
        )

    def _rows(self, sheet: Sheet) -> Sequence[IncomingRow]:
        """The rows without problems; those with some are told."""
        found = self._brought.get(sheet.name)
        if found is None:
            return ()
        if len(found.rows) > MOST_ROWS:
            self._wrong(sheet, 0, f"На листе больше {MOST_ROWS} строк: это не набор критериев.")
            return ()
        right = []
        for row in found.rows:
            for sentence in row.problems.values():
                self._wrong(sheet, row.number, sentence)
            if not row.problems:
                right.append(row)
        return right

    def _sections(self, named: Sequence[str]) -> dict[str, str]:
        """Descriptions by title, in the order of the sheet; sections named by criteria only follow."""
        found: dict[str, str] = {}
        for row in self._rows(SECTIONS):
            title = " ".join(str(row.values["title"]).split())
            if title in found:
                self._wrong(SECTIONS, row.number, f"Раздел «{title}» стоит дважды: оставьте одну строку.")
            if len(title) > LONGEST_TITLE:
                self._wrong(SECTIONS, row.number, f"Название раздела не длиннее {LONGEST_TITLE} знаков.")
            found[title] = self._text(SECTIONS, row.number, row.values.get("description"))
        for title in named:
            if title not in found:
                found[title] = ""
        return found

    def _criteria(self) -> list[tuple[str, CriterionValues]]:
        rows = self._rows(CRITERIA)
        if len(rows) > MOST_CRITERIA:
            self._wrong(CRITERIA, 0, f"Критериев больше {MOST_CRITERIA}: такой лист никто не заполнит.")
            return []
        # Codes are compared as they look: «А1» is the same in Latin and in Cyrillic letters.
        levels = self._levels()
        known: dict[str, int] = {}
        found = []
        for row in rows:
            code = str(row.values["code"]).replace(" ", "")
            folded = homoglyph_folded(code)
            if folded in known:
                self._wrong(CRITERIA, row.number, f"Код {code} уже стоит в строке {known[folded]}: дайте другой.")
                continue
            known[folded] = row.number
            try:
                told = dict(self._values_of(row)) | {"code": code}
                mine = tuple(level for _, level in levels.pop(folded, ()))
                values = check_values(CriterionValues(**told, levels=mine))
            except Invalid as refusal:
                self._wrong(CRITERIA, row.number, refusal.sentence)
                continue
            found.append((" ".join(str(row.values["section"]).split()), values))
        # A row with a mistake is still the row of its criterion: its levels are not blamed.
        present = self._codes()
        for code, rest in levels.items():
            if code not in present:
                sentence = "Критерия с таким кодом нет на листе «Критерии»: верните его или удалите его уровни."
                self._wrong(LEVELS, rest[0][0], sentence)
        return self._rests(found)

    def _codes(self) -> set[str]:
        codes = (row.values.get("code") for row in self._brought[CRITERIA.name].rows)
        return {homoglyph_folded(str(code).replace(" ", "")) for code in codes if code is not None}

    @staticmethod
    def _values_of(row: IncomingRow) -> Iterator[tuple[str, Any]]:
        """An empty cell is as usual."""
        for name in PLAIN_FIELDS[1:]:
            value, usual = row.values.get(name), getattr(USUAL, name)
            if value is None:
                continue
            if name in {"scale", "small_schools", "metric"}:
                members: type[Labelled] = {"scale": ScaleKind, "small_schools": SmallSchools}.get(name, Metric)
                yield name, _member(members, str(value))
            else:
                yield name, _exact(value) if isinstance(usual, Decimal) else value

    @staticmethod
    def _rests(found: list[tuple[str, CriterionValues]]) -> list[tuple[str, CriterionValues]]:
        """A code that another criterion rests on, in the letters of that criterion itself."""
        written = {homoglyph_folded(one.code): one.code for _, one in found}
        result = []
        for section, one in found:
            rest = written.get(homoglyph_folded(one.rests_on_code), one.rests_on_code)
            told = {name: getattr(one, name) for name in PLAIN_FIELDS} | {"rests_on_code": rest}
            result.append((section, CriterionValues(**told, levels=one.levels)))
        return result

    def _levels(self) -> dict[str, list[tuple[int, LevelView]]]:
        found: dict[str, list[tuple[int, LevelView]]] = {}
        for row in self._rows(LEVELS):
            threshold, points = _exact(row.values["threshold"]), row.values.get("points")
            level = LevelView(
                threshold,
                threshold if points is None else _exact(points),
                " ".join(str(row.values.get("label") or "").split()),
                str(row.values.get("description") or "").strip(),
            )
            code = homoglyph_folded(str(row.values["code"]).replace(" ", ""))
            mates = found.setdefault(code, [])
            if any(level.threshold == each.threshold for _, each in mates):
                self._wrong(
                    LEVELS, row.number, "Такое значение у этого критерия уже есть: значения должны различаться."
                )
            mates.append((row.number, level))
        return found

    def _bands(self) -> list[tuple[str, Decimal]]:
        rows = self._rows(BANDS)
        try:
            return check_bands([(str(row.values["name"]), _exact(row.values["from_share"])) for row in rows])
        except Invalid as refusal:
            self._wrong(BANDS, 0, refusal.sentence)
            return []

    def _text(self, sheet: Sheet, row: int, value: Any) -> str:
        try:
            return text(str(value or ""), "file")
        except Invalid as refusal:
            self._wrong(sheet, row, refusal.sentence)
            return ""

    def _wrong(self, sheet: Sheet, row: int, sentence: str) -> None:
        self.wrong.append(RowProblem(sheet.name, row, sentence))


def _exact(value: Any) -> Decimal:
    """A number of a cell without what binary fractions add to it: 0.1 is 0.1. One too large is refused at its place."""
    number = Decimal(repr(float(value)))
    return round(number, 6).normalize() if abs(number) <= BIGGEST else number


def _member(members: type[Labelled], word: str) -> Labelled:
    """Raises Invalid for a word that the vocabulary does not have."""
    wanted = homoglyph_folded(word)
    for one in members:
        if wanted in {homoglyph_folded(one.label), homoglyph_folded(one.value)}:
            return one
    told = ", ".join(f"«{one.label}»" for one in members)
    raise Invalid(f"«{word[:60]}» – такого значения нет. Подойдут: {told}.")
