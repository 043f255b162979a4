"""Every module with tasks or schedules: importing this one makes them known."""

from app.jobs import mailing, measured, order_issue, upkeep, workbook_import

MODULES = (mailing, measured, order_issue, upkeep, workbook_import)
