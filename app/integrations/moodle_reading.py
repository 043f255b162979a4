"""An answer of HTTP as what a Moodle told, or as the error that it is; and the address of a site as people copy it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from app.integrations import moodle_answer as answers
from app.integrations.http import HttpAnswer, HttpError
from app.integrations.moodle_error import SERVICES_OFF_SENTENCE, MoodleError, MoodleFault, error_of

LONGEST_ADDRESS = 300
# Where pages of Moodle begin below the address of the site: people copy the address of the page they see.
_PAGE_OF_MOODLE = re.compile(
    r"/(?:login|my|webservice|course|admin|user|mod|local|enrol|grade|report|theme|blocks|index\.php)(?:[/?#].*)?$"
)


def tidy_address(typed: str) -> str:
    """Where the site begins, of what a person copied from the browser. Raises MoodleError (ADDRESS)."""
    line = typed.strip()
    if "://" not in line:
        line = f"https://{line}"
    bad = MoodleError(
        MoodleFault.ADDRESS,
        "Адрес СДО непонятен: скопируйте из браузера адрес её первой страницы, например https://sdo.example.ru.",
    )
    try:
        parts = urlsplit(line)
        port = parts.port
    except ValueError:
        raise bad from None
    host = parts.hostname or ""
    fit = parts.scheme in {"http", "https"} and host and "@" not in parts.netloc and len(line) <= LONGEST_ADDRESS
    if not fit or "\\" in line or not line.isprintable() or " " in line:
        raise bad
    named = f"[{host}]" if ":" in host else host
    if port not in {None, 443 if parts.scheme == "https" else 80}:
        named = f"{named}:{port}"
    path = _PAGE_OF_MOODLE.sub("", parts.path).rstrip("/")
    return f"{parts.scheme}://{named}{path}"


def read(answer: HttpAnswer, function: str) -> Any:
    if answer.status != HTTPStatus.OK:
        raise _of_status(answer)
    if not answer.body.strip():
        # Older releases end so, without a word, where the protocol is switched off.
        raise MoodleError(MoodleFault.SERVICES_OFF, SERVICES_OFF_SENTENCE)
    try:
        told = answer.json()
    except HttpError:
        raise MoodleError(
            MoodleFault.ADDRESS,
            "По этому адресу отвечает не Moodle или не его начало: откройте СДО в браузере и скопируйте адрес первой "
            "страницы без «/login/index.php» и прочего.",
        ) from None
    if isinstance(told, dict) and ("errorcode" in told or "exception" in told):
        raise error_of(answers.text(told.get("errorcode")), function)
    warnings = list(answers.mappings(told.get("warnings"))) if isinstance(told, dict) else []
    if warnings:
        # Seen: with a warning Moodle answered another question, about everybody.
        raise error_of(answers.text(warnings[0].get("warningcode")), function)
    return told


def _of_status(answer: HttpAnswer) -> MoodleError:
    status = answer.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        whither = _shown(answer.headers.get("location", ""))
        named = f" на {whither}" if whither else ""
        return MoodleError(
            MoodleFault.ADDRESS, f"Сайт переадресует{named}: впишите тот адрес, по которому СДО открывается."
        )
    if status == HTTPStatus.FORBIDDEN:
        return MoodleError(MoodleFault.SERVICES_OFF, SERVICES_OFF_SENTENCE)
    if status == HTTPStatus.UNAUTHORIZED:
        return MoodleError(
            MoodleFault.ADDRESS,
            "Сайт закрыт паролем веб-сервера ещё до Moodle. Администратору сайта: откройте путь "
            "/webservice/rest/server.php для этого сервера без такого пароля.",
        )
    if status == HTTPStatus.NOT_FOUND:
        return MoodleError(
            MoodleFault.ADDRESS,
            "По этому адресу Moodle нет: откройте СДО в браузере и скопируйте адрес её первой страницы.",
        )
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return MoodleError(
            MoodleFault.BUSY,
            "СДО занята или на обслуживании. Повторите позже; если так всегда, уменьшите число запросов в минуту.",
        )
    return MoodleError(
        MoodleFault.AWAY,
        f"СДО не смогла ответить (HTTP {status}). Повторите позже; если так всегда, покажите это её администратору.",
    )


def _shown(location: str) -> str:
    """Scheme and host of an address, where it is one fit to be shown."""
    try:
        return tidy_address(location) if "://" in location else ""
    except MoodleError:
        return ""


def mapping(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise strange()
    return told


def mappings(told: Any) -> list[Mapping[str, Any]]:
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise strange()
    return told


def identified(remote_id: str) -> str:
    if not remote_id:
        raise strange()
    return remote_id


def strange() -> MoodleError:
    return MoodleError(
        MoodleFault.STRANGE,
        "СДО ответила не так, как отвечает Moodle 4. Проверьте адрес и версию сайта.",
    )
