"""An act on many rows: what is refused half done is undone, the others stay done."""

from __future__ import annotations

import pytest

from app.models import Finding
from app.policies.refusal import NotFound, WrongState
from app.services.act_on_many import Verdict, act_on_each, held
from tests.factories.measures import add_finding


def test_what_is_refused_half_way_is_undone(engine, world, work):
    first, second = add_finding(engine, world, text="Первый"), add_finding(engine, world, text="Второй")
    foreign = add_finding(engine, world, "school_b", found_by="municipality2")
    session = work("municipality")

    def act(finding: Finding, version: int | None) -> None:
        finding.text = f"тронут, {version}"
        session.flush()
        if finding.id == second:
            raise WrongState("Нельзя.")

    chosen = [(second, 1), (first, None)]
    verdicts = act_on_each(session, held(session, Finding, chosen), chosen, act, done="Готово")
    assert verdicts == [Verdict(second, "Второй", False, "Нельзя."), Verdict(first, "Первый", True, "Готово")]
    session.commit()
    assert [session.get_one(Finding, number).text for number in (first, second)] == ["тронут, None", "Второй"]
    with pytest.raises(NotFound):
        held(session, Finding, [(first, None), (foreign, None)])
