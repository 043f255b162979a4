"""The history of an order speaks Russian: no stored word of the code is shown."""

from __future__ import annotations

import pytest

from app.models import Order, OrderPoint
from app.models.enumeration import Modality, OrderKind
from tests.factories.order import Point, issue_order

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once


def test_changed_values_and_exports_are_told_in_words(engine, world, work, browser):
    issued = issue_order(engine, world, kind=OrderKind.DIRECTIVE, points=(Point("1", to=("school",)),))
    session = work("region")
    session.get_one(Order, issued.order_id).kind = OrderKind.LETTER
    session.get_one(OrderPoint, issued.points["1"]).modality = Modality.RECOMMEND
    session.commit()
    region = browser("region")
    assert region.get(f"/orders/{issued.order_id}/annex").status_code == 200
    page = region.get(f"/orders/{issued.order_id}/history").text.split("<main")[1]
    assert "<del>распоряжение</del> → <ins>письмо</ins>" in page
    assert "<ins>рекомендовать</ins>" in page
    assert "Выгружено в Excel" in page
    assert not [word for word in ("letter", "directive", "recommend", "export<") if word in page]
