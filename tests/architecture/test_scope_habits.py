"""Habits that keep the row scope whole: what the guard cannot see, the day, the actor and the commit have one place each.

The few places where a habit is allowed stand here with their reasons; a folder ends in a slash.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import pytest

from tests.architecture.source_tree import files, parsed, short

CLOCKS = {"date", "datetime", "dt"}
BULK = ("bulk_update_mappings", "bulk_insert_mappings", "bulk_save_objects", "connection", "raw_connection")


def imports(tree: ast.Module, package: str, name: str) -> Iterator[int]:
    """Lines where the name comes from this package, by an import or as an attribute of it."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] == package:
                if any(alias.name == name for alias in names):
                    yield node.lineno
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute) if attribute == name:
                if owner in {package, "sa", "db"}:
                    yield node.lineno


def calls(tree: ast.Module, *names: str) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node.func


def bare_exists(tree: ast.Module) -> Iterator[int]:
    return imports(tree, "sqlalchemy", "exists")


def raw_text(tree: ast.Module) -> Iterator[int]:
    return imports(tree, "sqlalchemy", "text")


def any_or_has(tree: ast.Module) -> Iterator[int]:
    return (each.lineno for each in calls(tree, "any", "has"))


def past_the_session(tree: ast.Module) -> Iterator[int]:
    """What runs SQL without passing the session's guard: bulk mappings, a session's connection, an engine's.

    A statement `session.connection(execution_options=…)` only says how the transaction begins: nothing comes of it.
    """
    beginnings = {
        id(node.value.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and [keyword.arg for keyword in node.value.keywords] == ["execution_options"]
    }
    yield from (each.lineno for each in calls(tree, *BULK) if id(each) not in beginnings)
    for each in calls(tree, "connect", "begin"):
        if ast.unparse(each.value).split(".")[-1].rstrip("()") in {"engine", "get_engine"}:
            yield each.lineno


def unscoped_key(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="app.policies.unscoped"):
                yield node.lineno
            case ast.ImportFrom(module="app.policies", names=names) if any(each.name == "unscoped" for each in names):
                yield node.lineno
            case ast.Import(names=names) if any(each.name == "app.policies.unscoped" for each in names):
                yield node.lineno


def current_user(tree: ast.Module) -> Iterator[int]:
    return imports(tree, "flask_login", "current_user")


def reads_the_clock(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=owner, attr="today" | "now" | "utcnow"):
                if ast.unparse(owner).split(".")[-1] in CLOCKS:
                    yield node.lineno


def asks_for_today(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="clock"), attr="today"):
                yield node.lineno
            case ast.ImportFrom(module=str(module), names=names) if module.endswith("clock"):
                yield from (node.lineno for each in names if each.name == "today")


def commits(tree: ast.Module) -> Iterator[int]:
    return (each.lineno for each in calls(tree, "commit"))


@dataclass(frozen=True)
class Habit:
    find: Callable[[ast.Module], Iterator[int]]
    instead: str
    planted: tuple[str, ...]
    innocent: tuple[str, ...]
    allowed: Mapping[str, str] = field(default_factory=dict)


HABITS = {
    "bare exists()": Habit(
        bare_exists,
        "the guard does not see it; write select(Model.id).where(…).limit(1), or select(Model).exists()",
        ("from sqlalchemy import exists, select", "x = sa.exists()", "from sqlalchemy.sql import exists"),
        ("x = select(Order.id).exists()", "path.exists()"),
        {"app/policies/": "the criteria themselves"},
    ),
    "text()": Habit(
        raw_text,
        "the guard refuses raw SQL; write an ORM select",
        ("from sqlalchemy import text", "x = sa.text('SELECT 1')", "x = db.text('SELECT 1')"),
        ("cell.text", "from app.analysis import text", "text = 1"),
        {
            "app/models/": "triggers, server defaults and partial indexes are SQL by nature",
            "app/extensions.py": "PRAGMAs of a new SQLite connection",
        },
    ),
    "relationship.any() or .has()": Habit(
        any_or_has,
        "the guard does not reach inside; join the record, or filter by a subquery on its id",
        ("select(Order).where(Order.points.any())", "x = Point.order.has(id=1)"),
        ("any(x for x in y)", "hasattr(x, 'y')"),
    ),
    "SQL past the session": Habit(
        past_the_session,
        "the guard stands at the session; use session.execute(…) with an ORM statement",
        (
            "session.bulk_insert_mappings(Order, rows)",
            "session.connection().execute(x)",
            "session.connection(execution_options={'writes': True}).execute(x)",
            "x = session.connection(execution_options={'writes': True})",
            "db.engine.connect()",
        ),
        (
            "session.execute(select(Order))",
            "session.connection(execution_options={'writes': True})",
            "smtp.connect()",
            "session.begin()",
        ),
        {
            "app/policies/guard.py": "the guard itself",
            "app/cli.py": "makes the database",
            "app/extensions.py": "prepares new connections",
            "app/demo/": "makes the demo region",
            "app/services/audit.py": "audit rows of set-based statements",
            "app/web/health.py": "asks whether the database answers",
        },
    ),
    "the key to all rows (unscoped)": Habit(
        unscoped_key,
        "take the session that the request gives you; whoever needs all rows needs an entry here with a reason",
        (
            "from app.policies.unscoped import unscoped",
            "from app.policies import unscoped",
            "import app.policies.unscoped",
        ),
        ("from app.policies import scope", "from app.policies.scope import criteria"),
        {
            "app/policies/": "where the key is made",
            "app/web/": "sign-in reads the user before an actor exists",
            "app/services/audit.py": "writes rows that nobody's scope covers",
            "app/services/sign_in.py": "reads the user before an actor exists",
            "app/services/one_time_link.py": "whoever follows a link has no session yet",
            "app/services/group_seats.py": "how many seats of a group are taken: numbers, never whose they are",
            "app/services/effect_reading.py": "how similar units fared: counts and means leave services/effect_figures.py",
            "app/services/beyond_scope.py": "yes or no about rows of others, and one projection; nothing else",
            "app/services/certificate_number.py": "whether a number of a document stands already: yes or no",
            "app/services/learning_merge.py": "cards made one take along what other units' platforms know of them",
            "app/services/staff_elsewhere.py": "whether a person of this name and number is on record; told to nobody",
            "app/services/own_exports.py": "when a person last exported what: their own journal rows, moments only",
            "app/services/identity.py": "reads who the person is, of which the actor is made",
            "app/services/lti_account.py": "whoever proves an account from a platform has no session yet",
            "app/services/lti_course.py": "a launch tells anew where the list of its course stands",
            "app/services/lti_score.py": "marks belong to the platform's unit, their sheets and measures to schools",
            "app/services/lti_service.py": "the addresses of a platform, for whoever holds a course of it",
            "app/services/lti_login.py": "a platform begins a login before there is an actor",
            "app/services/lti_launch.py": "finds whose launch it is, before there is an actor",
            "app/services/lti_entry.py": "who enters from a platform has no session yet; whether a session's link holds",
            "app/services/lti_ticket.py": "the bearer of a ticket has no session",
            "app/services/lti_key.py": "the product's own keys are nobody's rows",
            "app/services/lti_keyset.py": "keys of platforms are nobody's rows",
            "app/services/lti_platform.py": "drops the kept keys of a platform whose address has changed: nobody's rows",
            "app/services/lti_registration.py": "the platform that opens the link of a registration has no session",
            "app/cli.py": "commands name the system actor",
            "app/jobs/": "a worker takes anybody's job; the task itself runs in its asker's scope",
            "app/demo/": "makes the demo region",
        },
    ),
    "current_user": Habit(
        current_user,
        "ask app/web/session.py for the actor, or take the actor as an argument",
        ("from flask_login import current_user", "import flask_login\nx = flask_login.current_user"),
        ("from flask_login import login_user", "actor = current_actor()"),
        {"app/web/session.py": "the one place that knows who is acting"},
    ),
    "the clock": Habit(
        reads_the_clock,
        "the moment comes from app/services/clock.py, the day is an argument",
        ("date.today()", "datetime.now(UTC)", "datetime.datetime.utcnow()", "default=datetime.now"),
        ("func.now()", "clock.today(request)", "today = 1"),
        {"app/services/clock.py": "the one clock"},
    ),
    "today below the edge": Habit(
        asks_for_today,
        "the day is an argument: take `today: date`, as services and workflows do",
        ("clock.today('Asia/Sakhalin')", "from app.services.clock import now, today"),
        ("clock.now()", "today = date(2023, 1, 30)", "from app.services import clock"),
        {
            "app/web/": "the edge",
            "app/admin/": "the edge",
            "app/cli.py": "commands start the day themselves",
            "app/demo/": "the demo region lives around today",
        },
    ),
    "commit": Habit(
        commits,
        "the edge commits, once; a service leaves it to app/web/transaction.py",
        ("session.commit()", "db.session.commit()"),
        ("session.flush()", "commit = 1"),
        {
            "app/web/transaction.py": "the one commit of a request",
            "app/policies/unscoped.py": "a session of its own, past every request, is its own edge",
            "app/web/sign_in.py": "throttling counts a failed attempt even where the request is refused",
            "app/jobs/short_transaction.py": "what a task has done stands, whatever becomes of the task after it",
            "app/jobs/mailing.py": "that a letter left is written down before the next one is tried",
            "app/cli.py": "a command is its own edge",
            "app/jobs/worker.py": "a job is its own edge: its work and its end are one commit",
            "app/demo/": "made by a command, in steps",
        },
    ),
}


def allowed(habit: Habit, path: str) -> bool:
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in habit.allowed)


@cache
def breaches() -> dict[str, list[str]]:
    """By habit; every file is read once for all of them."""
    found: dict[str, list[str]] = {name: [] for name in HABITS}
    for path in files("app", "wsgi.py", endings=(".py",)):
        tree, place = parsed(path), short(path)
        for name, habit in HABITS.items():
            if not allowed(habit, place):
                found[name] += [f"{place}:{line} {name}: {habit.instead}" for line in habit.find(tree)]
    return found


@pytest.mark.parametrize("name", HABITS)
def test_habit_is_kept(name):
    found = breaches()[name]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", HABITS)
def test_planted_violation_is_found(name):
    habit = HABITS[name]
    for source in habit.planted:
        assert list(habit.find(ast.parse(source))), source
    for source in habit.innocent:
        assert not list(habit.find(ast.parse(source))), source


def test_a_permission_is_for_the_named_place_only():
    assert allowed(HABITS["commit"], "app/web/transaction.py")
    assert allowed(HABITS["commit"], "app/demo/region.py")
    assert not allowed(HABITS["commit"], "app/web/transaction_log.py")
    assert not allowed(HABITS["commit"], "app/services/order.py")
    assert all(reason for habit in HABITS.values() for reason in habit.allowed.values())
