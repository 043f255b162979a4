"""The people of brought files as the pages show them: by what becomes of them, those who wait for a choice first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.services.learning_file_people import FilePerson
from app.services.learning_take import TakenRow, TakenState

# State, heading, and what it means, in the order of the page.
SECTIONS: Final = (
    (TakenState.WAITING, "Не узнаны", "Скажите, кто это. Кого не выберете, тот останется ждать в «Кто есть кто»."),
    (TakenState.CONFLICT, "Расходятся с записанным", "Пока вы не выберете, остаётся то, что записано здесь."),
    (TakenState.OBSTACLE, "Записать нельзя", "Эти люди останутся как есть. Что мешает, сказано в строке."),
    (TakenState.COMPLETED, "Завершили курс", "Им будет записано «зачтено» с днём завершения из файла."),
    (TakenState.CORRECTED, "Исправлено в СДО", "Прежде взято из СДО, теперь там другое: будет записано новое."),
    (TakenState.NOT_YET, "Ещё учатся", "Записывать пока нечего."),
    (TakenState.SAME, "Уже записано так же", "Ничего не изменится."),
    (TakenState.IGNORED, "Не учитываются", "Так решено раньше. Изменить решение можно в «Кто есть кто»."),
    (TakenState.GONE, "В курсе больше нет", "Записанное раньше остаётся."),
)
QUIET: Final = frozenset({TakenState.NOT_YET, TakenState.SAME, TakenState.IGNORED, TakenState.GONE})
WRITES: Final = frozenset({TakenState.COMPLETED, TakenState.CORRECTED})


@dataclass(frozen=True, slots=True)
class FileRow:
    row: TakenRow
    person: FilePerson | None

    @property
    def told(self) -> str:
        """«завершён 28.09.2026, оценка 82», or how far the person has come."""
        grade = f"оценка {self.row.told_grade}" if self.row.told_grade else ""
        if self.row.told_passed:
            return ", ".join(part for part in (f"завершён {_day(self.row.told_on)}".strip(), grade) if part)
        person = self.person
        done = f"элементов {person.done} из {person.activities}" if person is not None and person.activities else ""
        failed = "есть несданные" if person is not None and person.failed else ""
        return ", ".join(part for part in ("не завершён", done, failed, grade) if part)

    @property
    def present(self) -> str:
        grade = f"оценка {self.row.present_grade}" if self.row.present_grade else ""
        done = f"завершил {_day(self.row.present_on)}".strip() if self.row.present_passed else ""
        return ", ".join(part for part in (done, grade) if part)


@dataclass(frozen=True, slots=True)
class FileSection:
    state: TakenState
    title: str
    about: str
    rows: tuple[FileRow, ...]

    @property
    def explains(self) -> bool:
        return any(one.row.sentence for one in self.rows)

    @property
    def is_quiet(self) -> bool:
        return self.state in QUIET

    @property
    def writes(self) -> bool:
        return self.state in WRITES


def sections_of(rows: Iterable[TakenRow], told: Mapping[str, FilePerson]) -> list[FileSection]:
    """Those that have anybody."""
    by_state: dict[TakenState, list[FileRow]] = {}
    for row in rows:
        by_state.setdefault(row.state, []).append(FileRow(row, told.get(row.remote_id)))
    return [
        FileSection(state, title, about, tuple(by_state[state]))
        for state, title, about in SECTIONS
        if state in by_state
    ]


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d.%m.%Y}"
