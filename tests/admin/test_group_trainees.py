"""The people of a training group in the browser: application, order, attendance, results, documents, the list in Excel."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.models import Certificate, Enrolment, TrainingSession
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, PositionKind
from app.services import clock
from tests.factories.training import add_group, add_person, add_programme, enrol, writing

Status = EnrolmentStatus
TODAY = clock.today("Asia/Sakhalin")


def days(shift: int) -> date:
    return TODAY + timedelta(days=shift)
