"""The policy: one table, permission × unit kind × duty, closed by default. Printed from here into app/README.md."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import lru_cache

from app.models.enumeration import Duty, UnitKind

REGION, MUNICIPALITY, SCHOOL, PROVIDER = UnitKind.REGION, UnitKind.MUNICIPALITY, UnitKind.SCHOOL, UnitKind.PROVIDER
OPERATOR, APPROVER, COORDINATOR, EXPERT, OBSERVER, UNIT_ADMIN = (
    Duty.OPERATOR,
    Duty.APPROVER,
    Duty.TRAINING_COORDINATOR,
    Duty.EXPERT,
    Duty.OBSERVER,
    Duty.UNIT_ADMIN,
)


class Permission(enum.StrEnum):
    WORK_READ = "work.read"
    ORDER_READ = "order.read"
    ORDER_WRITE = "order.write"
    ORDER_ISSUE = "order.issue"
    ORDER_AMEND = "order.amend"
    ASSIGNMENT_READ = "assignment.read"
    ASSIGNMENT_REPORT = "assignment.report"
    ASSIGNMENT_CASCADE = "assignment.cascade"
    ASSIGNMENT_CHECK = "assignment.check"
    ASSIGNMENT_CONTROL = "assignment.control"
    EXTENSION_ASK = "extension.ask"
    EXTENSION_DECIDE = "extension.decide"
    EVIDENCE_READ = "evidence.read"
    EVIDENCE_WRITE = "evidence.write"
    FRAMEWORK_READ = "framework.read"
    FRAMEWORK_WRITE = "framework.write"
    FRAMEWORK_PUBLISH = "framework.publish"
    ROUND_READ = "round.read"
    ROUND_WRITE = "round.write"
    ROUND_OPEN = "round.open"
    ASSESSMENT_READ = "assessment.read"
    ASSESSMENT_FILL = "assessment.fill"
    ASSESSMENT_SEND = "assessment.send"
    ASSESSMENT_CHECK = "assessment.check"
    ASSESSMENT_ACCEPT = "assessment.accept"
    ASSESSMENT_APPROVE = "assessment.approve"
    EXPERTISE_ASSIGN = "expertise.assign"
    EXPERTISE_WRITE = "expertise.write"
    NOTE_WRITE = "note.write"
    STAFF_READ = "staff.read"
    STAFF_WRITE = "staff.write"
    STAFF_IDENTITY = "staff.identity"
    PROGRAMME_READ = "programme.read"
    PROGRAMME_WRITE = "programme.write"
    PROGRAMME_AGREE = "programme.agree"
    GROUP_READ = "group.read"
    GROUP_WRITE = "group.write"
    ENROLMENT_READ = "enrolment.read"
    ENROLMENT_APPLY = "enrolment.apply"
    ENROLMENT_KEEP = "enrolment.keep"
    CERTIFICATE_READ = "certificate.read"
    CERTIFICATE_WRITE = "certificate.write"
    CERTIFICATE_CONFIRM = "certificate.confirm"
    REQUIREMENT_READ = "requirement.read"
    REQUIREMENT_WRITE = "requirement.write"
    REGISTER_OF_DOCUMENTS = "register_of_documents"
    LEARNING_SITE_READ = "learning_site.read"
    LEARNING_SITE_WRITE = "learning_site.write"
    PLATFORM_WRITE = "platform.write"
    FINDING_READ = "finding.read"
    FINDING_WRITE = "finding.write"
    FINDING_CLOSE = "finding.close"
    MEASURE_READ = "measure.read"
    MEASURE_WRITE = "measure.write"
    MEASURE_VERIFY = "measure.verify"
    MEASURE_CATALOGUE = "measure.catalogue"
    LETTER_TEMPLATE = "letter.template"
    EXPORT = "export"
    WORKBOOK_IMPORT = "workbook.import"
    PRESET_OFFER = "preset.offer"
    MAILING_WRITE = "mailing.write"
    ORG_UNIT_READ = "org_unit.read"
    ORG_UNIT_WRITE = "org_unit.write"
    ORG_UNIT_MOVE = "org_unit.move"
    REGION_WRITE = "region.write"
    USER_READ = "user.read"
    USER_WRITE = "user.write"
    AUDIT_READ = "audit.read"


@dataclass(frozen=True, slots=True)
class Grant:
    """These duties in units of these kinds."""

    kinds: frozenset[UnitKind]
    duties: frozenset[Duty]


def _grant(kinds: tuple[UnitKind, ...], *duties: Duty) -> Grant:
    return Grant(frozenset(kinds), frozenset(duties))


ANY_UNIT = tuple(UnitKind)
ABOVE = (REGION, MUNICIPALITY)
BELOW_REGION = (MUNICIPALITY, SCHOOL, PROVIDER)
ASSESSED = (MUNICIPALITY, SCHOOL)
ANY_DUTY = tuple(Duty)

POLICY: dict[Permission, tuple[Grant, ...]] = {
    Permission.WORK_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.ORDER_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.ORDER_WRITE: (_grant(ABOVE, OPERATOR, APPROVER),),
    Permission.ORDER_ISSUE: (_grant(ABOVE, APPROVER),),
    Permission.ORDER_AMEND: (_grant(ABOVE, APPROVER),),
    Permission.ASSIGNMENT_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.ASSIGNMENT_REPORT: (_grant(BELOW_REGION, OPERATOR),),
    Permission.ASSIGNMENT_CASCADE: (_grant((MUNICIPALITY,), OPERATOR, APPROVER),),
    Permission.ASSIGNMENT_CHECK: (_grant(ABOVE, APPROVER),),
    Permission.ASSIGNMENT_CONTROL: (_grant(ABOVE, APPROVER),),
    Permission.EXTENSION_ASK: (_grant(BELOW_REGION, OPERATOR, APPROVER),),
    Permission.EXTENSION_DECIDE: (_grant(ABOVE, APPROVER),),
    Permission.EVIDENCE_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    # New files, terms, removal of what nothing rests on; adding proof goes with what it proves.
    Permission.EVIDENCE_WRITE: (_grant(ANY_UNIT, OPERATOR, APPROVER, COORDINATOR),),
    Permission.FRAMEWORK_READ: (_grant((*ABOVE, SCHOOL), *ANY_DUTY),),
    Permission.FRAMEWORK_WRITE: (_grant(ABOVE, OPERATOR, APPROVER),),
    Permission.FRAMEWORK_PUBLISH: (_grant(ABOVE, APPROVER),),
    Permission.ROUND_READ: (_grant((*ABOVE, SCHOOL), *ANY_DUTY),),
    Permission.ROUND_WRITE: (_grant(ABOVE, OPERATOR, APPROVER),),
    # Opens, moves dates, grants permits, closes.
    Permission.ROUND_OPEN: (_grant(ABOVE, APPROVER),),
    Permission.ASSESSMENT_READ: (_grant((*ABOVE, SCHOOL), *ANY_DUTY),),
    Permission.ASSESSMENT_FILL: (_grant(ASSESSED, OPERATOR),),
    Permission.ASSESSMENT_SEND: (_grant(ASSESSED, APPROVER),),
    # The checker's own values and remarks; acceptance and return are the approver's.
    Permission.ASSESSMENT_CHECK: (_grant(ABOVE, OPERATOR, APPROVER),),
    Permission.ASSESSMENT_ACCEPT: (_grant(ABOVE, APPROVER),),
    Permission.ASSESSMENT_APPROVE: (_grant(ABOVE, APPROVER),),
    Permission.EXPERTISE_ASSIGN: (_grant(ABOVE, APPROVER),),
    Permission.EXPERTISE_WRITE: (_grant(ABOVE, EXPERT),),
    Permission.NOTE_WRITE: (_grant(ABOVE, OPERATOR, APPROVER),),
    Permission.STAFF_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.STAFF_WRITE: (_grant(ANY_UNIT, COORDINATOR),),
    # СНИЛС, the day of birth; every sight is written down.
    Permission.STAFF_IDENTITY: (_grant(ANY_UNIT, COORDINATOR),),
    Permission.PROGRAMME_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.PROGRAMME_WRITE: (_grant((REGION, PROVIDER), COORDINATOR),),
    Permission.PROGRAMME_AGREE: (_grant((REGION,), APPROVER),),
    Permission.GROUP_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.GROUP_WRITE: (_grant((REGION, PROVIDER), COORDINATOR),),
    Permission.ENROLMENT_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.ENROLMENT_APPLY: (_grant((*ABOVE, SCHOOL), COORDINATOR),),
    # Enrols, marks attendance and results, issues documents.
    Permission.ENROLMENT_KEEP: (_grant((REGION, PROVIDER), COORDINATOR),),
    Permission.CERTIFICATE_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.CERTIFICATE_WRITE: (_grant(ANY_UNIT, COORDINATOR),),
    Permission.CERTIFICATE_CONFIRM: (_grant(ABOVE, COORDINATOR),),
    Permission.REQUIREMENT_READ: (_grant((*ABOVE, SCHOOL), *ANY_DUTY),),
    # Also topics and norms, which are the region's.
    Permission.REQUIREMENT_WRITE: (_grant(ABOVE, COORDINATOR),),
    # ФИС ФРДО: whole lists of documents with СНИЛС.
    Permission.REGISTER_OF_DOCUMENTS: (_grant((REGION, PROVIDER), COORDINATOR),),
    # Moodle-like sites from which completions are taken; what they tell goes into enrolments by `enrolment.keep`.
    Permission.LEARNING_SITE_READ: (_grant((REGION, PROVIDER), COORDINATOR, UNIT_ADMIN),),
    Permission.LEARNING_SITE_WRITE: (_grant((REGION, PROVIDER), COORDINATOR, UNIT_ADMIN),),
    # Platforms that open this product by LTI, and whose account each of their people is.
    Permission.PLATFORM_WRITE: (_grant(ANY_UNIT, UNIT_ADMIN),),
    Permission.FINDING_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.FINDING_WRITE: (_grant(ANY_UNIT, OPERATOR, APPROVER),),
    Permission.FINDING_CLOSE: (_grant(ANY_UNIT, APPROVER),),
    Permission.MEASURE_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.MEASURE_WRITE: (_grant(ANY_UNIT, OPERATOR, APPROVER),),
    Permission.MEASURE_VERIFY: (_grant(ABOVE, APPROVER),),
    # Causes and templates of measures: the region's lists.
    Permission.MEASURE_CATALOGUE: (_grant((REGION,), OPERATOR, APPROVER),),
    Permission.LETTER_TEMPLATE: (_grant((REGION,), UNIT_ADMIN),),
    Permission.EXPORT: (_grant(ANY_UNIT, *ANY_DUTY),),
    # Each register asks for its own permission besides.
    Permission.WORKBOOK_IMPORT: (_grant(ANY_UNIT, OPERATOR, APPROVER, COORDINATOR, EXPERT, UNIT_ADMIN),),
    Permission.PRESET_OFFER: (_grant(ABOVE, OPERATOR, APPROVER, UNIT_ADMIN),),
    Permission.MAILING_WRITE: (_grant(ABOVE, OPERATOR, APPROVER),),
    Permission.ORG_UNIT_READ: (_grant(ANY_UNIT, *ANY_DUTY),),
    Permission.ORG_UNIT_WRITE: (_grant(ABOVE, UNIT_ADMIN),),
    Permission.ORG_UNIT_MOVE: (_grant((REGION,), UNIT_ADMIN),),
    Permission.REGION_WRITE: (),
    Permission.USER_READ: (_grant(ANY_UNIT, UNIT_ADMIN),),
    Permission.USER_WRITE: (_grant(ANY_UNIT, UNIT_ADMIN),),
    Permission.AUDIT_READ: (
        _grant((REGION,), OPERATOR, APPROVER, OBSERVER, UNIT_ADMIN),
        _grant((MUNICIPALITY, SCHOOL, PROVIDER), APPROVER, UNIT_ADMIN),
    ),
}

# An installation administrator manages regions and accounts, and sees no records.
INSTALLATION_ADMIN: frozenset[Permission] = frozenset(
    {
        Permission.REGION_WRITE,
        Permission.ORG_UNIT_READ,
        Permission.ORG_UNIT_WRITE,
        Permission.USER_READ,
        Permission.USER_WRITE,
        Permission.EXPORT,
        Permission.WORKBOOK_IMPORT,
        Permission.AUDIT_READ,
    }
)


@lru_cache(maxsize=512)
def permissions_of(
    kind: UnitKind | None, duties: frozenset[Duty], *, installation_admin: bool
) -> frozenset[Permission]:
    """What these duties in a unit of this kind allow; without a unit, nothing."""
    granted = {
        permission
        for permission, grants in POLICY.items()
        if kind is not None and any(kind in grant.kinds and duties & grant.duties for grant in grants)
    }
    return frozenset(granted | INSTALLATION_ADMIN) if installation_admin else frozenset(granted)


def policy_rows() -> list[tuple[str, str, str]]:
    """The table for people: permission, kinds of units, duties."""
    rows = []
    for permission, grants in POLICY.items():
        for grant in grants:
            kinds = ", ".join(kind.label for kind in UnitKind if kind in grant.kinds)
            duties = (
                "любое" if len(grant.duties) == len(Duty) else ", ".join(d.label for d in Duty if d in grant.duties)
            )
            rows.append((permission.value, kinds, duties))
        if permission in INSTALLATION_ADMIN:
            rows.append((permission.value, "установка", "администратор установки"))
    return rows
