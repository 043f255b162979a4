"""`flask load-demo` and `flask run-demo`, in demo mode only (DEMO=1)."""

from __future__ import annotations

from dataclasses import replace

import click
from flask import Flask
from flask_migrate import upgrade

from app.config import HERE, Settings
from app.demo.accounts import ACCOUNTS, PASSWORD
from app.demo.load import load
from app.demo.serve import require_free, serve
from app.extensions import db
from app.jobs.post_room import open_for, room_of
from app.policies.refusal import Refusal
from app.services import clock, outside
from app.web.background import background

ZONE = "Asia/Sakhalin"


def install(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    if settings.demo:
        app.extensions["demo_accounts"] = list(ACCOUNTS)

    @app.cli.command("load-demo", help="Migrates the database and loads the demo region into it, once.")
    def load_demo() -> None:
        _require_demo(settings)
        _load(app)

    @app.cli.command("run-demo", help="The demo region on this machine's own address; loads it on the first start.")
    @click.option("--host", default="127.0.0.1", show_default=True, help="Loopback only.")
    @click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
    def run_demo(host: str, port: int) -> None:
        _require_demo(settings)
        try:
            require_free(host, port)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from refusal
        _load(app)
        if settings.public_address == HERE:
            _tell_address(app, settings, f"http://{host}:{port}")
        work = background(app)
        work.start()
        try:
            serve(app, host, port, on_ready=lambda: click.echo(_welcome(host, port)))
        finally:
            work.stop()


def _tell_address(app: Flask, settings: Settings, address: str) -> None:
    """Links that the product gives out lead to the port that was chosen."""
    app.extensions["settings"] = replace(settings, public_address=address)
    with app.app_context():
        open_for(db.engine, replace(room_of(db.session()), address=address))
        outside.open_for(db.engine, replace(outside.outside_of(db.engine), address=address))


def _require_demo(settings: Settings) -> None:
    if not settings.demo:
        raise click.ClickException(
            "Демонстрация запускается только с DEMO=1 в окружении (так делает make run): её пароли всем известны."
        )


def _load(app: Flask) -> None:
    with app.app_context():
        upgrade()
        try:
            loaded = load(db.engine, app.extensions["file_store"], today=clock.today(ZONE), tell=_tell)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from refusal
    click.echo("Демонстрация загружена." if loaded else "Демонстрация уже загружена: данные прежние.")


def _tell(sentence: str) -> None:
    click.echo(f"  {sentence}…")


def _welcome(host: str, port: int) -> str:
    wide = max(len(login) for login, _ in ACCOUNTS)
    accounts = "\n".join(f"  {login:<{wide}}  {who}" for login, who in ACCOUNTS)
    return f"""
Мониторинг ВСОКО открыт: http://{host}:{port}/

Кем войти (пароль у всех: {PASSWORD}):
{accounts}

Остановить: Ctrl-C. Данные останутся до следующего запуска.
"""
