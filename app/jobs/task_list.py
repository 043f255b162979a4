"""Every module with tasks or schedules: importing this one makes them known."""

from app.jobs import mailing, measure_effect, measured, order_issue, upkeep, workbook_import

MODULES = (mailing, measure_effect, measured, order_issue, upkeep, workbook_import)
