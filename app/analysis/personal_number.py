"""The insurance number of a person (СНИЛС): read in any form, checked, shown whole or masked.

The rule of the check digits is that of the pension fund (постановление Правления ПФР от 31.07.2006 № 192п, приложение
3, п. 12; the same now in forms АДВ of the social fund): numbers up to 001-001-998 carry none. No sentence made here
contains the number.
"""

from __future__ import annotations

import re
import unicodedata

LENGTH = 11
_SERIAL = 9
# Numbers up to this one were given out without check digits.
_LAST_UNCHECKED = 1_001_998
_MODULUS = 101
# A whole number that a sheet kept as one with a fraction: «11223344595.0».
_FRACTION = re.compile(r"(?<=\d)[.,]0+$")


def digits_of(value: object) -> str:
    """The digits of a number written in any form; those of a number cell with its leading zeros. Never raises."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        whole = 0 <= value < 10**LENGTH and value == int(value)
        return f"{int(value):0{LENGTH}d}" if whole else ""
    text = unicodedata.normalize("NFKC", str(value)).strip()
    digits = _decimals(text)
    # «87654303.0» is a number cell read as text; «087.654.303.00» is a number with dots.
    return digits if len(digits) == LENGTH else _decimals(_FRACTION.sub("", text))


def _decimals(text: str) -> str:
    return "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())


def check(digits: str) -> str | None:
    """What is wrong with the number, in a sentence without it; None where nothing is."""
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdecimal()):
        return "В СНИЛС должно быть 11 цифр: проверьте, все ли записаны."
    serial = int(digits[:_SERIAL])
    if serial == 0:
        return "СНИЛС из одних нулей не бывает: оставьте поле пустым, если номера нет."
    if serial > _LAST_UNCHECKED and int(digits[_SERIAL:]) != check_digits(digits[:_SERIAL]):
        return "Контрольное число СНИЛС не сходится: проверьте цифры по документу."
    return None


def check_digits(serial: str) -> int:
    """What the last two digits must be for the nine before them."""
    total = sum(int(digit) * (_SERIAL - place) for place, digit in enumerate(serial))
    return total % _MODULUS % 100


def is_valid(digits: str) -> bool:
    return check(digits) is None


def shown(digits: str) -> str:
    """«112-233-445 95»; nothing for no number."""
    if len(digits) != LENGTH:
        return ""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def masked(digits: str) -> str:
    """«***-***-*** 95»: enough to tell that a number is there."""
    return f"***-***-*** {digits[_SERIAL:]}" if len(digits) == LENGTH else ""
