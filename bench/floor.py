"""The floor: what the database, Jinja and WSGI cost at least.

A signed cookie, two statements, one Jinja template of fifty rows, scope columns, keyset order; no permissions, no
CSRF, no layout. A limit, not a target.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from flask import Flask, request
from itsdangerous import URLSafeSerializer
from jinja2 import Environment

PAGE = """<!doctype html><html lang="ru"><title>Поручения</title><table>
{% for row in rows %}<tr><td><a href="/assignments/{{ row[0] }}">{{ row[1] }}</a></td><td>{{ row[2] }}</td>
<td>{{ row[3] }}</td><td>{{ row[4] }}{{ row[5] }}</td><td>{{ row[6] }}</td><td>{{ row[7] }}</td><td>{{ row[8] or "" }}</td>
<td>{{ row[9] }}</td><td>{{ row[10] or "" }}</td></tr>{% endfor %}</table>
<p>{{ total }}</p><a href="?after={{ rows[-1][0] }}">Вперёд</a></html>"""

LIST = """SELECT a.id, coalesce(nullif(u.short_name, ''), u.name), coalesce(nullif(m.short_name, ''), m.name), o.number,
p.number, p.stage, p.text, p.modality, a.due_on, a.status, a.done_on
FROM assignment a JOIN org_unit u ON u.id = a.org_unit_id JOIN org_unit m ON m.id = a.municipality_id
JOIN "order" o ON o.id = a.order_id JOIN order_point p ON p.id = a.order_point_id
WHERE a.region_id = ? AND a.id < ? ORDER BY a.id DESC LIMIT 51"""
COUNT = "SELECT count(*) FROM (SELECT 1 FROM assignment WHERE region_id = ? LIMIT 10001)"


def floor_app(database: Path, region_id: int) -> tuple[Flask, str]:
    """The application and the cookie of its one user."""
    app = Flask("floor")
    seal = URLSafeSerializer("bench")
    template = Environment(autoescape=True).from_string(PAGE)
    connection = sqlite3.connect(database, check_same_thread=False)

    @app.get("/assignments/")
    def listing() -> str:
        region = seal.loads(request.cookies["who"])
        after = int(request.args.get("after", 2**62))
        rows = connection.execute(LIST, (region, after)).fetchall()[:50]
        total = connection.execute(COUNT, (region,)).fetchone()[0]
        return template.render(rows=rows, total=total)

    return app, f"who={seal.dumps(region_id)}"


def for_server() -> Flask:
    """For `gunicorn bench.floor:for_server()`."""
    return floor_app(Path(os.environ["FLOOR_DATABASE"]), int(os.environ["FLOOR_REGION"]))[0]
