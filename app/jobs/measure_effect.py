"""Whether measures helped is written down by itself, once the round that says it is closed."""

from __future__ import annotations

from datetime import timedelta

from app.jobs.schedule import Every, Turn, schedule
from app.services.effect_record import record_everywhere

# In the night of the regions of the country, after the measured criteria have been counted.
AT_NIGHT = timedelta(hours=21)


@schedule("record effects", every=Every.DAY, after=AT_NIGHT)
def record_effects(turn: Turn) -> None:
    record_everywhere(turn.session, now=turn.now)
