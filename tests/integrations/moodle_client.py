"""A client of the played Moodle, and its refusals looked over."""

from __future__ import annotations

import re

import pytest

from app.integrations.moodle import MoodleClient, MoodleError
from tests.moodle import ADDRESS, TOKEN, PlayedMoodle


def client(site: PlayedMoodle, token=TOKEN, **settings) -> MoodleClient:
    return MoodleClient(site, ADDRESS, token, **({"sleep": lambda seconds: None} | settings))


def refused(ask) -> MoodleError:
    with pytest.raises(MoodleError) as caught:
        ask()
    sentence = caught.value.sentence
    assert re.search(r"[а-яё]", sentence)
    assert sentence.endswith(".")
    for leak in (TOKEN, "Слова сайта", "{", "$a"):
        assert leak not in sentence + repr(caught.value)
    return caught.value
