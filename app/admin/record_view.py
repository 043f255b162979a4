"""The base of every register: Flask-Admin's view with its list page replaced and its other doors closed.

The rows that exist for a person are decided under it, at the session; this class decides only what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import abort, g, render_template, request
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form

from app.admin import list_preset, register_export
from app.admin.cells import plural
from app.admin.listing import COUNT_CAP, PAGE_SIZE, Listing, ListState, arguments_of, mark_of, number, render_rows
from app.excel.sheet import Sheet
from app.extensions import db
from app.policies.permission import Permission
from app.policies.refusal import NotFound, NotPermitted
from app.services import clock
from app.services.importers import may_load
from app.web.session import current_actor, guarded
from app.web.shell import shell


class NoForm(Form):
    """Registers whose records are not typed into a generic form."""


class RecordView(ModelView):
    model_class: ClassVar[Any]
    read: ClassVar[Permission]
    write: ClassVar[Permission | None] = None
    listing: ClassVar[Listing]
    sheet: ClassVar[Sheet]
    title: ClassVar[str]
    lead: ClassVar[str]
    # What the empty list says: why it is empty, and the one thing to do (label, endpoint).
    empty: ClassVar[tuple[str, str]] = ("Пока пусто", "Записи появятся здесь.")
    primary: ClassVar[tuple[str, str, Permission] | None] = None
    bulk: ClassVar[tuple[tuple[str, str, Permission], ...]] = ()
    # The section of the menu whose tabs stand above the list: a key of admin/__init__.py SECTIONS.
    section: ClassVar[str] = ""

    form = NoForm
    column_list = ("id",)
    list_template = "list.html"
    can_create = False
    can_edit = False
    can_delete = False
    can_export = False
    can_view_details = False

    def __init__(self) -> None:
        self._headings: dict[tuple[Any, ...], str] = {}
        super().__init__(self.model_class, db, name=self.title, endpoint=self.endpoint_name(), url=self.address())

    @classmethod
    def endpoint_name(cls) -> str:
        """The word of the slice; one on every floor."""
        return str(cls.model_class.__tablename__)

    @classmethod
    def address(cls) -> str:
        return f"/{cls.endpoint_name().replace('_', '-')}s"

    # ── who ──────────────────────────────────────────────────────────────────────────────────────────

    def is_accessible(self) -> bool:
        return current_actor().may(self.read)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        del name, kwargs
        raise NotPermitted("Этот раздел не открыт для ваших полномочий.")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Flask-Admin calls a view again when it raises TypeError, which hides the error and repeats the work."""
        return fn(self, *args, **kwargs)

    def get_one(self, id: str) -> Any:  # noqa: A002 - the name is Flask-Admin's
        """The record within the actor's scope, or 404: a foreign one is an absent one."""
        try:
            record = guarded().get(self.model_class, number(str(id)))
        except ValueError:
            record = None
        if record is None:
            raise NotFound
        return record

    # ── the list ─────────────────────────────────────────────────────────────────────────────────────

    @expose("/")
    def index_view(self) -> str:
        state = self.asked(request.args)
        work = guarded()
        rows: list[Any] = list(work.execute(*self.listing.rows(state)).all())
        more = len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE]
        if state.before is not None:
            rows.reverse()
        total = int(work.scalar(self.listing.count(state)) or 0)
        has_next = bool(rows) and (state.before is not None or more)
        has_previous = bool(rows) and (state.after is not None or (state.before is not None and more))
        actor = current_actor()
        bulk = [(label, f"{self.url}/{name}") for label, name, needs in self.bulk if actor.may(needs)]
        if state.on_day is not None:
            # Nothing is done to what was.
            bulk = []
        return render_template(
            self.list_template,
            shell=shell((self.title, None), search_text=""),
            view=self,
            state=state,
            rows_html=render_rows(self.listing, rows, self._check_cell if bulk else None),
            row_count=len(rows),
            total_text=_total_text(total),
            heading_html=self._heading(state, ticked=bool(bulk)),
            chips=self.chips(state),
            bulk=bulk,
            primary=self._primary(),
            filters=self._filter_fields(state) if request.args.get("filters") == "1" else None,
            filters_url=self._url({**arguments_of(state), "filters": "1"}),
            clear_url=self._url({}),
            export_url=self.address_of(state, "export") if actor.may(Permission.EXPORT) else None,
            columns_url=self.address_of(state, "export-columns"),
            import_url=f"/imports/new?register={self.endpoint_name()}"
            if may_load(actor, self.endpoint_name())
            else None,
            previous_url=self._url({**self._ordered(state), "before": mark_of(rows[0])}) if has_previous else None,
            next_url=self._url({**self._ordered(state), "after": mark_of(rows[-1])}) if has_next else None,
        )

    def asked(self, arguments: MultiDict[str, str]) -> ListState:
        """What the address of the list asks for. Raises BadRequest."""
        zone = current_actor().time_zone
        state = self.listing.read(arguments, (clock.today(zone), zone))
        state.unit_id = current_actor().unit_id
        # What is overdue on this page is overdue by that day.
        g.day_shown = state.on_day
        return state

    def address_of(self, state: ListState, page: str = "") -> str:
        """The address that asks for the same rows in the same order; `page` is one beside the list."""
        return self._url(self._ordered(state), page)

    def _url(self, arguments: dict[str, Any], page: str = "") -> str:
        query = urlencode(arguments, doseq=True)
        return f"{self.url}/{page}{'?' + query if query else ''}"

    def _ordered(self, state: ListState) -> dict[str, Any]:
        kept = arguments_of(state)
        if (state.sort, state.descending) != (self.listing.default_sort, self.listing.default_descending):
            kept |= {"sort": state.sort, "desc": "1" if state.descending else "0"}
        return kept

    @staticmethod
    def _check_cell(row: Any) -> str:
        # With its version: what changed since the list was opened is not acted on unseen.
        return (
            f'<td class="select"><input type="checkbox" form="bulk" name="id" value="{row.id:d}:{row.version:d}" '
            f'data-bulk-row aria-label="Выбрать строку {row.id:d}"></td>'
        )

    def _heading(self, state: ListState, *, ticked: bool) -> str:
        """The head of the table. Of a list that is not narrowed it is made once for each order."""
        key = (state.sort, state.descending, ticked)
        if state.narrowed:
            return self._make_heading(state, ticked=ticked)
        if key not in self._headings:
            self._headings[key] = self._make_heading(state, ticked=ticked)
        return self._headings[key]

    def _make_heading(self, state: ListState, *, ticked: bool) -> str:
        columns = []
        for column in self.listing.columns:
            if column.hidden:
                continue
            heading: dict[str, Any] = {"label": column.label, "kind": column.kind, "held": column.held}
            if column.sort is not None:
                here = column.key == state.sort
                turned = "0" if here and state.descending else "1"
                heading["sort_url"] = self._url({**arguments_of(state), "sort": column.key, "desc": turned})
                heading["sorted"] = ("descending" if state.descending else "ascending") if here else None
            columns.append(heading)
        return render_template("components/heading.html", columns=columns, bulk="bulk" if ticked else None)

    def chips(self, state: ListState) -> list[tuple[str, str, str]]:
        """What narrows the list, for people: label, value, and the address without it."""
        chips = []
        kept = arguments_of(state)
        if state.query:
            chips.append(("Поиск", state.query, self._url({k: v for k, v in kept.items() if k != "q"})))
        if state.on_day is not None:
            present = self._url({k: v for k, v in kept.items() if k != "on_day"})
            chips.append(("Состояние на", f"{state.on_day:%d.%m.%Y}", present))
        for one in self.listing.filters:
            if one.key not in state.raw:
                continue
            labels = {option.value: option.label for option in one.options()}
            shown = ", ".join(labels.get(raw, raw) for raw in state.raw[one.key])
            chips.append((one.label, shown, self._url({k: v for k, v in kept.items() if k != one.key})))
        return chips

    def _filter_fields(self, state: ListState) -> list[dict[str, Any]]:
        chosen = [state.on_day.isoformat()] if state.on_day is not None else []
        on_day: dict[str, Any] = {"key": "on_day", "label": "Состояние на дату", "kind": "date", "chosen": chosen}
        # Today is the present; a day that has not come has no state.
        on_day["latest"] = clock.today(current_actor().time_zone).isoformat()
        return [
            {
                "key": one.key,
                "label": one.label,
                "kind": one.kind,
                "options": one.options(),
                "chosen": state.raw.get(one.key, []),
            }
            for one in self.listing.filters
        ] + [on_day]

    def _primary(self) -> tuple[str, str] | None:
        if self.primary is None or not current_actor().may(self.primary[2]):
            return None
        return self.primary[0], self.get_url(self.primary[1])

    # ── out as a workbook ────────────────────────────────────────────────────────────────────────────

    @expose("/export")
    def export(self) -> Response:
        """The rows as on the screen: filtered, searched, sorted; cut to the actor's scope like every statement."""
        return register_export.answer(self)

    @expose("/export-columns", methods=("GET", "POST"))
    def export_columns(self) -> list_preset.Answer:
        return list_preset.panel(self)

    @expose("/presets/<int:preset_id>/delete", methods=("POST",))
    def delete_preset(self, preset_id: int) -> Response:
        return list_preset.delete(self, preset_id)

    def sheet_row(self, row: Any) -> Sequence[object]:
        """One row of the register in the order of the sheet's columns."""
        raise NotImplementedError

    # ── doors of Flask-Admin that stay closed ────────────────────────────────────────────────────────

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        abort(404)

    @expose("/export/<export_type>/")
    def export_view(self, export_type: str) -> Any:
        del export_type
        abort(404)

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Any:
        abort(404)

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        abort(404)

    @expose("/details/")
    def details_view(self) -> Any:
        abort(404)

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        """Records of the house are closed or withdrawn, never deleted by a generic button."""
        abort(404)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        abort(404)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        abort(404)


def _total_text(total: int) -> str:
    if total > COUNT_CAP:
        return "более 10\u202f000 строк"
    return f"{total:,} {plural(total, 'строка', 'строки', 'строк')}".replace(",", "\u202f")
