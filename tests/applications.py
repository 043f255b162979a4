"""One application for each test, without composing it anew: addresses, pages and templates are the same for all.

What belongs to an installation (database, files, queue, mail, kept fragments, configuration) is each copy's own.
"""

from __future__ import annotations

import copy
from pathlib import Path

from flask import Flask

from app.config import Settings
from app.factory import create_app, furnish
from tests.databases import settings_for

# What the composition leaves in `extensions` for everybody; the rest is the installation's.
COMMON = ("admin", "babel", "csrf", "menu", "migrate", "registers", "sections")


def pattern(folder: Path) -> Flask:
    """Composed as in production, over a database that nobody asks."""
    return create_app(settings_for("sqlite://", folder))


def like(composed: Flask, settings: Settings) -> Flask:
    """An application of its own for these settings; the pattern must never have answered a request."""
    app = copy.copy(composed)
    app.config = copy.copy(composed.config)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.instance_path = str(settings.instance.resolve())
    app.extensions = {name: composed.extensions[name] for name in COMMON if name in composed.extensions}
    app.teardown_appcontext_funcs = list(composed.teardown_appcontext_funcs)
    app.shell_context_processors = list(composed.shell_context_processors)
    furnish(app, settings)
    return app
