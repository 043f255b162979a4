"""Steps that several tests of the pages of sets of criteria take."""

from app.models import Framework
from app.services.framework_contents import contents


def load_proposed(browser):
    """The region with the proposed set loaded as its draft: (browser, address)."""
    region = browser("region")
    answer = region.post("/frameworks/proposal")
    assert answer.status_code == 302, answer.text
    return region, answer.headers["Location"]


def set_of(work, address: str):
    session = work("region")
    number = int(address.rsplit("/", 1)[1])
    return session.get(Framework, number), contents(session, number)
