"""A mailing of each unit above to one unit below it: who keeps it, who gets it, and words for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from app.models import Mailing, MailingRecipient, MailMessage, User
from app.models.mailing import MailTiming
from app.policies.unscoped import open_session
from tests.factories.canaries import LETTERS_OF, Records, canary
from tests.factories.world import World

THEN = datetime(2026, 9, 1, tzinfo=UTC)


def add_mailings(engine: Engine, world: World, records: Records) -> None:
    with open_session(engine, reason="tests set up mailings") as session:
        session.connection(execution_options={"writes": True})
        for login, number in world.users.items():
            session.get_one(User, number).email = f"{login}@example.ru"
        for reader, keeper in LETTERS_OF.items():
            region = "foreign_region" if keeper.startswith("foreign_") else "region"
            word = canary(f"{keeper} mailing")
            mailing = Mailing(
                org_unit_id=world.units[keeper],
                title=word,
                content="order_execution",
                order_id=records.of["order"][region],
                timing=MailTiming.WEEKLY,
                weekday=0,
                hour=8,
                made_by_id=world.users[keeper],
                made_by=canary(f"{keeper} mailing"),
                armed_at=THEN,
                seal=keeper,
            )
            session.add(mailing)
            session.flush()
            person = {"user_id": world.users[reader], "unit_id": world.units[reader], "name": word, "unit_name": word}
            recipient = MailingRecipient(org_unit_id=world.units[keeper], mailing_id=mailing.id, **person)
            letter = MailMessage(
                org_unit_id=world.units[keeper],
                mailing_id=mailing.id,
                slot="2026-09-07",
                message_id=f"{keeper}@example.ru",
                subject=word,
                text=word,
                made_at=THEN,
                next_try_at=THEN,
                **person,
            )
            session.add_all([recipient, letter])
            session.flush()
            records.add("mailing", keeper, mailing.id)
            records.add("mailing recipient", keeper, recipient.id)
            records.add("letters", reader, mailing.id)
