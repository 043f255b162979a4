"""Whether what was entered of a platform is right, asked of the platform itself: for whoever has just connected it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.integrations.http import HttpAnswer, HttpError, HttpRequest
from app.integrations.lti_token import LtiTokenRefused, fit_keys
from app.models import LtiPlatform
from app.policies.actor import Actor
from app.services.lti_platform import require_keeper
from app.services.outside import Outside

OK: Final = 200
REFUSES: Final = 400
NOT_FOUND: Final = 404
FAILS: Final = 500
LARGEST: Final = 256 * 1024
GRANT: Final = {"grant_type": "client_credentials", "scope": ""}


@dataclass(frozen=True, slots=True)
class Step:
    is_fine: bool
    title: str
    sentence: str


def check(actor: Actor, platform: LtiPlatform, outside: Outside, *, placements: int) -> list[Step]:
    """Asks the platform; changes nothing, here or there. No transaction should stand meanwhile."""
    require_keeper(actor, platform)
    return [
        Step(platform.is_active, "Включена", "Войти из неё можно." if platform.is_active else "Сначала включите её."),
        Step(
            placements > 0,
            "Размещения",
            f"Включённых размещений: {placements}."
            if placements
            else "Нет ни одного включённого размещения: внесите номер, который показывает платформа (Deployment ID).",
        ),
        _keys(platform, outside),
        _tokens(platform, outside),
    ]


def _keys(platform: LtiPlatform, outside: Outside) -> Step:
    title = "Открытые ключи"
    answer = _asked(outside, HttpRequest("GET", platform.jwks_url, {"Accept": "application/json"}), title)
    if isinstance(answer, Step):
        return answer
    try:
        found = fit_keys(answer.json()) if answer.status == OK else {}
    except (HttpError, LtiTokenRefused, RecursionError):
        found = {}
    if found:
        return Step(is_fine=True, title=title, sentence=f"Прочитаны, ключей: {len(found)}.")
    told = (
        f"По адресу ключей их нет (код {answer.status}): сверьте адрес открытых ключей с тем, что показывает платформа."
    )
    return Step(is_fine=False, title=title, sentence=told)


def _tokens(platform: LtiPlatform, outside: Outside) -> Step:
    """A request without a signature is refused by a place that gives tokens; anything else stands somewhere else."""
    title = "Выдача ключей доступа"
    answer = _asked(outside, HttpRequest("POST", platform.token_url, {"Accept": "application/json"}, form=GRANT), title)
    if isinstance(answer, Step):
        return answer
    if REFUSES <= answer.status < FAILS and answer.status != NOT_FOUND:
        return Step(is_fine=True, title=title, sentence="Адрес отвечает.")
    told = f"Ключей доступа там не выдают (код {answer.status}): сверьте адрес. Список курса и отметки не пойдут."
    return Step(is_fine=False, title=title, sentence=told)


def _asked(outside: Outside, request: HttpRequest, title: str) -> HttpAnswer | Step:
    try:
        return outside.http.ask(request, most=LARGEST)
    except HttpError as error:
        return Step(is_fine=False, title=title, sentence=error.sentence)
