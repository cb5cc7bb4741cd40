"""The block of contacts under a name, which programs and offices add to every letter."""

import re

_CLOSING = re.compile(
    r"^\W{0,3}(?:(?:bien |tr[èe]s |cord\w+ et )?(?:cordialement|respectueusement|sinc[èe]rement"
    r"|amicalement)"
    r"|cdlt|cdt|bien [àa] (?:vous|toi)|(?:avec mes |mes |nos )?(?:sinc[èe]res |meilleures "
    r"|cordiales "
    r"|respectueuses |distingu[ée]es )*salutations|bonne (?:journ[ée]e|soir[ée]e|r[ée]ception)"
    r"|(?:(?:kind|best|warm|many|with) )*regards|(?:yours )?(?:sincerely|faithfully|truly)"
    r"|best wishes|cheers"
    r"|(?:many )?thanks|thank you|best|merci(?: d.avance)?|(?:mit )?(?:freundliche[nr]?|viele"
    r"|beste|liebe|herzliche)"
    r" gr[üu](?:ß|ss)en?|mfg|vg|lg|(?:un )?(?:cordiales? |atentos? )?saludos?(?: cordiales?)?"
    r"|atentamente"
    r"|(?:os meus |com os melhores )?cumprimentos|atenciosamente|(?:cordiali|distinti|cari) saluti"
    r"|met vriendelijke groeten?|mvg|с уважением|з повагою|saygılarımla|iyi (?:günler|çalışmalar)"
    r"|(?:serdecznie )?pozdrawiam|z poważaniem|cu (?:stimă|respect)"
    r"|med v[äe]nlig(?:a)? h[äi]ls(?:ning|en)(?:ar)?"
    r"|mvh|ystävällisin terveisin|s pozdravem|üdvözlettel|με εκτίμηση|此致|祝好|مع التحية|تحياتي"
    r"|با احترام)"
    r"[\s,.!;:，。]*$",
    re.IGNORECASE,
)
_WEB = re.compile(
    r"https?://|www\.|(?<![@\w.])[\w-]+\.(?:com|org|net|fr|gouv\.fr|eu|de|es|it)\b(?!@)", re.I
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_PHONE = re.compile(
    r"(?:\+|\b00|\(\+?\d|\b0)\(?\d[\d .()/-]{7,}\d|\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}[-.]\d{3}[-.]\d{4}"
)
_LABEL = re.compile(
    r"^\W{0,3}(?:t[ée]l(?:[ée]phone)?|phone|mobile?|port(?:able)?|fixe|fax|cell|standard|gsm"
    r"|direct|tlf|m|t|p|f)\b\W{0,3}[:.]",
    re.IGNORECASE,
)
# What a person tells about their own case stands under a name, too.
_ABOUT_CASE = re.compile(
    r"^p\.?\s?s\b|voici|ci-joint|\blien\b|\bmon |\bma |\bmy |dossier|\bn°|num[ée]ro|[ée]tranger"
    r"|agdref|\bvisa\b|r[ée]c[ée]piss[ée]|\bn[ée]e? le\b"
    r"|passeport|titre"
    r"|passport|\bborn\b|birth|r[ée]f[ée]rence|demande|\?|expediente|pasaporte|identifiant",
    re.IGNORECASE,
)
_MAX_BLOCK = 14
_MAX_LINE = 90
_MAX_NAME = 6


def start_of_block(said: list[str]) -> int | None:
    """Where the contacts begin in the last lines that say something, ``said``; None when unsure.

    A name under a closing formula is the author's: the contacts begin under it.
    """
    closing = next((at for at in range(len(said) - 1, -1, -1) if _CLOSING.match(said[at])), None)
    if closing is None:
        return None
    start = closing + 2
    block = said[start:]
    if not 2 <= len(block) <= _MAX_BLOCK or len(said[closing + 1].split()) > _MAX_NAME:
        return None
    return start if _are_contacts(block) else None


def is_block(paragraph: list[str]) -> bool:
    """Whether the lines of a last ``paragraph`` are a name and contacts, without a formula."""
    if not 3 <= len(paragraph) <= _MAX_BLOCK or not _is_name(paragraph[0]):
        return False
    return _are_contacts(paragraph[1:])


def tells_of_case(block: list[str]) -> bool:
    """Whether a line of ``block`` may be what a person tells of their own case."""
    return any(_ABOUT_CASE.search(line) for line in block)


def _is_name(line: str) -> bool:
    words = line.split()
    if not 2 <= len(words) <= _MAX_NAME or line[-1] in ":,?!":
        return False
    return all(word[0].isalpha() and not word[0].islower() for word in words)


def _are_contacts(block: list[str]) -> bool:
    """A web address with another contact, or a labelled telephone with an address."""
    if any(len(line) > _MAX_LINE or line[0] in "*#-." for line in block):
        return False
    if tells_of_case(block):
        return False
    web = any(_WEB.search(line) and not _MAIL.search(line) for line in block)
    mail = any(_MAIL.search(line) for line in block)
    phone = any(_PHONE.search(line) for line in block)
    labelled = any(_LABEL.match(line) for line in block)
    return (web and (mail or phone)) or (labelled and mail and len(block) >= 3)
