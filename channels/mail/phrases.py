"""How mail programs say "X wrote on that day", in the languages people write to us in."""

import re

# "wrote", as attribution lines say it.
_VERBS = (
    "wrote, writes, replied, a écrit, a ecrit, ont écrit, avez écrit, as écrit, écrivait, écrit,"
    " ecrit, a répondu, escribió, escribio, escribe, ha escrito, escreveu, escreve, schrieb,"
    " schrieben, schreibt, geschrieben, ha scritto, scrive, scrisse, schreef, het volgende,"
    " napisał, napisał(a), napisała, napisal, pisze, пишет, писал, писал(а), писала, написал,"
    " написал(а), написала, пише, написав, написав(ла), написала, писав, yazdı, yazmış, كتب, كتبت,"
    " كتَب, تمت كتابة, بواسطة, نوشت, نوشته, نوشته است, نوشتند, لکھا, تحریر کیا, a scris, a trimis,"
    " skrev, skriver, kirjoitti, kirjoittaa, ezt írta, írta, napsal, napsal(a), napsala, napísal,"
    " napísal(a), έγραψε, έγραψαν, đã viết, viết, লিখেছেন, লিখেছে, ने लिखा, napisao, napisala,"
    " napisao je, napisala je, је написао, је написала, је написао/ла, piše,"
    " escrigué, va escriure, shkroi, ka shkruar, написа, rašė, rakstīja, kirjutas, pisal, pisala,"
    " დაწერა, գրել է, գրեց, כתב, כתבה, מאת, เขียนว่า, menulis, tulis, ጻፈ, aliandika, qoray"
)
_JOINED = ("写道", "寫道", "写到", "のメール", "書きました", "님이 작성", "님이 쓴 글", "작성")
_VERB_LIST = [*dict.fromkeys(verb.strip() for verb in _VERBS.split(","))]
WROTE = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, _VERB_LIST))})(?![^\W\d_])"
    rf"|{'|'.join(_JOINED)}",
    re.IGNORECASE,
)
_LAST_WORDS = frozenset(verb.split()[-1] for verb in _VERB_LIST)
_AFTER_VERB = " .,*_:：-–—\t"


def ends_with_verb(line: str) -> bool:
    """Whether ``line`` ends with a verb of writing, whatever stands around it."""
    bare = line[-60:].rstrip(_AFTER_VERB)
    words = bare.rsplit(None, 1)
    if not words:  # blanks of another kind, such as a vertical tab, are no word either
        return False
    last = words[-1].lstrip("<>)\"'*_").lower()
    return last in _LAST_WORDS or bare.endswith(_JOINED)


# What a person says of a letter they got: no program speaks of "me".
TO_ME = re.compile(
    r"(?:\bm['’]|\bnous |\bvous |\blui |\bleur |\bs['’])(?:a|ont|avez|avait|aviez) "
    r"(?:\w+ )?(?:[ée]crit|r[ée]pondu)"
    r"|\b(?:wrote|writes|replied)(?: back)? (?:to )?(?:me|us|you|him|her|them)\b"
    r"|\b(?:j['’]|je (?:vous |lui |leur |te )?|nous (?:vous |lui |leur )?)(?:ai|avons) (?:\w+ )?"
    r"[ée]crit|\bon (?:m['’]|nous )|\bI (?:\w+ )?(?:wrote|replied)\b"
    r"|\ba [ée]crit (?:ceci|cela|que)\b"
    r"|^(?!.*<[^<>\s]+@)(?:votre|vos|notre|nos|ma|mes|your|my|our"
    r"|mon(?! (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))) [^\W\d_]{2}"
    r"|^我|\bя (?:вам |вас )?(?:на)?писал|(?:на)?писал\w* вам\b|كتبت? (?:لكم|لك|إليكم)\b"
    r"|\b(?:me|nos|le|les|te) (?:escribi|ha escrito|escreve)|\bmi ha scritto"
    r"|\bci ha(?:nno)? scritto"
    r"|\b(?:mir|uns|ihnen) (?:\w+ )?(?:geschrieben|schrieb)|\bschrieb (?:mir|uns)\b"
    r"|(?:мне|нам) (?:написал|писал)|(?:написал\w*|писал\w*) (?:мне|нам)\b|\bbana .{0,20}yazdı"
    r"|كتبت? (?:لي|لنا|إلي)|给我写|给我来信",
    re.IGNORECASE,
)

_WEEKDAYS = (
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday"
    r"|saturday|sunday|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|segunda|ter[çc]a"
    r"|quarta|quinta|sexta|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|luned[ìi]"
    r"|marted[ìi]|mercoled[ìi]|gioved[ìi]|venerd[ìi]|sabato|domenica|maandag|dinsdag|woensdag"
    r"|donderdag|vrijdag|zaterdag|zondag|poniedziałek|wtorek|środa|czwartek|piątek|sobota"
    r"|niedziela"
    r"|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|понеділок|вівторок|середа"
    r"|четвер|п['’]ятниця|субота|неділя|luni|mar[țt]i|miercuri|joi|vineri|s[âa]mb[ăa]t[ăa]"
    r"|duminic[ăa]"
    r"|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|måndag|tisdag|onsdag|torsdag|fredag"
    r"|lördag|söndag|mandag|tirsdag|lørdag|søndag|keskiviikko|maanantai|tiistai|torstai|perjantai"
    r"|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد"
    r"|دوشنبه|سه‌شنبه|چهارشنبه|پنجشنبه|جمعه|شنبه|یکشنبه"
)
_SHORT_DAYS = (
    r"lu[nm]|mar|mer|jeu|ven|sam|dim|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|mié|mie|jue|vie"
    r"|s[áa]b|dom|seg|ter|qua|qui|sex|mo|di|mi|do|fr|sa|so|gio|ma|wo|vr|za|zo|pon|wt|śr|czw|pt|sob"
    r"|niedz|пн|вт|ср|чт|пт|сб|вс|нд|joi|vin|sâm|pzt|sal|çar|per|cum|cmt|paz|mån|tis|ons|tor|fre"
    r"|lör"
    r"|sön|man|tir|lør|søn|ke|to|pe|la|su|út|st|čt|pá|so|ne|po|h|k|sze|cs|p|szo|v"
)
# How an attribution line begins.
OPENS = re.compile(
    rf"^(?:on|le|el|em|am|il(?: giorno)?|op|den|dne|dňa|w dniu|dnia|pe|la data|in data|στις"
    rf"|vào(?: lúc)?"
    rf"|no dia|a|à|al|at|in|в|во|у|d[ií]a|fra|from|de|von|da|van|od|на|от|від|më|dana|på"
    rf"|{_SHORT_DAYS}|{_WEEKDAYS}|\d{{1,4}}|\"|<|selon|quoting|citando|zitat von|citation de"
    rf"|citato da)"
    rf"(?=[\s.,/年月-])"
    r"|^(?:في|بتاريخ|يوم|در|كتب|کتب|在|于|於|\d{4}[年년]|quoting |selon |zitat )",
    re.IGNORECASE,
)
# The beginning of one that was broken after its first words.
FRAGMENT = re.compile(
    r"^(?:(?:on|le|el|em|am|il(?: giorno)?|op|den|dne|dnia|w dniu|pe|in|в|у|a|på|vào|στις)(?= "
    r"|$))?\s?"
    rf"(?:(?:{_WEEKDAYS}|{_SHORT_DAYS})(?![^\W\d_]))?(?:-feira)?[.,]*(?: de[mn]?)?"
    r"(?: \d{1,2}[.,]?)?(?: de)?$",
    re.IGNORECASE,
)
# Webmails that quote with one word: "Quoting X <x@example.org>:".
QUOTES = re.compile(
    r"^(?:quoting|posted by|selon|citando(?: a)?|zitat von|citation de|citato da|citerar"
    r"|citeren van|zitiere"
    r"|wiadomość napisana przez|missatge de|cytowanie|цитирую|цитирование|alıntı)\b",
    re.IGNORECASE,
)

_ANY_DIGIT = "[0-9٠-٩۰-۹০-৯०-९]"
TIME = re.compile(
    rf"(?<!{_ANY_DIGIT}){_ANY_DIGIT}{{1,2}}\s?[:：h時时点]\s?{_ANY_DIGIT}{{2}}(?!{_ANY_DIGIT}{{3}})"
    r"|\b(?:kl\.?|klo|alle|ore|om|um|at|à|a las|às|o godz\.|kell)\s?\d{1,2}\.\d{2}\b"
    r"|\b\d{1,2}\s?[ap]\.?m\b",
    re.IGNORECASE,
)
DATE = re.compile(
    rf"(?<!{_ANY_DIGIT})(?:19|20|٢٠|۲۰|২০|२०|١٤|۱۴){_ANY_DIGIT}{{2}}(?!{_ANY_DIGIT})"
    rf"|{_ANY_DIGIT}{{1,2}}[/.\-]\s?{_ANY_DIGIT}{{1,2}}[/.\-]\s?{_ANY_DIGIT}{{2,4}}"
    rf"|{_ANY_DIGIT}{{4}}[/.\-]\s?{_ANY_DIGIT}{{1,2}}[/.\-]\s?{_ANY_DIGIT}{{1,2}}"
    rf"|{_ANY_DIGIT}{{1,2}}\s?[月월]\s?{_ANY_DIGIT}{{1,2}}\s?[日일]"
    r"|(?<!\d)\d{1,2}(?:er|st|nd|rd|th|º|ª)?\.?[ -](?:de )?"
    r"(?:jan|ene|f[ée]v|feb|m[aä]r|a[vpb][rg]|ma[iyj]|jui[nl]|ju[nl]|ao[ûu]|ag|aug|s[ée]p|set"
    r"|o[ck]t|out|nov|d[ée][cz]|dic)"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}\b",
    re.IGNORECASE,
)
WEEKDAY = re.compile(rf"(?<![^\W\d_])(?:{_WEEKDAYS})(?![^\W\d_])", re.IGNORECASE)
ADDRESS = re.compile(
    r"[^\s<>()\[\]:\"',;@]{1,80}@[^\s<>()\[\]:\"',;@]{1,120}\.[^\s<>()\[\]:\"',;@]{2,}"
)
