"""What is typed about a unit, and what of it is acceptable."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from app.models.enumeration import UnitKind
from app.policies.refusal import Invalid

LONGEST_NAME = 500
LONGEST_SHORT = 120
LONGEST_CODE = 40
# ОКТМО: 8 digits for a municipality, 11 with its settlement. A region may also bear the number of its subject.
_OKTMO = re.compile(r"\d{8}|\d{11}")
_SUBJECT = re.compile(r"\d{2,3}")
_CODE = re.compile(r"[\w./-]+")
# Cyrillic hosts («школа.рф») are kept as people write them.
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}\Z")
_EMAIL = re.compile(r"[^\s@<>\"',;:]{1,64}@(?P<host>[^\s@]+)\Z")
_GAPS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """`opened_on`: the day from which the unit acts, None where nobody knows it."""

    name: str
    short_name: str = ""
    code: str = ""
    site: str = ""
    email: str = ""
    time_zone: str = ""
    is_small: bool = False
    opened_on: date | None = None
    head_school_id: int | None = None


def checked(kind: UnitKind, details: UnitDetails) -> UnitDetails:
    """The same without stray blanks; raises Invalid at the field that does not fit."""
    tidy = replace(
        details,
        name=_GAPS.sub(" ", details.name).strip(),
        short_name=_GAPS.sub(" ", details.short_name).strip(),
        code=details.code.strip(),
        site=details.site.strip(),
        email=details.email.strip(),
        time_zone=details.time_zone.strip(),
    )
    _check_names(tidy)
    _check_code(kind, tidy.code)
    check_site(tidy.site)
    check_email(tidy.email)
    if kind is UnitKind.REGION and tidy.time_zone not in available_timezones():
        raise Invalid("Укажите часовой пояс региона, например Asia/Sakhalin.", field="time_zone")
    if kind is not UnitKind.REGION and tidy.time_zone:
        raise Invalid("Часовой пояс задаётся один на регион.", field="time_zone")
    if kind is not UnitKind.SCHOOL and tidy.head_school_id is not None:
        raise Invalid("Головная организация указывается только у филиала школы.", field="head_school_id")
    return tidy


def _check_names(details: UnitDetails) -> None:
    if not details.name:
        raise Invalid("Введите наименование: как в уставе или в реестре.", field="name")
    if len(details.name) > LONGEST_NAME:
        raise Invalid(f"Наименование длиннее {LONGEST_NAME} знаков. Сократите его.", field="name")
    if len(details.short_name) > LONGEST_SHORT:
        raise Invalid(f"Краткое наименование длиннее {LONGEST_SHORT} знаков. Сократите его.", field="short_name")
    if any(not letter.isprintable() for letter in f"{details.name}{details.short_name}"):
        raise Invalid("В наименовании есть непечатаемые знаки. Введите его заново.", field="name")


def _check_code(kind: UnitKind, code: str) -> None:
    if not code:
        return
    if kind is UnitKind.MUNICIPALITY and not _OKTMO.fullmatch(code):
        raise Invalid("Код муниципалитета — ОКТМО: 8 или 11 цифр без пробелов.", field="code")
    if kind is UnitKind.REGION and not (_OKTMO.fullmatch(code) or _SUBJECT.fullmatch(code)):
        raise Invalid("Код региона: номер субъекта (2–3 цифры) или ОКТМО (8 или 11 цифр).", field="code")
    if len(code) > LONGEST_CODE or not _CODE.fullmatch(code):
        raise Invalid(
            f"Код: не больше {LONGEST_CODE} знаков, буквы, цифры, дефис, точка или косая черта.", field="code"
        )


def check_site(site: str) -> None:
    """A host name or an http(s) address; raises Invalid."""
    if not site:
        return
    refusal = Invalid("Сайт: имя вида school.ru или адрес, который начинается с http:// или https://.", field="site")
    if len(site) > LONGEST_NAME or not site.isprintable() or any(letter in site for letter in " \"'<>\\"):
        raise refusal
    try:
        address = urlsplit(site if "://" in site else f"https://{site}")
        host, port = address.hostname or "", address.port
    except ValueError:
        raise refusal from None
    if address.scheme not in {"http", "https"} or address.username is not None or port == 0 or not _HOST.match(host):
        raise refusal


def check_email(email: str) -> None:
    found = _EMAIL.match(email)
    if email and (found is None or not _HOST.match(found["host"])):
        raise Invalid("Почта: адрес вида school@sakhalin.ru.", field="email")


def site_address(site: str) -> str:
    """What a link to the site opens: a bare host name is taken as https."""
    return site if not site or "://" in site else f"https://{site}"
