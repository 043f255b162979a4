"""Every module with tasks or schedules: importing this one makes them known."""

from app.jobs import (
    learning_pull,
    lti_keys,
    lti_score,
    mailing,
    measure_effect,
    measured,
    order_issue,
    upkeep,
    workbook_import,
)

MODULES = (learning_pull, lti_keys, lti_score, mailing, measure_effect, measured, order_issue, upkeep, workbook_import)
