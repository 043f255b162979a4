"""The composition root: the only module that knows everything."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import app.services.audit  # noqa: F401 - its listeners write the journal
from app import admin, cli
from app.config import Settings, settings_from
from app.demo import command as demo_command
from app.documents.file_store import FileStore
from app.documents.result_store import ResultStore
from app.extensions import babel, csrf, db, migrate
from app.integrations.http import HttpClient
from app.integrations.mail import server_from
from app.jobs.post_room import PostRoom, open_for
from app.jobs.queue import JobQueue, attach
from app.services import outside
from app.services.secret_box import SecretBox
from app.web import (
    errors,
    headers,
    health,
    lti,
    lti_choosing,
    lti_link,
    lti_page,
    lti_registration,
    one_time_link,
    row_number,
    session,
    sign_in,
    transaction,
)

ROOT = Path(__file__).resolve().parent
SESSION_HOURS = 10
# Imported before `lti` is registered: their routes stand on its blueprint.
AROUND_LAUNCHES = (lti_choosing, lti_link, lti_page, lti_registration)


def create_app(settings: Settings | None = None, **configuration: Any) -> Flask:
    """The application for these settings, or for those of the environment."""
    instance = Path(os.environ.get("INSTANCE_PATH") or ROOT.parent / "instance")
    chosen = settings or settings_from(os.environ, instance)
    app = Flask(__name__, root_path=str(ROOT), instance_path=str(chosen.instance.resolve()))
    app.config.update(
        SECRET_KEY=chosen.secret_key,
        SQLALCHEMY_DATABASE_URI=chosen.database_url,
        # The log of a failure names the statement, not the people and digests in it.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},
        MAX_CONTENT_LENGTH=chosen.max_upload,
        # Werkzeug's own default of 500 kB would refuse the text of a long order.
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
        # The session slides by itself, in steps: see web/session.py.
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.behind_proxy,
        SESSION_COOKIE_NAME="monitoring",
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="ru",
        TESTING=chosen.testing,
        **configuration,
    )
    if chosen.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign] # as documented
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = False
    _bind(app, chosen)
    return app


def _bind(app: Flask, settings: Settings) -> None:
    row_number.install(app)
    furnish(app, settings)
    migrate.init_app(app, db, directory=str(ROOT.parent / "migrations"), render_as_batch=True, compare_type=True)
    babel.init_app(app)
    headers.install(app, secure=settings.behind_proxy)
    transaction.install(app)
    session.install(app)
    # The session knows its actor before the token of a form is checked.
    csrf.init_app(app)
    errors.install(app)
    for module in (sign_in, one_time_link, health, lti):
        app.register_blueprint(module.blueprint)
    admin.install(app)
    cli.install(app)
    demo_command.install(app)


def furnish(app: Flask, settings: Settings) -> None:
    """What stands in one place and is one installation's own: its database, files, queue and mail."""
    app.extensions["settings"] = settings
    app.extensions["file_store"] = FileStore(settings.files)
    app.extensions["result_store"] = ResultStore(settings.results)
    app.extensions["job_queue"] = JobQueue(settings.queue, settings.secret_key)
    db.init_app(app)
    with app.app_context():
        attach(db.engine, app.extensions["job_queue"])
        # The passwords of the demonstration are known to everybody: a server of mail behind it would be everybody's.
        server = None if settings.demo else server_from(settings.mail_url, settings.mail_from)
        open_for(db.engine, PostRoom(server, settings.public_address, demo=settings.demo))
        client = HttpClient(inner_hosts=settings.inner_hosts)
        reach = outside.Outside(SecretBox(settings.secrets_keys), client, settings.public_address, demo=settings.demo)
        outside.open_for(db.engine, reach)
