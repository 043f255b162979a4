"""People of a platform linked to accounts by a list: first shown, then done as it was shown.

An account is found by its e-mail or its login here (which may stand in the list as a login or as the number that the
platform keeps for the person). Only accounts that the administrator keeps are linked: a link lets its person in, as a
one-time link does; installation administrators are in nobody's sight. Where the names differ, a person decides.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.analysis.person_name import alike
from app.excel.lti_account_list import ListedPerson
from app.models import LtiAccount, LtiPlatform, User
from app.models.enumeration_of_platforms import AccountOrigin
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import beyond_scope
from app.services.lti_platform import LONGEST_WORD, require_keeper

AT_ONCE: Final = 500
_Value = TypeVar("_Value")


class Fit(enum.Enum):
    FOUND = "found"
    DOUBTFUL = "doubtful"
    ALREADY = "already"
    SEVERAL = "several"
    TAKEN = "taken"
    NOT_KEPT = "not_kept"
    NOBODY = "nobody"
    WRONG = "wrong"


# What may be ticked.
LINKABLE: Final = frozenset({Fit.FOUND, Fit.DOUBTFUL})


@dataclass(frozen=True, slots=True)
class ListedLink:
    """What one row of the list comes to; the account stands beside it where there is one alone."""

    person: ListedPerson
    fit: Fit
    sentence: str
    user: User | None = None

    @property
    def pair(self) -> str:
        """What is ticked: this person, this account."""
        return f"{self.user.id}:{self.person.subject}" if self.user is not None else ""


@dataclass(slots=True)
class Applied:
    linked: int = 0
    # Ticked, but no longer as it was shown: whole sentences.
    refused: list[str] = field(default_factory=list)


def plan(session: Session, actor: Actor, platform: LtiPlatform, people: Sequence[ListedPerson]) -> list[ListedLink]:
    """Row by row; reads only. Raises NotPermitted, NotFound."""
    require_keeper(actor, platform)
    subjects = Counter(one.subject for one in people)
    by_email = _gathered(_users(session, func.lower(User.email), {one.email.lower() for one in people}), "email")
    logins = {word.lower() for one in people for word in (one.login, one.idnumber)}
    by_login = _gathered(_users(session, User.login, logins), "login")
    users = {user.id: user for found in (*by_email.values(), *by_login.values()) for user in found}
    outside = beyond_scope.standing_outside(session, actor, users.keys())
    tied = _tied(session, platform, set(users), set(subjects))
    found: list[ListedLink] = []
    for one in people:
        link = _judged(one, by_email, by_login, subjects)
        found.append(_allowed(link, outside, tied))
    return _once(found)


def apply(
    session: Session,
    actor: Actor,
    platform: LtiPlatform,
    people: Sequence[ListedPerson],
    chosen: Collection[str],
    *,
    now: datetime,
) -> Applied:
    """Links those of `chosen` (see `ListedLink.pair`) that are still as they were shown. Raises as `plan`."""
    done, left = Applied(), set(chosen)
    for link in plan(session, actor, platform, people):
        if link.pair not in left or link.user is None:
            continue
        left.discard(link.pair)
        if link.fit not in LINKABLE:
            done.refused.append(f"{link.user.name}: {link.sentence}")
            continue
        made = LtiAccount(
            org_unit_id=platform.org_unit_id,
            platform_id=platform.id,
            subject=link.person.subject,
            user_id=link.user.id,
            name_told=link.person.name,
            origin=AccountOrigin.LISTED,
            linked_at=now,
            linked_by=actor.signature,
        )
        made.pending_action = ("create", f"{link.user.name}: {platform.title}")
        session.add(made)
        done.linked += 1
    done.refused += ["В списке больше нет отмеченной строки: проверьте его ещё раз." for _ in left]
    session.flush()
    return done


def of_user(session: Session, actor: Actor, user: User) -> list[tuple[LtiAccount, LtiPlatform]]:
    """From which platforms of the actor's part of the tree the person may enter; for who may take that back."""
    if not actor.may(Permission.PLATFORM_WRITE):
        return []
    rows = session.execute(
        select(LtiAccount, LtiPlatform)
        .join(LtiPlatform, LtiPlatform.id == LtiAccount.platform_id)
        .where(LtiAccount.user_id == user.id)
        .order_by(LtiPlatform.title, LtiAccount.id)
    )
    return [(row[0], row[1]) for row in rows]


# ── the rule ─────────────────────────────────────────────────────────────────────────────────────────────


def _judged(
    one: ListedPerson,
    by_email: dict[str, list[User]],
    by_login: dict[str, list[User]],
    subjects: Counter[str],
) -> ListedLink:
    """The account of one row, by what agrees."""
    if not one.subject or len(one.subject) > LONGEST_WORD or " " in one.subject:
        return ListedLink(one, Fit.WRONG, "Нет номера в платформе, или он не похож на номер.")
    if subjects[one.subject] > 1:
        return ListedLink(one, Fit.WRONG, "Этот номер стоит в списке дважды: оставьте одну строку.")
    agreeing = {
        "почта": by_email.get(one.email.lower(), []) if one.email else [],
        "индивидуальный номер": by_login.get(one.idnumber.lower(), []) if one.idnumber else [],
        "логин": by_login.get(one.login.lower(), []) if one.login else [],
    }
    users = {user.id: user for found in agreeing.values() for user in found}
    if not users:
        return ListedLink(one, Fit.NOBODY, "Такой учётной записи среди ваших нет.")
    if len(users) > 1:
        return ListedLink(one, Fit.SEVERAL, f"Подходят несколько учётных записей: {_names(users.values())}.")
    said = ", ".join(ground for ground, found in agreeing.items() if found)
    return _compared(one, next(iter(users.values())), said)


def _compared(one: ListedPerson, user: User, said: str) -> ListedLink:
    if not one.name:
        return ListedLink(one, Fit.DOUBTFUL, f"Совпадает {said}, но имени в списке нет: проверьте, тот ли это.", user)
    if not _same_name(one.name, user.name):
        return ListedLink(one, Fit.DOUBTFUL, f"Совпадает {said}, а имена разные: проверьте, тот ли это.", user)
    return ListedLink(one, Fit.FOUND, f"Совпадает {said} и имя.", user)


def _allowed(link: ListedLink, outside: frozenset[int], tied: tuple[dict[str, int], dict[int, str]]) -> ListedLink:
    """Of a row with one account: whether it may be linked by this administrator, and is not yet."""
    user, one = link.user, link.person
    by_subject, by_user = tied
    if user is None:
        return link
    reasons = (
        (by_subject.get(one.subject) == user.id, Fit.ALREADY, "Уже связана."),
        (
            user.id in outside,
            Fit.NOT_KEPT,
            "У человека есть полномочия вне вашей части дерева: он связывает запись сам.",
        ),
        (user.is_installation_admin, Fit.NOT_KEPT, "Администратор установки из учебной платформы не входит."),
        (not user.is_active, Fit.NOT_KEPT, "Учётная запись отключена: сначала включите её."),
        (one.subject in by_subject, Fit.TAKEN, "Этот номер уже связан с другой учётной записью: сначала отвяжите её."),
        (user.id in by_user, Fit.TAKEN, f"Уже связана с номером {by_user.get(user.id)}: сначала отвяжите её."),
    )
    return next((ListedLink(one, fit, sentence, user) for holds, fit, sentence in reasons if holds), link)


def _once(links: list[ListedLink]) -> list[ListedLink]:
    """Two rows that come to one account: neither is done unseen."""
    counted = Counter(link.user.id for link in links if link.user is not None and link.fit in LINKABLE)
    twice = "К этой учётной записи подходят две строки списка: оставьте одну."
    return [
        ListedLink(link.person, Fit.SEVERAL, twice, link.user)
        if link.user is not None and link.fit in LINKABLE and counted[link.user.id] > 1
        else link
        for link in links
    ]


def _same_name(told: str, name: str) -> bool:
    """As people write it in a platform: «Имя Отчество Фамилия» too."""
    words = told.split()
    return any(alike(" ".join((*words[at:], *words[:at])), name) for at in range(len(words)))


def _names(users: Iterable[User]) -> str:
    return ", ".join(sorted(f"{user.name} ({user.login})" for user in users))


# ── what is known ────────────────────────────────────────────────────────────────────────────────────────


def _users(
    session: Session, key: ColumnElement[str] | InstrumentedAttribute[str], words: Collection[str]
) -> Iterator[User]:
    """Accounts in sight whose key is one of the words."""
    for some in _parts([word for word in words if word]):
        yield from session.scalars(select(User).where(key.in_(some)).order_by(User.id))


def _gathered(users: Iterable[User], name: str) -> dict[str, list[User]]:
    found: dict[str, list[User]] = {}
    for user in users:
        found.setdefault(getattr(user, name).lower(), []).append(user)
    return found


def _tied(
    session: Session, platform: LtiPlatform, user_ids: Collection[int], subjects: Collection[str]
) -> tuple[dict[str, int], dict[int, str]]:
    """What is linked already: accounts by subject, subjects by account."""
    by_subject: dict[str, int] = {}
    columns = select(LtiAccount.subject, LtiAccount.user_id).where(LtiAccount.platform_id == platform.id)
    for some in _parts(subjects):
        by_subject |= {row.subject: row.user_id for row in session.execute(columns.where(LtiAccount.subject.in_(some)))}
    by_user: dict[int, str] = {}
    for numbers in _parts(user_ids):
        rows = session.execute(columns.where(LtiAccount.user_id.in_(numbers)))
        by_user |= {row.user_id: row.subject for row in rows}
    return by_subject, by_user


def _parts(values: Collection[_Value]) -> Iterator[list[_Value]]:
    """What fits into one statement."""
    left = iter(values)
    while some := list(islice(left, AT_ONCE)):
        yield some
