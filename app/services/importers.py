"""The registers that take rows in from a workbook, by their words."""

from __future__ import annotations

from app.policies.actor import Actor
from app.policies.refusal import NotFound
from app.services import (
    assignment_import,
    certificate_import,
    order_import,
    org_unit_import,
    staff_import,
    user_import,
)
from app.services.bulk_import import Importer

IMPORTERS: dict[str, Importer] = {
    one.register: one
    for one in (
        assignment_import.IMPORTER,
        certificate_import.IMPORTER,
        order_import.IMPORTER,
        org_unit_import.IMPORTER,
        staff_import.IMPORTER,
        user_import.IMPORTER,
    )
}


def importer_of(register: str) -> Importer:
    """Raises NotFound for a word that no register has."""
    found = IMPORTERS.get(register)
    if found is None:
        raise NotFound("Такого реестра нет.")
    return found


def may_load(actor: Actor, register: str) -> bool:
    found = IMPORTERS.get(register)
    return found is not None and actor.may(found.permission)
