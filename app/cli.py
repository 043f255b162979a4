"""Commands. Each opens its own session, commits there, and says in plain sentences what it did."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.analysis.order_proposal import NothingToPropose
from app.analysis.order_text import parse_order
from app.demo import command as demo_commands
from app.documents.file_store import FileStore
from app.documents.refusal import DocumentRefused
from app.documents.text_in import text_of
from app.excel.incoming import incoming
from app.excel.reader import read_table
from app.excel.table import WorkbookRefused
from app.extensions import db
from app.integrations import moodle_check
from app.integrations.moodle import MoodleClient
from app.integrations.moodle_recipe import recipe
from app.models import AnalyticalNote, EvidenceRevision, LetterTemplate, Order, OrgUnit
from app.models.enumeration import Duty, UnitKind
from app.policies.actor import Actor, system_actor
from app.policies.guard import GuardedSession
from app.policies.permission import policy_rows
from app.policies.refusal import Refusal
from app.policies.unscoped import open_session
from app.services import bulk_import, clock, lti_key, org_unit, org_unit_import, secret_change
from app.services import user as users
from app.services.order_addressees import register_of
from app.services.order_text import tidy
from app.services.outside import outside_of
from app.services.row_verdict import VerdictKind, counted
from app.services.secret_box import NO_KEY, new_key
from app.web.background import background, until_stopped
from app.web.session import settings

NOTHING_TO_PROPOSE = 2
SWEPT_AFTER = timedelta(days=1)
# Before there is a region there is none to act in: this one may make it.
INSTALLER = Actor(user_id=None, user_name="Система", is_system=True)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("create-region")
@click.argument("name")
@click.option("--code", default="", help="Номер субъекта или ОКТМО.")
@click.option("--time-zone", required=True, help="Часовой пояс, например Asia/Sakhalin.")
@with_appcontext
def create_region(name: str, code: str, time_zone: str) -> None:
    """Завести регион."""
    with _every_row("a command makes a region") as session:
        region = org_unit.create(
            session, INSTALLER, kind=UnitKind.REGION, name=name, code=code, time_zone=time_zone, parent=None
        )
        told = f"Заведён регион «{region.name}», номер {region.id}."
    click.echo(told)


@click.command("create-admin")
@click.argument("login")
@click.option("--name", required=True, help="Фамилия, имя, отчество.")
@click.option("--unit", "unit_id", type=int, help="Номер организации, которую он ведёт.")
@click.option("--installation", is_flag=True, help="Администратор установки: регионы и учётные записи.")
@click.option(
    "--duty",
    "duties",
    multiple=True,
    type=click.Choice([duty.value for duty in Duty]),
    default=(Duty.UNIT_ADMIN.value,),
    show_default=True,
    help="Полномочие в этой организации; можно указать несколько раз.",
)
@with_appcontext
def create_admin(login: str, name: str, unit_id: int | None, duties: tuple[str, ...], *, installation: bool) -> None:
    """Завести администратора и напечатать одноразовую ссылку, по которой он задаст пароль."""
    if (unit_id is None) != installation:
        raise click.UsageError("Укажите одно из двух: --unit НОМЕР или --installation.")
    with _every_row("a command makes the first administrator") as session:
        user = users.create(
            session,
            INSTALLER,
            login=login,
            name=name,
            unit=org_unit.the_one(session, unit_id) if unit_id is not None else None,
            duties=[Duty(duty) for duty in duties] if unit_id is not None else (),
            is_installation_admin=installation,
        )
        token = users.issue_link(session, INSTALLER, user, clock.now())
        told = f"Заведена учётная запись «{user.login}»."
    click.echo(told)
    click.echo("Ссылка действует 7 дней и срабатывает один раз:")
    click.echo(f"{settings().public_address.rstrip('/')}/password/{token}")


@click.command("import-units")
@click.argument("file", type=EXISTING)
@click.option("--region", "region_mark", required=True, help="Номер или код региона.")
@click.option("--dry-run", is_flag=True, help="Только показать, что было бы сделано.")
@with_appcontext
def import_units(file: Path, region_mark: str, *, dry_run: bool) -> None:
    """Загрузить организации из .csv или .xlsx: всё целиком или ничего."""
    try:
        brought = incoming(org_unit_import.IMPORTER.sheet, read_table(file.read_bytes(), file.name))
    except WorkbookRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    region_id = _region_id(region_mark)
    with _in_region(region_id) as session:
        today = clock.today(org_unit.the_one(session, region_id).time_zone)
        plans = bulk_import.plan(session, session.actor, org_unit_import.IMPORTER, brought, today=today)
        verdicts = bulk_import.verdicts_of(plans)
        bad = [one for one in verdicts if one.kind is VerdictKind.WRONG]
        for one in bad:
            click.echo(f"Строка {one.row}: {one.told}", err=True)
        if bad:
            raise click.ClickException(f"Ничего не загружено: строк с ошибками {len(bad)}.")
        for one in verdicts:
            if one.kind is not VerdictKind.SAME:
                click.echo(f"{'+' if one.kind is VerdictKind.CREATED else '~'} {one.label}")
        if not dry_run:
            bulk_import.carry_out(session, plans, only_right=False)
            session.commit()
    counts = counted(verdicts)
    verb = "Было бы заведено" if dry_run else "Заведено"
    click.echo(f"{verb}: {counts['created']}; дополнено: {counts['changed']}; уже есть: {counts['same']}.")


@click.command("parse-order")
@click.argument("file", type=EXISTING)
@click.option("--json", "as_json", is_flag=True, help="Всё предложение как JSON; без этого только пункты.")
@click.option("--region", "region_mark", help="Номер или код региона, если их несколько.")
@click.option("--issuer", "issuer_id", type=int, help="Номер издавшей организации; без него её называет заголовок.")
@with_appcontext
def parse_order_file(file: Path, region_mark: str | None, issuer_id: int | None, *, as_json: bool) -> None:
    """Предложить пункты распоряжения из .txt, .docx или .pdf, ничего не сохраняя."""
    region_id = _region_id(region_mark)
    with _in_region(region_id) as session:
        if issuer_id is not None:
            org_unit.the_one(session, issuer_id)
        units = register_of(session, issuer_id or region_id).units
    try:
        text = tidy(text_of(file.read_bytes(), file.name))
        proposal = parse_order(text, units, issuer_id=issuer_id)
    except ValueError as refusal:
        # NothingToPropose and DocumentRefused: sentences for people; anything else is a fault of the program.
        if not isinstance(refusal, NothingToPropose | DocumentRefused):
            raise
        click.echo(str(refusal), err=True)
        raise SystemExit(NOTHING_TO_PROPOSE) from refusal
    if as_json:
        click.echo(json.dumps(proposal.to_json(), ensure_ascii=False, indent=2))
        return
    for point in proposal.points:
        term = f"{point.term.due_on:%d.%m.%Y}" if point.term.due_on else point.term.written or "без срока"
        click.echo(f"{point.label}\t{point.modality.value.label}\t{term}\t{point.text}")


@click.command("sweep-files")
@with_appcontext
def sweep_files() -> None:
    """Убрать из хранилища файлы, на которые ничто не ссылается, старше суток."""
    store: FileStore = current_app.extensions["file_store"]
    with _every_row("every file that any record names is kept") as session:
        named = (EvidenceRevision.digest, Order.source_digest, AnalyticalNote.digest, LetterTemplate.digest)
        digests = {digest for column in named for digest in session.scalars(select(column))}
    removed = store.sweep(digests, clock.now() - SWEPT_AFTER)
    click.echo(f"Убрано файлов: {len(removed)}; нужных файлов: {len(digests - {''})}.")


@click.command("policy")
def policy() -> None:
    """Напечатать таблицу полномочий."""
    click.echo("| действие | организации | полномочие |\n|---|---|---|")
    for permission, kinds, duties in policy_rows():
        click.echo(f"| `{permission}` | {kinds} | {duties} |")


@click.command("make-secrets-key")
def make_secrets_key() -> None:
    """Напечатать новый ключ для SECRETS_KEY; прежние ключи оставьте после него через запятую."""
    click.echo(new_key())


@click.command("reseal-secrets")
@with_appcontext
def reseal_secrets() -> None:
    """Зашифровать все хранимые секреты первым ключом SECRETS_KEY: после этого прежние ключи можно убрать."""
    with _every_row("a command seals secrets under a new key") as session:
        told = secret_change.reseal(session)
    click.echo(f"Зашифровано заново: {told.done}.")
    if told.lost:
        raise click.ClickException(f"Не открывается ни одним ключом: {told.lost}. Прежние ключи пока не убирайте.")


@click.command("moodle-check")
@click.option("--url", envvar="MOODLE_URL", default="", help="Адрес СДО; иначе MOODLE_URL.")
@click.option("--course", envvar="MOODLE_COURSE", default="", help="Номер (id) или идентификатор курса.")
@click.option("--recipe", "only_recipe", is_flag=True, help="Напечатать, что настроить в Moodle, и выйти.")
@with_appcontext
def check_moodle(url: str, course: str, *, only_recipe: bool) -> None:
    """Проверить, готова ли СДО Moodle к чтению. Ключ (токен) берётся из MOODLE_TOKEN, иначе спрашивается."""
    if only_recipe:
        for number, line in enumerate(recipe(), start=1):
            click.echo(f"{number:>3}. {line}")
        return
    if not url.strip():
        raise click.UsageError("Укажите адрес СДО: --url https://sdo.example.ru.")
    # Never an argument: arguments of a process are seen by everybody on its machine.
    token = os.environ.get("MOODLE_TOKEN", "").strip() or click.prompt("Ключ (токен) Moodle", hide_input=True)
    http, wrong = outside_of(db.engine).http, 0
    found = moodle_check.steps(lambda address: MoodleClient(http, address, token, a_minute=600), url, course=course)
    for step in found:
        click.echo(step.line)
        wrong += step.is_fine is False
    if wrong:
        click.echo("\nСДО ещё не готова: исправьте отмеченное «✘» и проверьте снова. Всё, что настраивают в Moodle:")
        click.echo("flask --app wsgi moodle-check --recipe")
        raise SystemExit(1)
    click.echo("\nСДО готова: её можно подключить в «Обучение → Данные из СДО».")


@click.command("rotate-lti-keys")
@click.option("--stolen", is_flag=True, help="Отозвать все прежние ключи сразу: платформы прочтут новый не мгновенно.")
@with_appcontext
def rotate_lti_keys(*, stolen: bool) -> None:
    """Сменить ключ, которым подписываются ответы учебным платформам, если ему пора; само это делается каждую ночь."""
    box = outside_of(db.engine).box
    if not box.is_open:
        raise click.ClickException(NO_KEY)
    if stolen:
        lti_key.replace(db.engine, clock.now())
    made = stolen or lti_key.rotate(db.engine, clock.now())
    click.echo("Сделан новый ключ." if made else "Менять ключ ещё рано: нынешний подписывает дальше.")


@click.command("jobs")
@click.option("--workers", type=click.IntRange(1, 64), help="Сколько заданий выполнять сразу; иначе JOB_WORKERS.")
@with_appcontext
def jobs(workers: int | None) -> None:
    """Выполнять фоновые задания в этом процессе, до Ctrl-C или SIGTERM."""
    until_stopped(background(current_app, workers=workers), tell=click.echo)


COMMANDS = (
    *(create_region, create_admin, import_units, parse_order_file, sweep_files, jobs, policy),
    *(make_secrets_key, reseal_secrets, check_moodle, rotate_lti_keys),
)


def install(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
    demo_commands.install(app)


@contextmanager
def _every_row(reason: str) -> Iterator[GuardedSession]:
    """A writing session over all regions; a refusal is told and leaves nothing."""
    try:
        with open_session(db.engine, reason=reason) as session:
            session.connection(execution_options={"writes": True})
            yield session
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal


@contextmanager
def _in_region(region_id: int) -> Iterator[GuardedSession]:
    """A session of the system in one region; what is not committed inside is rolled back."""
    try:
        with GuardedSession(db.engine, info={"actor": system_actor(region_id=region_id)}) as session:
            session.connection(execution_options={"writes": True})
            yield session
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence) from refusal


def _region_id(mark: str | None) -> int:
    """The region with this number or code; without a mark the only one there is."""
    statement = select(OrgUnit.id, OrgUnit.name, OrgUnit.code).where(OrgUnit.kind == UnitKind.REGION)
    with open_session(db.engine, reason="a command names its region") as session:
        regions = session.execute(statement.order_by(OrgUnit.id)).all()
    found = [row for row in regions if mark is None or mark in {str(row.id), row.code}]
    if len(found) == 1:
        return int(found[0].id)
    listed = "".join(f"\n  {row.id}  {row.name}" for row in regions)
    if not regions:
        raise click.ClickException("Регионов ещё нет: заведите первый командой flask create-region.")
    raise click.ClickException(f"Укажите регион: --region НОМЕР.{listed}")
