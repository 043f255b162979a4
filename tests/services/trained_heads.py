"""Heads and deputies with their documents: what the metric of training counts."""

from __future__ import annotations

from datetime import date

from app.models.enumeration_of_training import PositionKind
from tests.factories.training import add_certificate, add_person, add_topic

DAY = date(2026, 10, 5)


def train(engine, world, unit, kind=PositionKind.HEAD, **values):
    """A person of the unit in this position, with a document on the topic that counts unless told otherwise."""
    topic = values.pop("topic", None) or add_topic(engine, world)
    person = add_person(engine, world, unit, kind=kind, started_on=values.pop("since", date(2020, 9, 1)))
    return add_certificate(engine, world, person, topic=topic, **({"issued_on": DAY, "number": unit} | values))
