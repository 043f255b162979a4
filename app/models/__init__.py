"""Tables and their invariants. Importing this package registers every model with the metadata."""

from app.models import sqlite as _sqlite
from app.models.analytical_note import AnalyticalNote
from app.models.answer_letter import AnswerLetter, LetterTemplate
from app.models.assessment import Assessment, AssessmentApproval, CriterionScore, ScoreEvidence
from app.models.assignment import Assignment, AssignmentPeriod
from app.models.assignment_report import AssignmentReport, TermExtension
from app.models.audit_event import AuditEvent
from app.models.base import Base
from app.models.certificate import Certificate
from app.models.corrective_measure import (
    CorrectiveMeasure,
    MeasureEvidence,
    MeasureFinding,
    MeasureTemplate,
    MeasureUnit,
)
from app.models.enrolment import Attendance, Enrolment
from app.models.evidence import Evidence, EvidenceRevision, ReportEvidence
from app.models.expertise import Expertise, ExpertScore
from app.models.finding import Finding, FindingCause, FindingPoint
from app.models.framework import Criterion, CriterionLevel, Framework, FrameworkSection, LevelBand
from app.models.job import Job, ScheduleRun
from app.models.learning_site import (
    LearningAnswer,
    LearningCourse,
    LearningOutcome,
    LearningPerson,
    LearningSite,
)
from app.models.list_preset import ListPreset
from app.models.lti_exchange import LtiKey, LtiKeyset, LtiState, LtiTicket
from app.models.lti_platform import LtiAccount, LtiCourse, LtiDeployment, LtiPlatform, LtiScore
from app.models.mailing import Mailing, MailingRecipient, MailMessage, MailRefusal
from app.models.monitoring_round import LatePermit, MonitoringRound, RoundAddressee, RoundDateChange
from app.models.order import AddresseeClause, Order, OrderGround, OrderPoint
from app.models.order_amendment import AmendmentChange, OrderAmendment
from app.models.org_unit import OrgUnit, OrgUnitName, OrgUnitPlacement
from app.models.programme import Programme, TrainingNorm, TrainingTopic
from app.models.staff_member import StaffIdentity, StaffMember, StaffPosition
from app.models.training_group import TrainingGroup, TrainingSession
from app.models.training_requirement import RequirementAddressee, TrainingRequirement
from app.models.user import Membership, OneTimeLink, SignInAttempt, User
from app.models.workbook_import import WorkbookImport

# Imported for what it does to connections.
del _sqlite

__all__ = [
    "AddresseeClause",
    "AmendmentChange",
    "AnalyticalNote",
    "AnswerLetter",
    "Assessment",
    "AssessmentApproval",
    "Assignment",
    "AssignmentPeriod",
    "AssignmentReport",
    "Attendance",
    "AuditEvent",
    "Base",
    "Certificate",
    "CorrectiveMeasure",
    "Criterion",
    "CriterionLevel",
    "CriterionScore",
    "Enrolment",
    "Evidence",
    "EvidenceRevision",
    "ExpertScore",
    "Expertise",
    "Finding",
    "FindingCause",
    "FindingPoint",
    "Framework",
    "FrameworkSection",
    "Job",
    "LatePermit",
    "LearningAnswer",
    "LearningCourse",
    "LearningOutcome",
    "LearningPerson",
    "LearningSite",
    "LetterTemplate",
    "LevelBand",
    "ListPreset",
    "LtiAccount",
    "LtiCourse",
    "LtiDeployment",
    "LtiKey",
    "LtiKeyset",
    "LtiPlatform",
    "LtiScore",
    "LtiState",
    "LtiTicket",
    "MailMessage",
    "MailRefusal",
    "Mailing",
    "MailingRecipient",
    "MeasureEvidence",
    "MeasureFinding",
    "MeasureTemplate",
    "MeasureUnit",
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
    "Programme",
    "ReportEvidence",
    "RequirementAddressee",
    "RoundAddressee",
    "RoundDateChange",
    "ScheduleRun",
    "ScoreEvidence",
    "SignInAttempt",
    "StaffIdentity",
    "StaffMember",
    "StaffPosition",
    "TermExtension",
    "TrainingGroup",
    "TrainingNorm",
    "TrainingRequirement",
    "TrainingSession",
    "TrainingTopic",
    "User",
    "WorkbookImport",
]
