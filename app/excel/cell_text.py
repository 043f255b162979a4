"""The text of a cell without what nobody sees in it."""

from __future__ import annotations

import re
from typing import Final

_BREAKS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Soft hyphens, zero-width marks and bidirectional overrides: unseen by the reader, in the way of a comparison.
_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_BLANKS: Final = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def cleaned(text: str) -> str:
    """The visible text: plain blanks and line feeds only, none at the ends, nothing unseen.

    A value that went out and came back equals the old one when both are cleaned.
    """
    if text.isalnum():
        return text
    text = _BLANKS.sub(" ", _UNSEEN.sub("", _BREAKS.sub("\n", text)))
    return text.strip()
