"""«Моя работа»: the home page."""

from __future__ import annotations

from flask import render_template
from flask_admin import AdminIndexView, expose

from app.web.shell import shell


class WorkView(AdminIndexView):  # type: ignore[misc] # Flask-Admin ships no types
    def __init__(self) -> None:
        super().__init__(name="Моя работа", endpoint="work", url="/", template="work.html")

    def is_accessible(self) -> bool:
        return True

    @expose("/")
    def index(self) -> str:
        return render_template("work.html", shell=shell(("Моя работа", None)))

    @expose("/counts")
    def counts(self) -> str:
        """The bare number for the bell."""
        return ""
