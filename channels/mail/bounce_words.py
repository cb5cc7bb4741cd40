"""What mail servers say of a message that failed, in their words: phrases, addresses, codes."""

import re
from dataclasses import dataclass

TITLE = re.compile(
    r"undeliver|un-?deliverable|delivery (?:status|fail|has failed|problem|error|notif|report"
    r"|incomplete|delay|issue|has been delayed)|deliver(?:y|ing) (?:to|of) \S+ (?:fail|has failed)"
    r"|mail deliver(?:y|ing) (?:system|fail|error|subsystem|service|warning|problem)"
    r"|returned (?:mail|message|to sender|email)"
    r"|mail returned|failure notice|failed (?:mail|delivery|to deliver)|mail system error"
    r"|(?:message|mail|e-?mail)s? (?:was |has been |could )?(?:not (?:be )?|un|non-?)deliver"
    r"|could not (?:be )?(?:deliver|send)|couldn'?t be delivered|can'?t be delivered"
    r"|unable to deliver"
    r"|non[- ]?(?:delivery|remis|distribu|livr)|nondeliverable|not delivered|user unknown"
    r"|rejected mail"
    r"|unknown user|mailbox (?:is )?(?:full|unavailable)|message (?:delayed|status|rejected"
    r"|refused)"
    r"|warning: (?:could not send|message)|sending failed|address (?:not found|rejected)"
    r"|[ée]chec (?:de (?:la )?)?(?:remise|distribution|d.envoi|livraison|d.acheminement)"
    r"|(?:message|courrier|courriel|mail) non (?:remis|distribu|livr|d[ée]livr|envoy|achemin)"
    r"|(?:message|mail) (?:en )?retard|remise (?:diff[ée]r|retard|impossible)|retour (?:à"
    r"|a) l.exp[ée]diteur"
    r"|unzustellbar|zustell(?:ung|fehler)|(?:konnte )?nicht (?:zugestellt|zustellbar|übermittelt)"
    r"|fehler bei der (?:zustellung|nachrichten)|unbekannter empf|rückläufer"
    r"|no (?:se ha podido |se pudo )?(?:entreg|enviado)|devuelto al|error (?:de|en la) entrega"
    r"|correo (?:devuelto|no entregado)|n[ãa]o (?:foi )?(?:poss[íi]vel )?entreg|falha (?:na"
    r"|de) entrega"
    r"|mensagem devolvida|mancat[ao] (?:consegna|recapito)|impossibile (?:recapitare|consegnare)"
    r"|errore (?:di|nella) consegna|onbestelbaar|niet (?:bezorgd|afgeleverd|bestelbaar)|bezorging"
    r"|niedostarcz|nie (?:można|udało się) dostarcz|zwrot|не ?доставлен|недоставлен"
    r"|невозможно доставить"
    r"|возвращ|не вдалося достав|teslim (?:edilem|hata)|iletilemedi|gönderilemedi|olevererbar"
    r"|kunde inte levereras|kunne ikke leveres|退信|未送达|未能送达"
    r"|投递失败|传输失败|無法傳遞|无法投递|退回"
    r"|配信(?:不能|できません|エラー)|送信(?:できません|エラー)|エラーメール"
    r"|宛先不明|반송|배달 ?실패|전송 ?실패"
    r"|تعذر (?:تسليم|إرسال)|فشل (?:تسليم|التسليم)|nedoruč|kézbesít|nelivrat|nepodarilo sa doručiť",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"\bdelay|warning|still being (?:tried|retried)|will (?:continue|keep) (?:to )?(?:try|be retr"
    r"|to be)"
    r"|not yet been delivered|attempts? will (?:continue|be made)|(?:remise|distribution) (?:diff"
    r"|retard)"
    r"|en retard|sera (?:de nouveau|retent)|verzögert|weitere versuche|retrasad|demora|ritard"
    r"|vertraagd"
    r"|задерж|задержива|遅延|延迟|延遲|경고",
    re.IGNORECASE,
)
# Said in the body: that this is a report on a message which did not arrive.
PHRASE = re.compile(
    r"(?:could not|couldn'?t|cannot|can'?t|can not|was not|wasn'?t|not able to|unable to"
    r"|failed to|has not|"
    r"have not|did not) (?:yet )?(?:be |been )?(?:successfully )?(?:deliver|reach|receive|relay"
    r"|route|send|"
    r"process|accept)|undeliver|non-?deliver|deliver\w* (?:\S+ ){0,8}fail"
    r"|fail\w* (?:\S+ ){0,4}(?:deliver|"
    r"recipient|address)|permanent(?:ly)? (?:fatal )?(?:error|fail|reject)|(?:user|recipient"
    r"|address|account"
    r"|mailbox|addressee)s? (?:\S+ ){0,5}(?:unknown|not found|does(?:n'?t| not) exist|full"
    r"|disabled|"
    r"unavailable|rejected|not exist|quota|over quota|invalid|inactive|closed|not recognized"
    r"|not listed)|"
    r"unknown (?:user|recipient|address|local)|no such (?:user|address|recipient|mailbox|account"
    r"|domain)|"
    r"(?:message|mail) (?:\S+ ){0,5}(?:returned|rejected|refused|bounced|blocked)"
    r"|returned (?:mail|message|below)|"
    r"follow\w* address\w* had|quota exceeded|exceed\w* (?:\S+ ){0,3}quota|invalid (?:recipient"
    r"|address|"
    r"mailbox|user)|giving up|postponed|aborted after|host (?:unknown|not found|or domain)"
    r"|delayed for|attempts? will continue|"
    r"n'?(?:a|ont) (?:pas |pu )(?:\S+ ){0,3}(?:remis|distribu|d[ée]livr|livr|transmis|achemin"
    r"|envoy|[êe]tre)|"
    r"[ée]chec (?:\S+ ){0,3}(?:remise|distribution|envoi|livraison)|n'?existe pas|(?:adresse"
    r"|destinataire|"
    r"utilisateur|bo[iî]te)s? (?:\S+ ){0,5}(?:inconnu|inexistant|introuvable|plein|invalide"
    r"|refus)|pas pu "
    r"(?:être )?(?:remis|distribu|livr|envoy|achemin)|nicht (?:\S+ ){0,3}(?:zugestellt|zustellen"
    r"|erreicht|"
    r"gefunden|übermittelt)|unzustellbar|unbekannt|existiert nicht|postfach|empfänger"
    r"|no (?:se )?(?:ha |pudo |"
    r"puede |ha podido |fue |existe)|n[ãa]o (?:foi |pôde |pode |existe)|non (?:è stato |può "
    r"|esiste|è stata |"
    r"recapit)|niet (?:\S+ ){0,3}(?:bezorgd|afgeleverd|worden)|не (?:\S+ ){0,2}(?:доставлен"
    r"|существует|найден|"
    r"может быть)|nie (?:\S+ ){0,3}(?:dostarcz|istnieje)|teslim edile|bulunamad|"
    r"配信|送信できません|見つかりません|"
    r"不存在|无法|無法|失败|失敗|退回|배달|전송|존재하지|تعذر|\b55\d[ -]|\b5\.\d\.\d+",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"^[ \t>*=+_-]*+(?:this is a copy|(?:a |the )?(?:copy|header"
    r"|headers|contents?"
    r"|text|full|beginning|first|top)\b[^\n]{0,50}\b(?:message|mail|header|lines)\b[^\n]{0,60}"
    r"|(?:the )?original (?:message|mail|text|headers?)[^\n]{0,60}|(?:unsent|returned|undelivered|"
    r"bounced|rejected) (?:message|mail|copy)[^\n]{0,60}|below (?:this line )?is (?:a "
    r"|the )?copy[^\n]{0,60}|"
    r"your (?:original )?message (?:follows|was|header)[^\n]{0,40}|message (?:header|contents?"
    r"|follows|text)[^\n]{0,60}|"
    r"(?:ceci est )?(?:la |une )?copie du message[^\n]{0,60}|message (?:d.origine|original"
    r"|initial)[^\n]{0,40}|"
    r"en-t[êe]tes? (?:\S+ ){0,4}message[^\n]{0,40}|urspr[üu]ngliche nachricht[^\n]{0,30}"
    r"|originalnachricht[^\n]{0,30}|"
    r"mensaje original[^\n]{0,30}|mensagem original[^\n]{0,30}|messaggio originale[^\n]{0,30})",
    re.IGNORECASE | re.MULTILINE,
)
# At least two header fields on neighbouring lines: a copy pasted without a word before it.
_FIELDS = re.compile(
    r"^[ \t>|]*(?:received|return-path|message-id|from|date|subject|to|mime-version|content-type"
    r"|x-[\w-]+|dkim-signature|delivered-to)[ \t]*:[^\n]*\n(?:[ \t>|]+[^\n]*\n){0,12}"
    r"[ \t>|]*(?:received|return-path|message-id|from|date|subject|to|mime-version|content-type"
    r"|x-[\w-]+|dkim-signature|delivered-to)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
# Possessive, and never begun in the middle: a long run of letters is tried once.
_ADDRESS = re.compile(
    r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{1,200}+@[\w-]{1,80}+(?:\.[\w-]{1,80}+){0,12}",
    re.ASCII,
)
_READ = 30_000  # characters of a report, and of one of its lines
_LINE = 2000
_SERVICE = re.compile(
    r"^(?:mailer-?daemon|postmaster|abuse|hostmaster|noc|help(?:desk)?|support|webmaster|admin"
    r"|administrator|no-?reply|bounces?)$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:rcpt to:|(?:failed|final|original|unknown|invalid"
    r"|intended)?[ -]*recipients?(?: address)?(?:es)?[ \t]*[:=]"
    r"|user[ \t]*[:=]|destinataires?(?: \S+)?[ \t]*[:=]|empfänger(?:adresse)?[ \t]*[:=]"
    r"|destinatari[oa]s?[ \t]*[:=]|ontvanger[ \t]*:|получатель[ \t]*:|adres(?:se)?s?[ \t]*:"
    r"|address(?:es)?[ \t]*:"
    r"|宛先[ \t]*[:：]|收件人[ \t]*[:：]|수신자?[ \t]*[:：])",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(
    r"[ \t>]*(?:to|from|cc|sender|sent|reply-to|an|von|à|de|para|a|da|aan|van|кому|от)[ \t]*:",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_SMTP = re.compile(r"(?<![\d.@\w-])([45]\d\d)(?=[ -](?:[#(<\"']|[A-Za-z45]))")


@dataclass(frozen=True, slots=True)
class Named:
    """An address a text says failed, the enhanced status and the line that told it."""

    address: str
    status: str
    line: str
    sure: bool = True


def explanation(text: str) -> str:
    """The part of a report before the copy of the message it is about."""
    text = text[:_READ]
    ends = [match.start() for match in (_COPY.search(text), _FIELDS.search(text)) if match]
    cut = text[: min(ends)] if ends else text
    # Some put the copy first, or say "the message" in their first line.
    return cut if _ADDRESS.search(cut) or not ends else text[:4000]


def copied_identifier(text: str) -> str | None:
    """The Message-ID in a copy of the headers that a text holds."""
    match = re.search(
        r"^[ \t>|*]*(?:original[- ])?message-?id[ \t]*:\s*(?:[>|][ \t]*)?(<[^>\s]{3,900}>)",
        text,
        re.IGNORECASE | re.MULTILINE,
    )
    return match[1] if match else None


def says_failure(text: str) -> bool:
    """Whether the beginning of ``text`` reports that something was not delivered."""
    return any(sign.search(text[:6000]) for sign in (PHRASE, DELAYED))


def failed_in(text: str, not_these: frozenset[str], written_to: frozenset[str]) -> list[Named]:
    """The addresses that ``text`` says failed, in order; ``Named.sure`` for those it singles out.

    :param not_these: who sent the report and who receives it, in lower case.
    :param written_to: whom the failed message was written to, when its copy says so.
    """
    told = explanation(text)
    found: dict[str, tuple[int, Named]] = {}
    lines = [line[:_LINE] for line in told.splitlines()]
    for number, line in enumerate(lines[:400]):
        for match in _ADDRESS.finditer(line):
            address = re.sub(r"^(?:smtp|rfc822|mailto)[=:]", "", match[0], flags=re.IGNORECASE)
            address = address.strip(".'`*=_|/")
            known = address.lower()
            if known in not_these or "@" not in address or known.startswith("@"):
                continue
            rank = _rank(line, match, known in written_to)
            if rank and (known not in found or found[known][0] < rank):
                near = " ".join(lines[number : number + 6])
                found[known] = (
                    rank,
                    Named(address, status_in(near), _reason(line, lines, number), rank > 2),
                )
    best = max((rank for rank, _ in found.values()), default=0)
    # What stands out as the failed one silences what is only mentioned.
    return [named for rank, named in found.values() if rank == best]


def _rank(line: str, match: re.Match[str], written_to: bool) -> int:
    if "message-id" in line.lower() or re.search(r"https?://\S*$", line[: match.start()]):
        return 0
    local = match[0].partition("@")[0]
    if _SERVICE.match(local) or re.match(r"^[\da-f.$-]{18,}$", local):
        return 0
    before = line[: match.start()].strip(" \t<(\"'*-=>•·:[")
    after = line[match.end() :].strip(" \t>)\"'*.,;]")
    if _NAMED.search(line[: match.start()]):
        return 4
    if not before:
        follows = line[match.end() :].lstrip(">)\"' ")
        return 4 if not after or follows[:1] in (":", "(", "-", "…") else 3
    if _HEADER_LINE.match(line):
        return 1
    return 3 if written_to or PHRASE.search(line) else 2


def _reason(line: str, lines: list[str], number: int) -> str:
    """The line that names the address, and the next when that says more."""
    told = " ".join(line.split())
    for following in lines[number + 1 : number + 4]:
        if following.strip() and not _ADDRESS.search(following):
            return f"{told} {' '.join(following.split())}"[:1000]
    return told[:1000]


def status_in(text: str) -> str:
    """The enhanced status code in ``text``, or one that stands for its reply code, or ""."""
    if match := _STATUS.search(text):
        return match[1]
    match = _SMTP.search(text)
    return f"{match[1][0]}.0.0" if match else ""
