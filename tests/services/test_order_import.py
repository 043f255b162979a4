"""Orders from a workbook: which document a row means."""

from __future__ import annotations

from datetime import date

from app.models import OrgUnit
from app.services import workbook_import
from app.services.row_verdict import VerdictKind
from tests.services.workbook_rounds import brought, judged, means, table


def test_ones_own_order_is_known_again_however_its_issuer_is_written(work, tmp_path):
    session, by = work("region"), means(tmp_path)
    session.get_one(OrgUnit, session.actor.unit_id).short_name = "СО"
    session.commit()
    head = ("Вид", "Номер", "Дата", "Заголовок", "Кем выпущено")
    rows = [("приказ", "5", date(2026, 10, 1), "О деле", issuer) for issuer in (None, "Сахалинская область", "СО")]
    together = judged(session, "order", table(head, *rows), by)
    assert [one.kind.value for one in together.verdicts] == ["created", "wrong", "wrong"]
    imported = brought(session, "order", table(head, rows[2]), by)
    workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.commit()
    for row in rows:
        again = judged(session, "order", table(head, row), by)
        assert [one.kind for one in again.verdicts] == [VerdictKind.SAME], row
    together = judged(session, "order", table(head, *rows), by)
    assert [one.kind.value for one in together.verdicts] == ["same", "wrong", "wrong"]
    # A namesake issued by somebody else is another document, and not made here.
    foreign = judged(session, "order", table(head, (*rows[0][:4], "Министерство")), by)
    assert "другой организации" in foreign.verdicts[0].told
