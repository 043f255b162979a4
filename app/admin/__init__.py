"""Flask-Admin pages; the menu stands here."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from app.admin.analytical_note import AnalyticalNoteView
from app.admin.answer_letter import AnswerLetterView
from app.admin.assessment import AssessmentView
from app.admin.assessment_paper import AssessmentPaperView
from app.admin.assignment import AssignmentView
from app.admin.audit_event import AuditEventView
from app.admin.certificate import CertificateView
from app.admin.corrective_measure import CorrectiveMeasureView
from app.admin.document_register import DocumentRegisterView
from app.admin.enrolment import EnrolmentView
from app.admin.evidence import EvidenceView
from app.admin.expertise import ExpertiseView
from app.admin.finding import FindingView
from app.admin.finding_order import FindingOrderView
from app.admin.finding_sweep import FindingSweepView
from app.admin.framework import FrameworkView
from app.admin.group_trainees import GroupTraineesView
from app.admin.job import JobView
from app.admin.learning_course import LearningCourseView
from app.admin.learning_file import LearningFileView
from app.admin.learning_outcome import LearningOutcomeView
from app.admin.learning_person import LearningPersonView
from app.admin.learning_site import LearningSiteView
from app.admin.letter_template import LetterTemplateView
from app.admin.lti_account import LtiAccountView
from app.admin.lti_course import LtiCourseView
from app.admin.lti_platform import LtiPlatformView
from app.admin.mail_stop import MailStopView
from app.admin.mailing import MailingView
from app.admin.measure_board import MeasureBoardView
from app.admin.measure_catalogue import MeasureCatalogueView
from app.admin.measure_chain import MeasureChainView
from app.admin.measure_summary import MeasureSummaryView
from app.admin.measure_timeline import MeasureTimelineView
from app.admin.monitoring_round import MonitoringRoundView
from app.admin.order import OrderView
from app.admin.order_matrix import OrderMatrixView
from app.admin.org_unit import OrgUnitView
from app.admin.personal_workbook import PersonalWorkbookView
from app.admin.programme import ProgrammeView
from app.admin.record_view import RecordView
from app.admin.report import ReportView
from app.admin.round_annex import RoundAnnexView
from app.admin.round_grid import RoundGridView
from app.admin.round_results import RoundResultsView
from app.admin.search import SearchView
from app.admin.staff_duplicate import StaffDuplicateView
from app.admin.staff_member import StaffMemberView
from app.admin.staff_position import StaffPositionView
from app.admin.training_coverage import TrainingCoverageView
from app.admin.training_group import TrainingGroupView
from app.admin.training_norm import TrainingNormView
from app.admin.training_proposal import TrainingProposalView
from app.admin.training_requirement import TrainingRequirementView
from app.admin.user import UserView
from app.admin.work import WorkView
from app.admin.workbook_import import WorkbookImportView
from app.policies.permission import Permission
from app.web.shell import MenuEntry

MENU = (
    MenuEntry("Моя работа", "work.index", "inbox", Permission.WORK_READ),
    MenuEntry("Распоряжения", "order.index_view", "file-text", Permission.ORDER_READ),
    MenuEntry("Поручения", "assignment.index_view", "list-checks", Permission.ASSIGNMENT_READ),
    MenuEntry(
        "Мониторинг ВСОКО",
        "monitoring_round.index_view",
        "chart-column",
        Permission.ROUND_READ,
        also=frozenset({"analytical_note", "round_annex", "round_grid", "round_results"}),
    ),
    MenuEntry("Листы оценки", "assessment.index_view", "clipboard-check", Permission.ASSESSMENT_READ),
    MenuEntry("Экспертиза", "expertise.index", "scale", Permission.EXPERTISE_WRITE),
    MenuEntry("Наборы критериев", "framework.index_view", "ruler", Permission.FRAMEWORK_WRITE),
    MenuEntry("Работники", "staff_member.index_view", "id-card", Permission.STAFF_READ),
    MenuEntry(
        "Обучение",
        "training_group.index_view",
        "graduation-cap",
        Permission.GROUP_READ,
        also=frozenset(
            {
                *("certificate", "document_register", "enrolment", "group_trainees", "programme"),
                *("training_coverage", "training_norm", "training_proposal", "training_requirement"),
                *("learning_course", "learning_file", "learning_outcome", "learning_person", "learning_site"),
                "lti_course",
            }
        ),
    ),
    MenuEntry(
        "Недостатки и меры",
        "corrective_measure.index_view",
        "wrench",
        Permission.MEASURE_READ,
        also=frozenset(
            {
                *("evidence", "finding", "finding_order", "finding_sweep", "measure_board", "measure_catalogue"),
                *("letter_template", "measure_chain", "measure_summary", "measure_timeline"),
            }
        ),
    ),
    MenuEntry("Организации", "org_unit.index_view", "building-2", Permission.ORG_UNIT_READ),
    MenuEntry(
        "Отчёты",
        "report.index",
        "file-spreadsheet",
        Permission.EXPORT,
        also=frozenset({"job", "mail_stop", "mailing", "personal_workbook", "workbook_import"}),
    ),
    MenuEntry("Пользователи", "user.index_view", "users", Permission.USER_READ),
    MenuEntry(
        "Учебные платформы",
        "lti_platform.index_view",
        "plug",
        Permission.PLATFORM_WRITE,
        also=frozenset({"lti_account"}),
    ),
    MenuEntry("Журнал", "audit_event.index_view", "history", Permission.AUDIT_READ),
)
EXCHANGE = (
    MenuEntry("Отчёты", "report.index", "", Permission.EXPORT),
    MenuEntry("Загрузки", "workbook_import.index", "", Permission.WORKBOOK_IMPORT),
    MenuEntry("Рабочая книга", "personal_workbook.index", "", Permission.ASSIGNMENT_REPORT),
    MenuEntry("Рассылки", "mailing.index", "", Permission.MAILING_WRITE),
    MenuEntry("Задания", "job.index", "", Permission.EXPORT),
)
TRAINING = (
    MenuEntry("Потоки", "training_group.index_view", "", Permission.GROUP_READ),
    MenuEntry("Слушатели", "enrolment.index_view", "", Permission.ENROLMENT_READ),
    MenuEntry("Документы", "certificate.index_view", "", Permission.CERTIFICATE_READ),
    MenuEntry("Охват", "training_requirement.index_view", "", Permission.REQUIREMENT_READ),
    MenuEntry("Программы", "programme.index_view", "", Permission.PROGRAMME_READ),
    MenuEntry("ФИС ФРДО", "document_register.index", "", Permission.REGISTER_OF_DOCUMENTS),
    MenuEntry("Нормы и темы", "training_norm.index", "", Permission.REQUIREMENT_WRITE),
    MenuEntry("Данные из СДО", "learning_site.index_view", "", Permission.LEARNING_SITE_READ),
)
LEARNING = (
    MenuEntry("СДО", "learning_site.index_view", "", Permission.LEARNING_SITE_READ),
    MenuEntry("Курсы", "learning_course.index_view", "", Permission.LEARNING_SITE_READ),
    MenuEntry("Кто есть кто", "learning_person.index_view", "", Permission.LEARNING_SITE_READ),
    MenuEntry("Итоги и расхождения", "learning_outcome.index_view", "", Permission.LEARNING_SITE_READ),
)
PLATFORMS = (
    MenuEntry("Платформы", "lti_platform.index_view", "", Permission.PLATFORM_WRITE),
    MenuEntry("Учётные записи платформ", "lti_account.index_view", "", Permission.PLATFORM_WRITE),
)
MEASURES = (
    MenuEntry("Меры", "corrective_measure.index_view", "", Permission.MEASURE_READ),
    MenuEntry("Доска", "measure_board.index", "", Permission.MEASURE_READ),
    MenuEntry("Дорожная карта", "measure_timeline.index", "", Permission.MEASURE_READ),
    MenuEntry("Недостатки", "finding.index_view", "", Permission.FINDING_READ),
    MenuEntry("Свод", "measure_summary.index", "", Permission.MEASURE_READ),
    MenuEntry("Подтверждения", "evidence.index_view", "", Permission.EVIDENCE_READ),
    MenuEntry("Причины и шаблоны мер", "measure_catalogue.index", "", Permission.MEASURE_CATALOGUE),
    MenuEntry("Шаблоны писем", "letter_template.index", "", Permission.LETTER_TEMPLATE),
)
# The pages that stand under one entry of the menu, as tabs.
SECTIONS = {
    "exchange": ("Отчёты и обмен файлами", EXCHANGE),
    "training": ("Обучение", TRAINING),
    "measures": ("Недостатки и меры", MEASURES),
    "learning": ("Данные из СДО", LEARNING),
    "platforms": ("Учебные платформы", PLATFORMS),
}
VIEWS = (
    EnrolmentView,
    GroupTraineesView,
    AnalyticalNoteView,
    AnswerLetterView,
    AssessmentPaperView,
    AssessmentView,
    ExpertiseView,
    FindingSweepView,
    FindingView,
    FindingOrderView,
    FrameworkView,
    MeasureCatalogueView,
    MonitoringRoundView,
    RoundAnnexView,
    RoundGridView,
    RoundResultsView,
    AssignmentView,
    AuditEventView,
    CertificateView,
    CorrectiveMeasureView,
    DocumentRegisterView,
    EvidenceView,
    MeasureChainView,
    LearningFileView,
    LearningCourseView,
    LearningOutcomeView,
    LearningPersonView,
    LearningSiteView,
    LetterTemplateView,
    LtiAccountView,
    LtiCourseView,
    LtiPlatformView,
    MailStopView,
    MailingView,
    MeasureBoardView,
    MeasureSummaryView,
    MeasureTimelineView,
    JobView,
    OrderMatrixView,
    OrderView,
    OrgUnitView,
    PersonalWorkbookView,
    ProgrammeView,
    ReportView,
    SearchView,
    StaffDuplicateView,
    StaffMemberView,
    StaffPositionView,
    TrainingGroupView,
    TrainingNormView,
    TrainingCoverageView,
    TrainingProposalView,
    TrainingRequirementView,
    UserView,
    WorkbookImportView,
)


def install(app: Flask) -> None:
    """A fresh Admin for each application: its views belong to one."""
    pages = Admin(
        name="Мониторинг ВСОКО",
        index_view=WorkView(),
        theme=Bootstrap4Theme(),
        csp_nonce_generator=None,
    )
    registers: dict[str, RecordView] = {}
    for kind in VIEWS:
        view = kind()
        pages.add_view(view)
        if isinstance(view, RecordView):
            registers[view.endpoint_name()] = view
    # For jobs, which make the workbooks of registers too long for a page.
    app.extensions["registers"] = registers
    pages.init_app(app)
    app.extensions["sections"] = {
        name: (label, [entry for entry in entries if entry.endpoint in app.view_functions])
        for name, (label, entries) in SECTIONS.items()
    }
    app.extensions["menu"] = [entry for entry in MENU if entry.endpoint in app.view_functions]
