"""One spelling per thing: names for look-ups, addresses, telephone and foreigner numbers."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from support.kernel.errors import Invalid

# Letters that carry no accent to take away, as people without them on the keyboard type them.
_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ`´", ""))


def fold(text: str) -> str:
    """Lower case, no accents, single spaces: for look-ups, never for showing."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return " ".join(re.split(r"[\W_]+", plain.translate(_LETTERS))).strip()


def western_digits(text: str) -> str:
    """Digits of any keyboard (« ٢٦١١ », « ۲۶۱۱ ») as 0 to 9, without the marks of direction that
    come along when one copies from a text written from right to left."""
    return "".join(_western(c) for c in text if unicodedata.category(c) != "Cf")


def _western(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def fold_name(text: str) -> str:
    """As :func:`fold`, and « N'Diaye » is « Ndiaye »."""
    return fold(text.translate(_APOSTROPHES))


def email_address(text: str) -> str:
    """A usable address in lower case. Raises Invalid ``email.invalid``.

    The domain is not asked whether it exists: the first mail will tell.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid.of("email.invalid", "email") from error
    return found.normalized.lower()


def phone_number(text: str) -> str:
    """A number in E.164 (``+33639980000``); read as French without a country code.

    Raises Invalid ``phone.invalid``.
    """
    try:
        number = phonenumbers.parse(western_digits(text), "FR")
    except phonenumbers.NumberParseException as error:
        raise Invalid.of("phone.invalid", "phone") from error
    # A French number with a digit missing keeps its zero: « 06 39 98 00 0 » is none.
    cut_short = number.country_code == 33 and number.italian_leading_zero
    if cut_short or not phonenumbers.is_possible_number(number):
        raise Invalid.of("phone.invalid", "phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def takes_texts(value: str) -> bool:
    """Whether a stored number is, or may be, that of a mobile."""
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        return False
    if number.country_code == 33:  # ranges that nobody has yet are no type to the library
        return str(number.national_number)[:1] in "67"
    kind = phonenumbers.number_type(number)
    kinds = phonenumbers.PhoneNumberType
    return kind in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE)


def shown_phone(value: str) -> str:
    """A stored number as people read it: national in France, international elsewhere."""
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        return value
    national = number.country_code == 33
    if national and str(number.national_number).startswith("8"):
        return _service_number(str(number.national_number))
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if national else form.INTERNATIONAL)


def _service_number(digits: str) -> str:
    """« 0 806 001 620 »: services of the 08 range write themselves so, not in pairs."""
    return f"0 {digits[:3]} {digits[3:6]} {digits[6:]}"


def foreigner_number(text: str) -> str | None:
    """The ten digits printed on a residence permit; None when nothing was given.

    Raises Invalid: ``foreigner_number.nine`` for nine digits (old cards: a zero is often
    missing), ``foreigner_number.invalid`` otherwise.
    """
    digits = re.sub(r"[\s.\-]", "", western_digits(text))
    if not digits:
        return None
    if re.fullmatch(r"[0-9]{10}", digits):
        return digits
    code = "nine" if re.fullmatch(r"[0-9]{9}", digits) else "invalid"
    raise Invalid.of(f"foreigner_number.{code}", "foreigner_number")
