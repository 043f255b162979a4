"""A bar that stays at the foot of the window leaves what the keyboard reaches above it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once
STYLES = Path(__file__).parents[2] / "app" / "static" / "css"
# These scroll inside a box of their own.
INSIDE = (".matrix tfoot", ".register tfoot", ".panel-foot")


def test_the_page_scrolls_past_every_bar_at_the_foot_of_the_window():
    css = re.sub(
        r"/\*.*?\*/", "", "\n".join(path.read_text(encoding="utf-8") for path in STYLES.glob("*.css")), flags=re.DOTALL
    )
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    feet = {
        " ".join(names.split())
        for names, body in rules
        if re.search(r"position:\s*sticky", body) and re.search(r"(?<![\w-])bottom:\s*0", body)
    }
    feet = {each for each in feet if not each.startswith(INSIDE)}
    assert {".form-foot", ".sheet-foot", ".who-save"} <= feet
    heeded = {" ".join(names.split()) for names, body in rules if "scroll-padding-bottom" in body}
    assert {f"html:has({each})" for each in feet} <= heeded
