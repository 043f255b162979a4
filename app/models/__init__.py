"""Tables and their invariants. Importing this package registers every model with the metadata."""

from app.models import sqlite as _sqlite
from app.models.analytical_note import AnalyticalNote
from app.models.assessment import Assessment, AssessmentApproval, CriterionScore, ScoreEvidence
from app.models.assignment import Assignment, AssignmentPeriod
from app.models.assignment_report import AssignmentReport, TermExtension
from app.models.audit_event import AuditEvent
from app.models.base import Base
from app.models.evidence import Evidence, EvidenceRevision, ReportEvidence
from app.models.expertise import Expertise, ExpertScore
from app.models.framework import Criterion, CriterionLevel, Framework, FrameworkSection, LevelBand
from app.models.job import Job, ScheduleRun
from app.models.list_preset import ListPreset
from app.models.mailing import Mailing, MailingRecipient, MailMessage, MailRefusal
from app.models.monitoring_round import LatePermit, MonitoringRound, RoundAddressee, RoundDateChange
from app.models.order import AddresseeClause, Order, OrderGround, OrderPoint
from app.models.order_amendment import AmendmentChange, OrderAmendment
from app.models.org_unit import OrgUnit, OrgUnitName, OrgUnitPlacement
from app.models.user import Membership, OneTimeLink, SignInAttempt, User
from app.models.workbook_import import WorkbookImport

# Imported for what it does to connections.
del _sqlite

__all__ = [
    "AddresseeClause",
    "AmendmentChange",
    "AnalyticalNote",
    "Assessment",
    "AssessmentApproval",
    "Assignment",
    "AssignmentPeriod",
    "AssignmentReport",
    "AuditEvent",
    "Base",
    "Criterion",
    "CriterionLevel",
    "CriterionScore",
    "Evidence",
    "EvidenceRevision",
    "ExpertScore",
    "Expertise",
    "Framework",
    "FrameworkSection",
    "Job",
    "LatePermit",
    "LevelBand",
    "ListPreset",
    "MailMessage",
    "MailRefusal",
    "Mailing",
    "MailingRecipient",
    "Membership",
    "MonitoringRound",
    "OneTimeLink",
    "Order",
    "OrderAmendment",
    "OrderGround",
    "OrderPoint",
    "OrgUnit",
    "OrgUnitName",
    "OrgUnitPlacement",
    "ReportEvidence",
    "RoundAddressee",
    "RoundDateChange",
    "ScheduleRun",
    "ScoreEvidence",
    "SignInAttempt",
    "TermExtension",
    "User",
    "WorkbookImport",
]
