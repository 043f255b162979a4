"""Which columns a register's workbook has, and the named choices of columns and conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.listing import ListState
from app.admin.register_export import COLUMN
from app.models import ListPreset
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import list_preset
from app.services.importers import may_load
from app.web.session import current_actor, guarded
from app.web.shell import shell

if TYPE_CHECKING:
    from app.admin.record_view import RecordView

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A preset as the panel shows it."""

    id: int
    name: str
    columns: int
    open_url: str
    export_url: str
    is_own: bool
    is_offered: bool
    offered_by: str


def panel(view: RecordView) -> Answer:
    """The columns to choose from and the presets; posted, a download or a saved preset."""
    current_actor().require(Permission.EXPORT)
    state = view.asked(request.args)
    if request.method == "GET":
        return _panel(view, state)
    columns = _chosen(view)
    if request.form.get("act") != "save":
        query = urlencode([*_query(view, state), *((COLUMN, key) for key in columns)])
        return redirect(f"{view.url}/export?{query}")
    try:
        saved = list_preset.save(
            guarded(),
            current_actor(),
            view.endpoint_name(),
            request.form.get("name", ""),
            columns=columns,
            query=urlencode(_query(view, state)),
            is_offered=request.form.get("is_offered") == "1",
        )
    except Invalid as refusal:
        return _panel(view, state, refusal.sentence), 422
    flash(f"Набор «{saved.name}» сохранён: он открывается из «Excel → Столбцы и наборы».", "success")
    return redirect(view.address_of(state))


def delete(view: RecordView, preset_id: int) -> Response:
    preset = list_preset.the_one(guarded(), preset_id)
    list_preset.delete(guarded(), current_actor(), preset)
    flash(f"Набор «{preset.name}» удалён.", "info")
    return redirect(f"{view.url}/")


def _panel(view: RecordView, state: ListState, problem: str = "") -> str:
    actor = current_actor()
    chosen = request.form.getlist(COLUMN) if request.method == "POST" else list(view.sheet.keys)
    keys = [*(key for key in chosen if key in view.sheet.keys), *(key for key in view.sheet.keys if key not in chosen)]
    presets = list_preset.of_register(guarded(), view.endpoint_name())
    is_part = bool(request.headers.get("HX-Request"))
    return render_template(
        "register/export_part.html" if is_part else "register/export.html",
        shell=shell((view.title, f"{view.url}/"), ("Столбцы и наборы", None)),
        view=view,
        action=view.address_of(state, "export-columns"),
        columns=[(view.sheet.column(key), key in chosen) for key in keys],
        presets=[_shown(view, one, actor) for one in presets],
        chips=view.chips(state),
        may_offer=actor.may(Permission.PRESET_OFFER),
        may_load=may_load(actor, view.endpoint_name()),
        problem=problem,
        name=request.form.get("name", ""),
    )


def _shown(view: RecordView, preset: ListPreset, actor: Actor) -> Shown:
    # A later release may have columns of other keys: what it still has is taken out.
    columns = [key for key in preset.columns if key in view.sheet.keys]
    return Shown(
        preset.id,
        preset.name,
        len(columns),
        f"{view.url}/?{preset.query}",
        f"{view.url}/export?{_with_columns(preset.query, columns)}",
        list_preset.is_own(preset, actor),
        preset.is_offered,
        preset.offered_by,
    )


def _chosen(view: RecordView) -> list[str]:
    chosen = list(dict.fromkeys(request.form.getlist(COLUMN)))
    if not set(chosen) <= set(view.sheet.keys):
        raise BadRequest
    return chosen or list(view.sheet.keys)


def _query(view: RecordView, state: ListState) -> list[tuple[str, str]]:
    """The conditions, the search and the order of the list, as its address writes them."""
    _, _, query = view.address_of(state).partition("?")
    return parse_qsl(query)


def _with_columns(query: str, columns: list[str]) -> str:
    return urlencode([*parse_qsl(query), *((COLUMN, key) for key in columns)])
