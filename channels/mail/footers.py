"""What lawyers, virus scanners and lists add under a text, language by language."""

import re

# How their paragraphs begin …
_LEGAL = re.compile(
    r"^(?:ce (?:message|courriel|courrier|mail|e-mail)|cet e-?mail"
    r"|(?:toutes )?les informations (?:contenues|figurant) dans|l.int[ée]grit[ée] de ce"
    r"|si vous (?:n.[êe]tes pas|avez re[çc]u (?:ce|par))|this (?:e-?mail|message|communication)"
    r"|this (?:transmission|electronic)|the (?:information|contents?)\b.{0,30}\bthis"
    r"|the information transmitted|any (?:views|opinions)|(?:if you|in case you) (?:are not"
    r"|have received)"
    r"|if you received this|confidentialit[ée]\s*:|(?:avis|clause) de confidentialit"
    r"|mentions? l[ée]gales?"
    r"|avertissement\b|important\s*:|(?:legal )?disclaimer\b|(?:privacy|legal|important) notice"
    r"|notice\s*:"
    r"|confidential(?:ity)?\b|aviso (?:legal|de confidencialidade?|de privacidad)|advertencia\b"
    r"|avviso di riservatezza|haftungsausschluss|vertraulichkeitshinweis|(?:rechtlicher )?hinweis\b"
    r"|klauzula poufności|уведомление о конфиденциальности|gizlilik"
    r"|(?:este|esta|el presente|la presente|o presente|a presente) (?:mensaje|correo|e-?mail"
    r"|mensagem)"
    r"|(?:este|esta|el presente|la presente) comunicaci[óo]n|(?:la informaci[óo]n"
    r"|as informações) cont"
    r"|dies(?:e|er) (?:e-?mail|nachricht|mitteilung)|(?:questo|il presente) messaggio"
    r"|(?:questa|la presente) (?:e-?mail|comunicazione)|le informazioni contenute"
    r"|(?:dit|deze) (?:e-?mail(?:bericht)?|bericht)|de informatie in (?:dit|deze)"
    r"|(?:данное|это|настоящее) (?:электронное )?(?:сообщение|письмо)|информация, содержащаяся"
    r"|(?:це|дане) (?:електронне )?(?:повідомлення|лист)|bu (?:e-?posta|ileti|mesaj|elektronik)"
    r"|(?:本|此)(?:邮件|郵件|电子邮件|電子郵件|信息)|(?:هذه الرسالة|هذا البريد|المعلومات الواردة)"
    r"|این (?:پیام|ایمیل)|(?:niniejsz\w+|ta) wiadomość|treść tej wiadomości"
    r"|(?:acest|prezentul) (?:mesaj|e-?mail)|informați\w+ conținut|(?:denna|dette"
    r"|denne) e-?(?:post|mail)"
    r"|tämä (?:sähköposti|viesti)|tato (?:zpráva|e-?mailová)|ez az (?:e-?mail|üzenet))",
    re.IGNORECASE,
)
# … and what they speak of: two of these, for a person may speak of one.
_LEGAL_MARKS = re.compile(
    r"confiden|destinat[aá]i?r|destin[ée]s? (?:exclu|uniq|seul|[àa] (?:l.usage|la personne))"
    r"|exclusi|strictement"
    r"|int[ée]grit|par erreur|pi[èe]ces? jointes?|d[ée]trui|diffusion|reproduction"
    r"|secret professionnel"
    r"|intended|recipient|addressee|privileged|attach|unauthori[sz]ed|prohibited|in error|delete"
    r"|notify|liab"
    r"|disclos|solely|por error|elimin|adjunt|prohib|privilegi|anexos|por engano|vertraulich"
    r"|bestimmt"
    r"|empfänger|irrtümlich|unbefugt|anhang|anlagen|riservat|confidenzial|per errore|allegat|vietat"
    r"|vertrouwelijk|bestemd|geadresseerde|bijlage|abusievelijk|конфиденциальн|предназначен"
    r"|адресат|вложени"
    r"|по ошибке|конфіденційн|призначен|адресат|gizli|yanlışlıkla|alıcı|保密|机密|機密|收件人"
    r"|附件|误收"
    r"|سري|المرسل إليه|بالخطأ|مرفقات|محرمانه|گیرنده|poufn|adresat|załącznik|przez pomyłkę|eroare"
    r"|atașa"
    r"|konfidenti|fortrolig|luottamuksell|důvěrn|bizalmas",
    re.IGNORECASE,
)
_GREEN = re.compile(
    r"^(?:p )?(?:\W{0,3})(?:pensez|avant d.imprimer|n.imprimez|adoptez l.[ée]co"
    r"|merci de (?:ne pas|n.)"
    r"|ayez le r[ée]flexe|[ée]conomisons|afin de (?:pr[ée]server|contribuer|respecter)"
    r"|please consider|please think"
    r"|please don.t print|think (?:before|of|green)|save paper|antes de imprimir|prima di stampare"
    r"|(?:bitte )?(?:denken|prüfen|schonen) sie|denk aan|pensa (?:all|prima)|pense no"
    r"|environmental awareness)",
    re.IGNORECASE,
)
_GREEN_MARKS = re.compile(
    r"imprim|environn?e?m|umwelt|ausdruck|drucken|milieu|afdrukk|print|stampa|ambient"
    r"|medio ?ambiente"
    r"|plan[èe]te|arbre|papier|paper|trees?|meio ambiente",
    re.IGNORECASE,
)
_SCANNED = re.compile(
    r"^(?:garanti sans virus|virus-free|sans virus\.|l.absence de virus dans ce courrier"
    r"|(?:this|ce|cet) (?:e-?mail|message|courrier)\b.{0,30}(?:been|[ée]t[ée]) (?:checked|scanned)"
    r"|cet? (?:e-?mail|courrier [ée]lectronique|message) (?:a [ée]t[ée] (?:v[ée]rifi[ée]"
    r"|analys[ée]|contr[ôo]l[ée])"
    r"|ne contient aucun virus)|aucun virus trouv[ée]|no virus found|virenfrei|libre de virus"
    r"|sin virus"
    r"|livre de v[íi]rus|sem v[íi]rus|privo di virus|senza virus|virusvrij|bez wirusów"
    r"|wolne od wirusów"
    r"|не содержит вирусов|проверено на вирусы|без вирусов|virüs içermez|virüsten arındırılmış"
    r"|el software de antivirus|l.antivirus avast|questa e-?mail è stata controllata|无病毒"
    r"|خالية من الفيروسات"
    r"|diese e-?mail wurde (?:von|auf) .{0,40}vir)",
    re.IGNORECASE,
)
# How what lists and mailings add begins, and what it asks to do.
_LIST = re.compile(
    r"^(?:(?:to|click here to|if you (?:wish|want|no longer|would like).{0,60}) unsubscribe"
    r"|unsubscribe\b"
    r"|you (?:are receiving|received|have received) this (?:e-?mail|message|because)"
    r"|you are subscribed"
    r"|this (?:message|email) was sent to\b|to (?:view|stop|manage|change|update) (?:this"
    r"|receiving|your)"
    r"|(?:view|visit) this (?:message|discussion|email)"
    r"|pour (?:vous d[ée]s(?:inscrire|abonner)|ne plus recevoir|se d[ée]sinscrire)"
    r"|se d[ée]s(?:inscrire|abonner)"
    r"|vous (?:recevez|avez re[çc]u) ce(?:t|tte)? (?:e-?mail|message|courriel|mail|lettre)"
    r"|para (?:darse de baja|cancelar|anular su)|(?:darse de baja|cancelar suscripci)"
    r"|um sich (?:abzumelden|aus)|(?:newsletter )?abmelden\b|per (?:annullare|cancellar)"
    r"|uitschrijven\b"
    r"|om u uit te schrijven|отписаться|чтобы отписаться|aby (?:zrezygnować|wypisać)|退订|取消订阅"
    r"|لإلغاء الاشتراك|dezabonare)",
    re.IGNORECASE,
)
_LIST_MARKS = re.compile(
    r"https?://|www\.|@\w|\bcli(?:ck|qu|c )|<|\blien\b|\blink\b|abonn", re.IGNORECASE
)
_LEADING = re.compile(r"^(?:[\s*_>|.-]+|<[^<>\s]{1,300}>|\[[^\]\n]{0,120}\]|https?://\S{1,300})+")


_TITLE = re.compile(
    r"avis|clause|notice|disclaimer|confiden|avertissement|mentions|hinweis|ausschluss|aviso"
    r"|advertencia|avviso|klauzula|уведомление|gizlilik|^\W*important\W*$",
    re.IGNORECASE,
)


def is_title(line: str) -> bool:
    """Whether ``line`` is a title as such paragraphs have, a blank line above their words."""
    bare = line.strip(" *_:-–—")
    return len(bare.split()) <= 5 and ":" not in bare and bool(_TITLE.search(bare))


def is_footer(paragraph: str) -> bool:
    """Whether lawyers, scanners or lists wrote ``paragraph`` (a few lines joined, bounded)."""
    words = _LEADING.sub("", paragraph, count=1)
    if _SCANNED.match(words):
        return True
    if _LEGAL.match(words):
        return _several(_LEGAL_MARKS, words)
    if _GREEN.match(words):
        return _several(_GREEN_MARKS, words)
    return bool(_LIST.match(words) and _LIST_MARKS.search(words) and "?" not in words[:200])


def _several(marks: re.Pattern[str], words: str) -> bool:
    return len({match[0].lower()[:8] for match in marks.finditer(words)}) >= 2
