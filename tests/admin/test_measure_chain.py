"""The page of the chain: from each link to all the others, and never into another school."""

import re
from datetime import date

import pytest

from app.models.enumeration_of_measures import MeasureStatus
from tests.factories.measures import add_finding, add_measure, answer_by_point
from tests.factories.monitoring import hold_round
from tests.services.chained_world import OTHERS, build_chain
from tests.services.effect_world import DECOYS
from tests.services.statements import counted

pytestmark = pytest.mark.once
PAGE = "/corrective-measures/chain"


def links(text: str) -> set[str]:
    """Where the chain itself leads, without the frame around it."""
    body = text[text.index('class="chain"') :]
    return set(re.findall(r'href="([^"#]+)', body[: body.index("</ol>")]))


def test_from_each_link_to_all_others_and_to_no_other_school(engine, world, browser):
    made = build_chain(engine, world)
    base, later = made.place.base.assessments["school"], made.place.later.assessments["school"]
    wanted = {
        f"/assessments/{base}",
        f"/assessments/{later}",
        f"/findings/{made.finding}",
        f"/corrective-measures/{made.measure}",
        f"/orders/{made.order}",
        f"/training-requirements/{made.requirement}",
        f"/training-groups/{made.group}",
    }
    person = browser("school")
    for kind, start in made.starts.items():
        answer = person.get(f"{PAGE}?{start}")
        assert answer.status_code == 200, kind
        there = links(answer.text)
        assert wanted - there == set(), kind
        # The way on from each of the others.
        here = made.starts[kind].replace("Д1", "%D0%941").replace("&", "&amp;")
        assert not any(one.endswith(f"chain?{here}") for one in there), kind
        assert sum("/corrective-measures/chain?" in one for one in there) == len(made.starts) - 1
        assert answer.text.count('class="is-here"') == 1
        assert OTHERS not in answer.text
        assert "school2" not in answer.text
        assert not any(decoy in answer.text for decoy in DECOYS)
        assert re.findall(r"Д1: (\d из \d).*?(\d из \d)<", answer.text) == [("0 из 2", "2 из 2")]
        assert "помогло" in answer.text
        assert "предварительно" in answer.text
    # Its municipality sees both chains from what they share, and one from what is one's own.
    above = browser("municipality")
    assert OTHERS in above.get(f"{PAGE}?{made.starts['point']}").text
    for kind in ("criterion", "finding", "measure"):
        assert OTHERS not in above.get(f"{PAGE}?{made.starts[kind]}").text, kind
    for login in ("school2", "school_b", "municipality2", "provider", "foreign_region"):
        for kind in ("criterion", "finding", "measure"):
            assert browser(login).get(f"{PAGE}?{made.starts[kind]}").status_code == 404, (login, kind)
    # Whoever is addressed by the order sees the point, and of its chain nothing that is not theirs.
    neighbour = browser("municipality2").get(f"{PAGE}?{made.starts['point']}").text
    assert "Положение не утверждено" not in neighbour
    assert OTHERS not in neighbour
    assert "Мер нет" in neighbour
    for start in made.starts.values():
        assert browser("foreign_school").get(f"{PAGE}?{start}").status_code == 404, start


def test_what_is_absent_is_said_and_can_be_made(engine, world, browser):
    made = build_chain(engine, world)
    finding = add_finding(engine, world, "school", found_by="region")
    person = browser("school")
    text = person.get(f"{PAGE}?finding={finding}").text
    for words in ("Мер нет", "Пункта распоряжения нет", "Обучения в цепочке нет", "не связан с оценкой"):
        assert words in text, words
    assert f"/corrective-measures/new/?finding={finding}" in text
    # A school writes no orders, a region does.
    assert "/findings/order" not in text
    assert f"/findings/order?finding={finding}" in browser("region").get(f"{PAGE}?finding={finding}").text
    # A weak criterion without a finding.
    place = made.place
    bare = f"criterion=Г1&round={place.base.round_id}&unit={world.units['school']}"
    text = person.get(f"{PAGE}?{bare}").text
    assert "Недостатка нет" in text
    assert "нет ответа" in text
    # Cancelled measures stand in the chain with their state.
    add_measure(engine, world, findings=[finding], status=MeasureStatus.CANCELLED, title="Отменённая мера")
    text = person.get(f"{PAGE}?finding={finding}").text
    assert "Отменённая мера" in text
    assert "отменена" in text
    # Nothing chosen, nonsense, two links at once, a number that nothing has.
    assert "Не выбрано" in person.get(PAGE).text
    for query, code in (
        ("finding=x", 400),
        (f"finding={finding}&measure={made.measure}", 400),
        ("criterion=Д1", 400),
        ("finding=99999999999999999999", 400),
        ("finding=999999", 404),
        (f"criterion=Нет&round={place.base.round_id}&unit={world.units['school']}", 404),
    ):
        assert person.get(f"{PAGE}?{query}").status_code == code, query


def test_a_page_costs_the_same_whatever_hangs_on_it(engine, world, browser):
    made = build_chain(engine, world)
    person = browser("region")
    sent = []
    for more in (0, 6):
        for number in range(more):
            finding = add_finding(engine, world, "school", score_id=None, text=f"Ещё {number}", found_by="region")
            made.place.take("school", findings=[finding], order_point_id=made.point, title=f"Ещё мера {number}")
        with counted(engine) as statements:
            text = person.get(f"{PAGE}?{made.starts['point']}").text
        assert ("Ещё мера 5" in text) == bool(more)
        sent.append(len(statements))
    assert sent[0] == sent[1]
    assert sent[0] <= 30


def test_the_next_round_is_of_the_same_holder(engine, world, browser):
    """A round of the municipality between the two is no next one of the region's round, though both hang on the point."""
    made = build_chain(engine, world)
    between = {"opens_on": date(2027, 1, 15), "due_on": date(2027, 6, 1), "locks_on": date(2027, 6, 2)}
    town = hold_round(engine, world, holder="municipality", units=("school",), title="Городской", **between)
    score = made.place.fill(town, "school", "1", day=date(2027, 1, 20))["Д1"]
    finding = add_finding(engine, world, "school", text="Городской недостаток", score_id=score)
    answer_by_point(engine, finding, made.point)
    text = browser("school").get(f"{PAGE}?{made.starts['point']}").text
    assert "Городской недостаток" in text
    assert re.findall(r"Д1: (\d из \d).*?(\d из \d)<", text) == [("0 из 2", "2 из 2")]
    assert text.count("следующего цикла с этим критерием ещё нет") == 1


def test_pages_of_its_links_lead_to_the_chain(engine, world, browser):
    made = build_chain(engine, world)
    sheet = made.place.base.assessments["school"]
    criterion = f"criterion=%D0%941&amp;round={made.place.base.round_id}&amp;unit={world.units['school']}"
    for login, address, start in (
        ("school", f"/orders/{made.order}", f"point={made.point}"),
        ("school", f"/training-requirements/{made.requirement}", f"requirement={made.requirement}"),
        ("school", f"/training-groups/{made.group}", f"group={made.group}"),
        ("school", f"/assessments/{sheet}", criterion),
        ("municipality", f"/assessments/{sheet}", criterion),
    ):
        text = browser(login).get(address).text
        assert f'href="{PAGE}?{start}"' in text, (login, address)
    roots = {"school": "1 недостаток, 1 мера", "municipality": "2 недостатка, 2 меры"}
    for login, words in roots.items():
        assert f"Откуда пункт: {words}" in browser(login).get(f"/orders/{made.order}").text
    assert "Откуда пункт" not in browser("municipality2").get(f"/orders/{made.order}").text
    # What is still being filled in has no chain yet.
    same = made.place.base.framework_id, made.place.base.criteria
    held = hold_round(engine, world, units=("school",), framework=same, title="Мониторинг ВСОКО 2028")
    assert PAGE not in browser("school").get(f"/assessments/{held.assessments['school']}").text


def test_the_page_of_a_measure_says_whether_it_helped(engine, world, browser):
    made = build_chain(engine, world)
    common = made.place.take("municipality", units=("school", "school2"))

    def effect(login: str, number: int) -> str:
        text = browser(login).get(f"/corrective-measures/{number}").text
        block = text[text.index('id="effect"') :]
        return block[: block.index("</section>")].replace("\xa0", " ").replace("&nbsp;", " ")

    own = effect("school", made.measure)
    for words in (
        "помогло",
        "предварительно",
        "0 → 100 %",
        "+100 п. п.",
        "7 организаций",
        "14 %",
        "Предложение авторов",
    ):
        assert words in own, words
    assert f"/assessments/{made.place.later.assessments['school']}" in own
    # Two schools, 0 → 2 and 0 → 1: the mean is for whoever sees both.
    above = effect("municipality", common)
    assert "75 %" in above
    assert "school2" in above
    mine = effect("school", common)
    assert "75 %" not in mine
    assert "Среднее по организациям меры не показано" in mine
    assert "school2" not in mine
    assert f"/assessments/{made.place.later.assessments['school2']}" not in mine
    assert not any(decoy in text for decoy in DECOYS for text in (own, above, mine))
