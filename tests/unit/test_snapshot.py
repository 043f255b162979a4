"""The canonical snapshot: a pure function of the facts, its code as people type it, and what differs between two."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.snapshot import (
    ALPHABET,
    CriterionFacts,
    Mark,
    Proof,
    SheetFacts,
    Stamp,
    code_of,
    differences,
    digest_of,
    facts_of,
    folded_code,
    text_of,
)
from app.models.enumeration import EvidenceKind, UnitKind

NUMBERS = st.decimals(min_value=0, max_value=1000, places=2)
MARKS = st.one_of(
    st.builds(Mark, value=NUMBERS, points=NUMBERS, shown=st.sampled_from(("да", "2 — есть"))),
    st.just(Mark(is_na=True, shown="неприменимо")),
    st.just(Mark()),
)
DIGESTS = st.sampled_from([hashlib.sha256(bytes([number])).hexdigest() for number in range(5)])
PROOFS = st.builds(
    Proof,
    kind=st.sampled_from(EvidenceKind),
    title=st.sampled_from(("Положение", "Приказ «о ВСОКО»", 'с "кавычкой" и \\')),
    number=st.sampled_from(("", "5", "12-а")),
    dated_on=st.none() | st.dates(min_value=date(2020, 1, 1), max_value=date(2027, 1, 1)),
    url=st.sampled_from(("", "https://school.example/doc")),
    revisions=st.frozensets(st.tuples(st.integers(1, 9), DIGESTS), max_size=3),
)
CRITERIA = st.builds(
    CriterionFacts,
    code=st.sampled_from(("Д1", "Д2", "Г1", "М1")),
    title=st.just("Критерий"),
    section=st.just("Документы"),
    place=st.integers(0, 9),
    weight=NUMBERS,
    max_points=NUMBERS,
    own=MARKS,
    na_reason=st.sampled_from(("", "не проводится")),
    comment=st.text(max_size=5),
    checked=MARKS,
    agreed=MARKS,
    final=MARKS,
    proofs=st.lists(PROOFS, max_size=4, unique=True).map(tuple),
)
SHEETS = st.builds(
    SheetFacts,
    assessment_id=st.integers(1, 9),
    round_id=st.just(1),
    round_title=st.just("Мониторинг"),
    framework_id=st.just(1),
    framework_title=st.just("Школьный лист"),
    edition=st.just(1),
    unit_name=st.sampled_from(("МБОУ СОШ № 1", "МБОУ СОШ № 2")),
    unit_code=st.just(""),
    unit_kind=st.just(UnitKind.SCHOOL),
    municipality=st.just("Томаринский"),
    submitted_on=st.none() | st.just(date(2026, 10, 1)),
    submitted_by=st.just("Кто-то"),
    accepted_on=st.just(date(2026, 10, 2)),
    accepted_by=st.just("Кто-то"),
    share=st.none() | NUMBERS,
    level=st.sampled_from(("высокий", "средний")),
    criteria=st.lists(CRITERIA, max_size=4, unique_by=lambda one: one.code).map(tuple),
)
STAMP = Stamp(1, "Сотрудник (Регион)", datetime(2026, 10, 5, 3, tzinfo=UTC))


@settings(max_examples=40)
@given(SHEETS, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_were_read_does_not_matter(sheet: SheetFacts, chance: random.Random):
    shuffled = dataclasses.replace(
        sheet,
        criteria=tuple(
            dataclasses.replace(one, proofs=tuple(chance.sample(one.proofs, len(one.proofs))))
            for one in chance.sample(sheet.criteria, len(sheet.criteria))
        ),
    )
    assert text_of(facts_of(shuffled, STAMP)) == text_of(facts_of(sheet, STAMP))


PROOF = Proof(EvidenceKind.ORDER, "Приказ", "5", date(2026, 1, 2), "https://school.example", frozenset({(1, "a" * 64)}))
ONE = Mark(Decimal(1), Decimal(1), False, "1 — частично")
CRITERION = CriterionFacts(
    *("Д1", "Положение", "Документы", 0, Decimal(1), Decimal(2)),
    *(ONE, "причина", "пояснение", ONE, "проверка", ONE, "договорились", ONE, (PROOF,)),
)
SHEET = SheetFacts(
    *(7, 3, "Мониторинг", 2, "Лист", 4, "СОШ", "01", UnitKind.SCHOOL, "Округ"),
    *(date(2026, 10, 1), "А", date(2026, 10, 2), "Б", Decimal("83.5000"), "средний"),
    criteria=(CRITERION,),
)


def changed_each(one: object):
    """The same with each of its facts changed in turn."""
    for each in dataclasses.fields(one):
        value = getattr(one, each.name)
        others = {
            bool: lambda was: not was,
            Decimal: lambda was: was + 1,
            int: lambda was: was + 1,
            date: lambda was: was + timedelta(days=1),
            EvidenceKind: lambda was: EvidenceKind.LETTER,
            UnitKind: lambda was: UnitKind.MUNICIPALITY,
            frozenset: lambda was: was | {(2, "b" * 64)},
            tuple: lambda was: (),
            str: lambda was: f"{was}!",
        }
        if not isinstance(value, Mark):
            yield each.name, dataclasses.replace(one, **{each.name: others[type(value)](value)})


def test_every_single_fact_is_in_the_bytes():
    whole = text_of(facts_of(SHEET, STAMP))

    def with_criterion(**values):
        return dataclasses.replace(SHEET, criteria=(dataclasses.replace(CRITERION, **values),))

    sheets = {name: facts_of(sheet, STAMP) for name, sheet in changed_each(SHEET)}
    for name, criterion in changed_each(CRITERION):
        sheets[f"criterion {name}"] = facts_of(dataclasses.replace(SHEET, criteria=(criterion,)), STAMP)
    for name, mark in changed_each(ONE):
        for side in ("own", "checked", "agreed", "final"):
            sheets[f"{side} {name}"] = facts_of(with_criterion(**{side: mark}), STAMP)
    for name, proof in changed_each(PROOF):
        sheets[f"proof {name}"] = facts_of(with_criterion(proofs=(proof,)), STAMP)
    for name, stamp in (
        ("number", dataclasses.replace(STAMP, number=2)),
        ("by", dataclasses.replace(STAMP, approved_by="Другой")),
        ("at", dataclasses.replace(STAMP, approved_at=STAMP.approved_at + timedelta(microseconds=1))),
        ("previous", dataclasses.replace(STAMP, previous_digest="a" * 64)),
        ("none", None),
    ):
        sheets[f"stamp {name}"] = facts_of(SHEET, stamp)
    assert len(sheets) > 40
    assert [name for name, facts in sheets.items() if text_of(facts) == whole] == []
    # An approval is no change of the sheet; every fact that people gave is one.
    told = {name for name, facts in sheets.items() if differences(facts_of(SHEET, None), facts)}
    assert {"unit_name", "share", "level"} <= told
    assert {name for name in sheets if name.split()[0] in {"own", "checked", "agreed", "final", "proof"}} - told == {
        f"{side} shown" for side in ("own", "checked", "agreed", "final")
    }
    assert not any(name.startswith("stamp") for name in told)


def test_the_text_is_canonical():
    known = dataclasses.replace(CRITERION, max_points=Decimal("100.00"), own=Mark(Decimal(0)))
    sheet = dataclasses.replace(SHEET, criteria=(known,))
    east = timezone(timedelta(hours=11))
    text = text_of(facts_of(sheet, dataclasses.replace(STAMP, approved_at=STAMP.approved_at.astimezone(east))))
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert '"share":"83.5"' in text
    assert '"max":"100"' in text
    assert '"value":"0"' in text
    assert '"submitted_on":"2026-10-01"' in text
    assert '"at":"2026-10-05T03:00:00+00:00"' in text
    assert "Положение" in text
    assert digest_of(text) == hashlib.sha256(text.encode("utf-8")).hexdigest()


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_the_first_fifty_bits_in_letters_without_look_alikes(digest: bytes):
    code = code_of(digest.hex())
    letters = code.replace("-", "")
    assert [len(part) for part in code.split("-")] == [4, 4, 2]
    value = 0
    for letter in letters:
        value = value * 32 + ALPHABET.index(letter)
    assert value == int.from_bytes(digest) >> 206
    assert folded_code(code) == code
    assert folded_code(letters.lower()) == code


def test_the_alphabet_has_no_look_alikes():
    assert len(set(ALPHABET)) == 32
    assert not set(ALPHABET) & set("ILOU")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0123-4567-89", "0123-4567-89"),
        (" o123 4567—89 ", "0123-4567-89"),
        ("OI23-4S67-8L", "0123-4S67-81"),
        # Cyrillic letters of the same shape, as they come from a Russian keyboard.
        ("АВСЕ-НКМР-ТХ", "ABCE-HKMP-TX"),
        ("авсе-нкмр-ту", "ABCE-HKMP-TY"),
        ("ОЗ12-3456-78", "0312-3456-78"),
        ("UU12-3456-78", "VV12-3456-78"),
    ],
)
def test_what_people_type_is_folded(typed, meant):
    assert folded_code(typed) == meant


@pytest.mark.parametrize("typed", ["", "0123-4567-8", "0123-4567-890", "ЖЖЖЖ-ЖЖЖЖ-ЖЖ", "0123-4567-8!", "%" * 10])
def test_what_is_no_code_is_none(typed):
    assert folded_code(typed) is None


def test_a_difference_is_told_in_words_and_another_wording_is_none():
    def sheet(**more):
        known = CriterionFacts("Д1", "Положение", "Документы", 0, Decimal(1), Decimal(2), **more)
        return facts_of(
            SheetFacts(1, 1, "", 1, "", 1, "СОШ", "", UnitKind.SCHOOL, "", None, "", None, "", None, "", (known,)), None
        )

    two = Mark(Decimal(2), Decimal(2), shown="2 — есть")
    reworded = Mark(Decimal(2), Decimal(2), shown="2 — имеется")
    one = Mark(Decimal(1), Decimal(1), shown="1 — частично")
    assert differences(sheet(own=two), sheet(own=reworded)) == []
    (found,) = differences(sheet(own=two), sheet(own=one))
    assert (found.code, found.what) == ("Д1", "Ответ организации")
    assert (found.before, found.after) == ("2 — есть (баллов: 2)", "1 — частично (баллов: 1)")
    proof = Proof(EvidenceKind.LOCAL_ACT, "Положение", "5", date(2026, 2, 1), revisions=frozenset({(1, "a" * 64)}))
    (found,) = differences(sheet(proofs=(proof,)), sheet())
    assert found.before == "локальный акт «Положение» № 5 от 01.02.2026 [файл aaaaaaaa]"
    assert found.after == "нет"
    # Only the end of the digest differs: the words cannot show it, the fact is told all the same.
    other = dataclasses.replace(proof, revisions=frozenset({(1, "a" * 63 + "b")}))
    assert [one.what for one in differences(sheet(proofs=(proof,)), sheet(proofs=(other,)))] == ["Подтверждения"]
