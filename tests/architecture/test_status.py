"""A state moves in the workflow engine and nowhere else."""

import ast
from collections.abc import Iterator

from tests.architecture.source_tree import files, parsed, short

ENGINE = "app/workflows/engine.py"


def assignments_of_status(tree: ast.Module) -> Iterator[int]:
    """Lines that set `.status`: by assignment, by setattr, or by an UPDATE over many rows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "status" and isinstance(node.ctx, ast.Store | ast.Del):
            yield node.lineno
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in {"setattr", "delattr"} and len(node.args) > 1:
            name = node.args[1]
            if isinstance(name, ast.Constant) and name.value == "status":
                yield node.lineno
        if isinstance(node.func, ast.Attribute) and node.func.attr == "values" and _is_update(node.func.value):
            yield from (node.lineno for keyword in node.keywords if keyword.arg == "status")


def _is_update(node: ast.expr) -> bool:
    """Whether a chain of calls such as update(Order).where(…) began with `update`."""
    while isinstance(node, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name == "update":
            return True
        if not isinstance(function, ast.Attribute):
            return False
        node = function.value
    return False


def test_status_is_set_in_the_engine_only():
    found = [
        f"{short(path)}:{line} sets .status; write a Transition in app/workflows/ and call WORKFLOW.apply(…)"
        for path in files("app", endings=(".py",))
        if short(path) != ENGINE
        for line in assignments_of_status(parsed(path))
    ]
    assert not found, "\n".join(found)


def test_planted_assignments_are_found():
    planted = [
        "order.status = OrderStatus.ISSUED",
        "a.b, order.status = 1, 2",
        "order.status += 1",
        "order.status: str = 'x'",
        "setattr(order, 'status', 'issued')",
        "session.execute(update(Order).where(Order.id == 1).values(status='issued'))",
        "for order.status in states: pass",
    ]
    for line in planted:
        assert list(assignments_of_status(ast.parse(line))) == [1], line


def test_reading_and_declaring_a_status_is_no_assignment():
    innocent = [
        "class Order:\n    status: Mapped[str] = column()",
        "x = order.status",
        "status = order.status",
        "response.status_code = 404",
        "Assignment(status=AssignmentStatus.ASSIGNED)",
        "select(Order).where(Order.status == 'issued')",
        "setattr(order, name, 'issued')",
    ]
    for text in innocent:
        assert not list(assignments_of_status(ast.parse(text))), text
