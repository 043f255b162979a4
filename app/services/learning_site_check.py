"""Whether a site can be read with its key, step by step: each step says what is wrong and who does what about it.

Asking takes as long as the site takes, so it is done outside any transaction that writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.integrations.moodle import NEEDED, MoodleClient, MoodleError, SiteInfo
from app.models import LearningSite
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import WrongState
from app.services.learning_site import require_keeper, require_readable
from app.services.outside import Outside, outside_of

MANY_RIGHTS: Final = (
    "Ключ принадлежит администратору сайта: для чтения это лишнее. Администратору Moodle: заведите для службы "
    "отдельную учётную запись только с нужными правами."
)


@dataclass(frozen=True, slots=True)
class Step:
    """`is_fine` None: it works, and yet something should be seen to."""

    title: str
    is_fine: bool | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of whom, taken along out of the transaction."""

    address: str
    token: str = field(repr=False)
    a_minute: int
    outside: Outside


@dataclass(frozen=True, slots=True)
class Checked:
    steps: tuple[Step, ...]
    site_name: str = ""
    release: str = ""

    @property
    def problem(self) -> str:
        """The sentence of the first step that fails; empty where the site can be read."""
        return next((step.sentence for step in self.steps if step.is_fine is False), "")


def prepare(session: GuardedSession, actor: Actor, site: LearningSite) -> Asked | Checked:
    """What to ask; or, where the kept key cannot be opened, the verdict at once. Raises NotPermitted, WrongState."""
    require_keeper(actor, site)
    require_readable(site)
    outside = outside_of(session)
    try:
        token = outside.box.unseal(site.token_sealed)
    except WrongState as refusal:
        return Checked((Step("Ключ доступа", False, refusal.sentence),))
    return Asked(site.address, token, site.a_minute, outside)


def ask(asked: Asked) -> Checked:
    """Needs no database, waits for the site."""
    client = MoodleClient(asked.outside.http, asked.address, asked.token, a_minute=asked.a_minute)
    try:
        info = client.site_info()
    except MoodleError as error:
        return Checked((Step("Сайт отвечает и принимает ключ", False, error.sentence),))
    steps = [
        Step("Сайт отвечает и принимает ключ", True, f"«{info.name}», Moodle {info.release}".strip()),
        _rights(info),
        _functions(info),
    ]
    if steps[-1].is_fine:
        steps.append(_courses(client))
    return Checked(tuple(steps), info.name, info.release)


def note(session: GuardedSession, site: LearningSite, checked: Checked, *, now: datetime) -> None:
    """What was found out stands on the site from now on."""
    site.checked_at, site.problem = now, checked.problem
    if checked.site_name or checked.release:
        site.site_name, site.release = checked.site_name[:300], checked.release[:100]
    session.flush()


def _rights(info: SiteInfo) -> Step:
    whose = info.user_full_name or info.user_name
    if info.user_is_admin:
        return Step(f"Ключ учётной записи «{whose}»", None, MANY_RIGHTS)
    return Step(f"Ключ учётной записи «{whose}»", True)


def _functions(info: SiteInfo) -> Step:
    missing = [name for name in NEEDED if name not in info.functions]
    if not missing:
        return Step("Нужные функции открыты", True)
    return Step(
        "Нужные функции открыты",
        False,
        "Службе не хватает функций. Администратору Moodle: «Администрирование → Сервер → Веб-службы → Внешние службы → "
        f"Функции» — добавьте {', '.join(missing)}.",
    )


def _courses(client: MoodleClient) -> Step:
    try:
        found = client.courses()
    except MoodleError as error:
        return Step("Курсы видны", False, error.sentence)
    if not found:
        return Step(
            "Курсы видны",
            False,
            "Учётная запись службы не видит ни одного курса. Администратору Moodle: дайте её роли право "
            "moodle/course:view на категорию с курсами.",
        )
    return Step("Курсы видны", True, f"Курсов: {len(found)}.")
