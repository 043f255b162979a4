"""A three-way merge of single values: what was given out, what came back, what stands now."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Side(enum.StrEnum):
    """Whose value a person chose where both sides changed it."""

    FILE = "file"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Merged:
    """`values` are what is to stand; `own` the keys that the file changes, `conflicts` those waiting for a choice."""

    values: Mapping[str, str]
    own: frozenset[str]
    conflicts: frozenset[str]


def merged(
    base: Mapping[str, str], file: Mapping[str, str], present: Mapping[str, str], chosen: Mapping[str, Side]
) -> Merged:
    """Cell by cell over the keys of `file`; a key in conflict keeps its present value until it is chosen."""
    values, own, conflicts = dict(present), set(), set()
    for key, written in file.items():
        stood, stands = base.get(key, ""), present.get(key, "")
        if written in {stood, stands}:
            continue
        if stands != stood and key not in chosen:
            conflicts.add(key)
        elif stands == stood or chosen[key] is Side.FILE:
            values[key] = written
            own.add(key)
    return Merged(values, frozenset(own), frozenset(conflicts))
