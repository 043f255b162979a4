"""What is wrong with a document: each rule by itself, at its edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.models.enumeration_of_training import DocumentKind
from app.services.certificate_details import TypedCertificate, code
from app.services.certificate_examination import remarks_on
from app.services.certificate_number import Clash
from app.services.training_norm import Norm

pytestmark = pytest.mark.once

TODAY = date(2026, 11, 22)
NORM = Norm(DocumentKind.ADVANCED, 16, 36, "приказ № 266, п. 18", date(2013, 7, 1))
SOUND = TypedCertificate(
    document_kind=DocumentKind.ADVANCED,
    series="",
    number="1",
    registration_number="",
    issued_on=date(2026, 10, 10),
    hours=36,
    programme_title="ВСОКО",
    topic_id=1,
    issuer_name="Академия",
    started_on=date(2026, 9, 1),
    ended_on=date(2026, 10, 10),
    holder_name="",
)
NAME = "Ким-Фёдорова Анна Петровна"


def told(norm=NORM, clash=Clash(), **changes):  # noqa: B008 - it is frozen
    found = remarks_on(replace(SOUND, **changes), NAME, norm, clash, today=TODAY)
    return [(remark.field, remark.is_error) for remark in found]


def test_a_sound_document_has_no_remark():
    assert told() == []
    assert told(started_on=None, ended_on=None) == []
    assert told(hours=16, issued_on=TODAY, holder_name="КИМ - ФЕДОРОВА А. П.") == []


@pytest.mark.parametrize(
    ("changes", "remarks"),
    [
        ({"hours": 15}, [("hours", True)]),
        ({"issued_on": date(2026, 11, 23)}, [("issued_on", True)]),
        ({"issued_on": date(2026, 10, 9)}, [("issued_on", False)]),
        ({"issued_on": date(2026, 8, 31)}, [("issued_on", True)]),
        ({"ended_on": date(2026, 8, 31)}, [("ended_on", True)]),
        ({"topic_id": None}, [("topic_id", False)]),
        ({"holder_name": "Ким Анна Петровна"}, [("holder_name", False)]),
        ({"holder_name": "Иванова Мария Петровна"}, [("holder_name", False)]),
        # The last day itself still counts.
        ({"issued_on": date(2023, 11, 23), "started_on": None, "ended_on": None}, []),
        ({"issued_on": date(2023, 11, 22), "started_on": None, "ended_on": None}, [("issued_on", False)]),
        ({"clash": Clash(same_person=True)}, [("number", True)]),
        ({"clash": Clash(another=True)}, [("number", False)]),
        ({"clash": Clash(same_person=True, another=True)}, [("number", True)]),
        # Errors stand first.
        ({"topic_id": None, "hours": 1}, [("hours", True), ("topic_id", False)]),
    ],
)
def test_every_fault_is_told_at_its_field(changes, remarks):
    assert told(**changes) == remarks


def test_the_source_of_the_norm_is_named():
    found = remarks_on(replace(SOUND, hours=8), NAME, NORM, Clash(), today=TODAY)
    assert NORM.source in found[0].sentence
    retraining = Norm(DocumentKind.RETRAINING, 250, None, "приказ № 266", date(2013, 7, 1))
    changes = {"document_kind": DocumentKind.RETRAINING, "issued_on": date(2010, 1, 1), "started_on": None}
    assert told(norm=retraining, hours=250, ended_on=None, **changes) == []
    assert told(norm=retraining, hours=249, ended_on=None, **changes) == [("hours", True)]


@pytest.mark.parametrize(
    ("raw", "field", "kept"),
    [
        (" № 6524 0012\u00a03 ", "number", "652400123"),
        ("нет", "series", ""),
        ("–", "series", ""),
        ("нет", "number", "нет"),
    ],
)
def test_numbers_are_kept_without_blanks(raw, field, kept):
    assert code(raw, field) == kept
