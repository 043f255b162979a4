from tests.policies.test_training_scope import *
from tests.policies.test_training_scope import corners
import pytest
def test_probe(world, work, corners):
    people={n:corners.number(StaffMember,n) for n in PEOPLE}; u=world.units
    def cert(p,issuer,by): return Certificate(staff_member_id=people[p],document_kind=DocumentKind.ADVANCED,number="новый",issued_on=DAY,hours=36,programme_title="П",issuer_name="К",issuer_unit_id=u[issuer] if issuer else None,status=CertificateStatus.ENTERED,entered_by_unit_id=u[by])
    def enr(p,g): return Enrolment(staff_member_id=people[p],group_id=corners.number(TrainingGroup,f"{g} open"),provider_unit_id=u[g],sent_by_unit_id=u["school"],applied_at=NOW)
    T=[("provider cert own issuer, unseen person",lambda:("provider",cert("home","provider","provider"))),
    ("provider cert own issuer, foreign person",lambda:("provider",cert("foreign","provider","provider"))),
    ("provider enrols unseen person",lambda:("provider",enr("home","provider"))),
    ("provider enrols foreign person",lambda:("provider",enr("foreign","provider"))),
    ("provider cert outside for trainee",lambda:("provider",cert("trainee",None,"provider"))),
    ("provider identity of trainee",lambda:("provider",StaffIdentity(staff_member_id=people["planned"]))),
    ("school cert claims provider",lambda:("school",cert("home","provider","school"))),
    ("school enrols into foreign provider's group",lambda:("school",enr("home","foreign_provider"))),
    ("school enrols into draft? n/a",lambda:("school",enr("home","provider2"))),
    ("attendance by provider for foreign enrolment",lambda:("provider",Attendance(staff_member_id=people["theirs"],enrolment_id=corners.number(Enrolment,"theirs at provider2"),session_id=corners.number(TrainingSession,"provider open"),present=False))),
    ("attendance by provider: own enrolment id, other person",lambda:("provider",Attendance(staff_member_id=people["home"],enrolment_id=corners.number(Enrolment,"trainee at provider"),session_id=corners.number(TrainingSession,"provider2 open"),present=False))),
    ]
    out=[]
    for name,make in T:
        login,rec=make(); s=work(login); s.connection(execution_options={"writes":True}); s.add(rec)
        try: s.flush(); out.append((name,"ALLOWED"))
        except Exception as e: out.append((name,type(e).__name__))
        s.rollback(); s.close()
    print(*out,sep="\n")
