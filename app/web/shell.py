"""What every page shows around its content: menu by role, where I am, whose eyes, messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, get_flashed_messages, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app.policies.actor import Actor
from app.policies.permission import Permission
from app.web.assets import asset
from app.web.headers import nonce
from app.web.session import current_actor, settings


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu; `permission` decides for whom. `also` are sections that stand under it."""

    label: str
    endpoint: str
    icon: str
    permission: Permission
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    href: str
    icon: str
    active: bool
    badge: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    id: int | None
    name: str
    unit_name: str
    duties: str


@dataclass(slots=True)
class Shell:
    actor: Person
    nav: Sequence[NavItem] = ()
    units: Sequence[tuple[int, str, bool]] = ()
    crumbs: Sequence[tuple[str, str | None]] = ()
    messages: Sequence[tuple[str, str]] = ()
    demo: bool = False
    nonce: str = ""
    search_url: str = ""
    search_text: str = ""
    counts_url: str = ""
    jobs_url: str = ""
    switch_url: str = ""
    sign_out_url: str = ""
    asset: Callable[[str], str] = field(default=asset)

    @property
    def csrf_token(self) -> str:
        return str(generate_csrf())

    @property
    def nav_key(self) -> tuple[object, ...]:
        """All that the sidebar depends on: which sections, and where we are."""
        return tuple((item.href, item.active) for item in self.nav)

    def section(self, name: str) -> tuple[str, list[tuple[str, str, bool]]]:
        """The name of a section of the menu and its pages, as far as the actor may open them."""
        label, entries = current_app.extensions["sections"][name]
        here = (request.endpoint or "").split(".")[0]
        return label, [
            (entry.label, _address(entry.endpoint), here == entry.endpoint.split(".")[0])
            for entry in entries
            if current_actor().may(entry.permission)
        ]

    def fragment(self, template: str, key: tuple[object, ...] = ()) -> Markup:
        """A part of the page that is the same for everybody with the same key, rendered once.

        Never for anything with a token, a name or an option that depends on the scope.
        """
        known: dict[object, Markup] = current_app.extensions.setdefault("fragments", {})
        place = (template, key)
        if place not in known or current_app.debug:
            known[place] = Markup(render_template(template, shell=self))  # noqa: S704 - a template of ours
        return known[place]


def shell(*crumbs: tuple[str, str | None], search_text: str = "") -> Shell:
    """The frame for the current actor; crumbs from the outermost to this page."""
    actor = current_actor()
    person = Person(actor.user_id, actor.user_name, actor.unit_name or _outside(actor), _duties(actor))
    frame = Shell(actor=person, demo=settings().demo, nonce=nonce(), messages=_messages())
    if actor.user_id is None:
        return frame
    menu: Sequence[MenuEntry] = current_app.extensions.get("menu", ())
    here = (request.endpoint or "").split(".")[0]
    frame.nav = [
        NavItem(
            entry.label,
            _address(entry.endpoint),
            entry.icon,
            here in entry.also or _is_in(entry.endpoint.split(".")[0], here),
        )
        for entry in menu
        if actor.may(entry.permission)
    ]
    frame.units = [(one.unit_id, one.unit_name, one.unit_id == actor.unit_id) for one in actor.standings]
    frame.crumbs = crumbs
    frame.search_text = search_text
    if actor.may(Permission.WORK_READ):
        frame.search_url = _address("search.index")
        frame.counts_url = _address("work.counts")
    if actor.may(Permission.ORG_UNIT_READ):
        frame.jobs_url = _address("job.index")
    frame.switch_url = _address("sign_in.switch")
    frame.sign_out_url = _address("sign_in.leave")
    return frame


def _is_in(section: str, here: str) -> bool:
    """The matrix of an order (`order_matrix`) belongs to the section of orders."""
    return here == section or here.startswith(f"{section}_")


def _outside(actor: Actor) -> str:
    return "Администратор установки" if actor.is_installation_admin else "Нет полномочий"


def _duties(actor: Actor) -> str:
    return ", ".join(sorted(duty.label for duty in actor.duties))


def _messages() -> list[tuple[str, str]]:
    flashed: Any = get_flashed_messages(with_categories=True)
    return [(category if category != "message" else "info", text) for category, text in flashed]


def _address(endpoint: str) -> str:
    """The menu's addresses do not change while the program runs."""
    known: dict[str, str] = current_app.extensions.setdefault("addresses", {})
    if endpoint not in known:
        if endpoint not in current_app.view_functions:
            return ""
        known[endpoint] = url_for(endpoint)
    return known[endpoint]
