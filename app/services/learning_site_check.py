"""Whether a site can be read with its key, step by step: each step says what is wrong and who does what about it.

Asking takes as long as the site takes, so it is done outside any transaction that writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.integrations import moodle_check
from app.integrations.http import MOST, HttpAnswer, HttpRequest
from app.integrations.moodle import MoodleClient, SiteInfo
from app.integrations.moodle_check import Step
from app.models import LearningSite
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import WrongState
from app.services.learning_site import require_keeper, require_readable
from app.services.outside import Asks, Outside, outside_of

# A check asks a dozen questions while somebody waits, whatever is set for readings.
BRISK: Final = 120
# So long somebody waits before a page; what has not been looked at by then is not looked at.
PATIENCE: Final = 25.0
SLOW = "Сайт отвечает медленно, проверка остановлена. Что проверено, то в порядке; остальное покажет «Взять сейчас»."


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
        """The first step that fails, in words that stand alone; empty where the site can be read."""
        failed = next((step for step in self.steps if step.is_fine is False), None)
        return f"Не выполнено: «{failed.title}». {failed.sentence}" if failed is not None else ""


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


def ask(asked: Asked, *, timer: Callable[[], float] = time.monotonic) -> Checked:
    """Needs no database, waits for the site."""
    client = _Noting(_Once(asked.outside.http), asked.address, asked.token, a_minute=max(asked.a_minute, BRISK))
    begun, found = timer(), []
    for step in moodle_check.steps(lambda _: client, asked.address):
        found.append(step)
        if timer() - begun > PATIENCE:
            found.append(Step("Проверка закончена", None, SLOW))
            break
    return Checked(tuple(found), client.name, client.release)


def note(session: GuardedSession, site: LearningSite, checked: Checked, *, now: datetime) -> None:
    """What was found out stands on the site from now on."""
    site.checked_at, site.problem = now, checked.problem
    if checked.site_name or checked.release:
        site.site_name, site.release = checked.site_name[:300], checked.release[:100]
    session.flush()


@dataclass(frozen=True, slots=True)
class _Once:
    """A site that is away is told of at once, not asked again while somebody waits."""

    http: Asks

    def ask(self, request: HttpRequest, *, tries: int = 1, most: int = MOST) -> HttpAnswer:
        del tries
        return self.http.ask(request, most=most)


class _Noting(MoodleClient):
    """Keeps how the site calls itself, which the steps do not tell."""

    name, release = "", ""

    def site_info(self) -> SiteInfo:
        info = super().site_info()
        self.name, self.release = info.name, info.release
        return info
