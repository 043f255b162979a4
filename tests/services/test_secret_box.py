"""Secrets at rest: sealed by the first key, opened by any, said plainly where there is none."""

from __future__ import annotations

import pytest

from app.config import SettingsError, settings_from
from app.models import LearningAnswer, LearningSite
from app.policies.refusal import WrongState
from app.policies.unscoped import open_session
from app.services import outside, secret_change
from app.services.secret_box import ANOTHER_KEY, NO_KEY, SecretBox, fit, new_key
from tests.databases import SECRETS_KEY
from tests.factories.learning import add_answer, add_site

TOKEN = "0123456789abcdef0123456789abcdef"


def test_what_is_sealed_is_not_to_be_read_and_opens_again():
    box = SecretBox([new_key()])
    sealed = box.seal(TOKEN)
    assert TOKEN not in sealed
    assert box.unseal(sealed) == TOKEN
    assert box.seal(TOKEN) != sealed, "equal secrets must not look equal"


def test_a_new_key_in_front_seals_and_the_old_one_still_opens():
    old, new = new_key(), new_key()
    sealed = SecretBox([old]).seal(TOKEN)
    both = SecretBox([new, old])
    again = both.reseal(sealed)
    assert SecretBox([new]).unseal(again) == TOKEN
    with pytest.raises(WrongState) as refusal:
        SecretBox([new]).unseal(sealed)
    assert refusal.value.sentence == ANOTHER_KEY


def test_a_changed_secret_is_refused():
    box = SecretBox([new_key()])
    sealed = box.seal(TOKEN)
    with pytest.raises(WrongState):
        box.unseal(sealed[:-4] + "AAAA")


def test_without_a_key_nothing_is_sealed():
    for act in (lambda box: box.seal(TOKEN), lambda box: box.unseal("gAAAA")):
        with pytest.raises(WrongState) as refusal:
            act(SecretBox())
        assert refusal.value.sentence == NO_KEY
    assert not SecretBox().is_open


def test_the_keys_are_in_no_representation(tmp_path):
    key = new_key()
    settings = settings_from({"SECRETS_KEY": key, "SECRET_KEY": "x"}, tmp_path)
    assert key not in repr(SecretBox([key]))
    assert key not in repr(settings)
    assert settings.secrets_keys == (key,)


def test_what_is_no_key_is_refused_at_the_start_without_being_repeated(tmp_path):
    assert not fit(["password"])
    with pytest.raises(SettingsError) as refusal:
        settings_from({"SECRETS_KEY": "password", "SECRET_KEY": "x"}, tmp_path)
    assert "password" not in str(refusal.value)


def test_several_keys_and_inner_hosts_are_read_from_the_environment(tmp_path):
    one, two = new_key(), new_key()
    given = {"SECRETS_KEY": f"{one},{two}", "INNER_HOSTS": "Moodle.school.local, 10.1.2.3", "SECRET_KEY": "x"}
    settings = settings_from(given, tmp_path)
    assert settings.secrets_keys == (one, two)
    assert settings.inner_hosts == {"moodle.school.local", "10.1.2.3"}


def test_the_demonstration_makes_a_key_of_its_own_and_a_production_start_does_not(tmp_path):
    demo = {"DEMO": "1", "SECRET_KEY": "x"}
    made = settings_from(demo, tmp_path).secrets_keys
    assert fit(made)
    assert len(made) == 1
    assert settings_from(demo, tmp_path).secrets_keys == made
    assert (tmp_path / "secrets_key").stat().st_mode & 0o077 == 0
    assert settings_from({"SECRET_KEY": "x"}, tmp_path).secrets_keys == ()


def test_what_is_sealed_is_sealed_anew_under_the_first_key(engine, world, settings):
    old, new = SECRETS_KEY, new_key()
    site = add_site(engine, world, token_sealed=SecretBox([old]).seal(TOKEN))
    answer = add_answer(engine, site, body=SecretBox([old]).seal_bytes(b"raw"))
    lost = add_answer(engine, site, body=SecretBox([new_key()]).seal_bytes(b"raw"))
    outside.open_for(engine, outside.Outside(SecretBox([new, old])))
    with open_session(engine, reason="tests change a key") as session:
        session.connection(execution_options={"writes": True})
        told = secret_change.reseal(session)
    assert (told.done, told.lost) == (2, 1)
    with open_session(engine, reason="tests look") as session:
        assert SecretBox([new]).unseal(session.get_one(LearningSite, site).token_sealed) == TOKEN
        assert SecretBox([new]).unseal_bytes(session.get_one(LearningAnswer, answer).body) == b"raw"
        assert session.get_one(LearningAnswer, lost).body
    outside.open_for(engine, outside.Outside())
    with open_session(engine, reason="tests have no key") as session, pytest.raises(WrongState):
        secret_change.reseal(session)
