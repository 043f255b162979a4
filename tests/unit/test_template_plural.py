"""The word of a count in templates follows the same rule as in code."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

import app
from app.admin.cells import plural


def test_templates_and_code_say_the_same_word():
    place = Path(app.__file__).parent / "templates"
    said = Environment(loader=FileSystemLoader(place), autoescape=True).get_template("components/progress.html").module
    words = ("лист", "листа", "листов")
    assert [str(said.plural(count, *words)) for count in range(125)] == [plural(count, *words) for count in range(125)]
    assert plural(21, *words) == "лист"
