"""What mail programs write around a quotation, in the languages people write to us in."""

import re

# "wrote", as attribution lines say it.
_WROTE_WORDS = (
    r"wrote|writes|a [ée]crit|ont [ée]crit|[ée]crivait|[ée]crit|escribi[óo]|escribe|escreveu"
    r"|escreve|schrieb|schreibt|ha scritto|scrive|schreef|napisa[łl](?:\(a\)|a)?|pisze|пишет"
    r"|писал(?:\(а\)|а)?|написал(?:\(а\)|а)?|пише|написав(?:\(ла\)|ла)?|писав|yazdı|şunu yazdı"
    r"|写道|寫道|写信|のメール|書きました|님이 작성|작성|كتب(?:ت)?|تمت كتابة|بواسطة|نوشت(?:ه)?"
    r"|لکھا|a scris|skrev|skriver"
    r"|kirjoitti|ezt írta|írta|napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|έγραψε|đã viết|লিখেছেন"
    r"|ने लिखा"
    r"|написа|piše|napisao|escrigué|va escriure|shkroi|დაწერა|գրել է|כתב(?:ה)?|เขียนว่า|menulis"
    r"|tulis"
)
WROTE = re.compile(rf"(?:(?<=[\s>)\"”»،,])|(?<![^\W\d_]))(?:{_WROTE_WORDS})(?![^\W\d_])", re.I)

# How an attribution line begins.
OPENS = re.compile(
    r"^(?:on|le|el|em|am|il|op|den|dne|w dniu|dnia|pe|la data|στις|vào|no dia|a|à|al|at|in data"
    r"|в|во|у|вт|ср|чт|пт|сб|вс|пн|нд|fra|from|de|von|da|van|lu[nm]|mar|mer|jeu|ven|sam|dim|mon"
    r"|tue"
    r"|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|pon|wt|śr|czw|pt|sob|niedz|mån|tis|ons|tor|fre"
    r"|lör"
    r"|sön|man|tir|po|út|st|čt|pá|ne|ma|ke|to|pe|la|su|\d{1,4}|\"|<)(?=[\s.,/年-])"
    r"|^(?:في|بتاريخ|يوم|در|كتب|کتب|在|于|於|\d{4}年|понедельник|вторник|среда|четверг|пятница"
    r"|суббота"
    r"|воскресенье|segunda|terça|quarta|quinta|sexta)",
    re.IGNORECASE,
)

_ANY_DIGIT = "[0-9٠-٩۰-۹০-৯०-९]"
TIME = re.compile(
    rf"(?<!{_ANY_DIGIT}){_ANY_DIGIT}{{1,2}}\s?[:h.時时]\s?{_ANY_DIGIT}{{2}}(?!{_ANY_DIGIT}{{3}})"
)
DATE = re.compile(
    rf"(?<!{_ANY_DIGIT})(?:19|20|٢٠|۲۰|১৯|২০|১৪|۱۴|25){_ANY_DIGIT}{{2}}(?!{_ANY_DIGIT})"
    rf"|{_ANY_DIGIT}{{1,2}}[/.\-]\s?{_ANY_DIGIT}{{1,2}}[/.\-]\s?{_ANY_DIGIT}{{2,4}}"
    rf"|{_ANY_DIGIT}{{4}}[/.\-]{_ANY_DIGIT}{{1,2}}[/.\-]{_ANY_DIGIT}{{1,2}}"
    r"|(?<!\d)\d{1,2}(?:er)?\.? (?:jan|f[ée]v|mar|avr|mai|juin|juil|ao[ûu]|sep|oct|nov|d[ée]c)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[^\s<>()\[\]:\"']+@[^\s<>()\[\]:\"']+\.[^\s<>()\[\]:\"']+")

# Header lines that programs copy above the message answered or forwarded.
_LABELS: dict[str, str] = {
    "from": r"from|de|von|da|van|od|от|від|від кого|от кого|kimden|gönderen|发件人|發件人"
    r"|寄件者|寄件人|من|از|από"
    r"|fra|från|lähettäjä|feladó|差出人|送信者|보낸 ?사람|de la|từ|exp[ée]diteur|remitente"
    r"|remetente"
    r"|mittente|absender|afzender|nadawca|expeditor|প্রেরক|מאת|pošiljatelj|odesílatel",
    "sent": r"sent|date|envoy[ée](?:e)?(?: le)?|gesendet|datum|enviado(?: el| em)?"
    r"|enviada(?: em)?"
    r"|fecha|data(?: de env[íi]o)?|inviato|data invio|verzonden|wysłano|wysłane|отправлено"
    r"|отправлен|дата|надіслано|gönderme tarihi|gönderildi|gönderilme tarihi|tarih|发送时间"
    r"|發送時間|日期|时间"
    r"|寄件日期|傳送時間|التاريخ|تاريخ|تاريخ الإرسال|تم الإرسال|أرسلت|تاریخ|ارسال|skickat|sendt"
    r"|lähetetty"
    r"|elküldve|dátum|送信日時|日時|보낸 ?날짜|날짜|trimis|odesláno|εστάλη|ημερομηνία|ngày"
    r"|đã gửi|তারিখ|נשלח",
    "to": r"to|à|a|an|para|aan|naar|do|кому|kime|alıcı|收件人|收件者|إلى|الى|به|til|till"
    r"|vastaanottaja"
    r"|címzett|宛先|받는 ?사람|către|catre|destinataires?|empfänger|destinat[aá]ri[oa]s?|đến|προς"
    r"|প্রাপক|אל|komu|p[åa]r[aà]",
    "cc": r"cc|cci|bcc|copie(?: à)?|copie cach[ée]e|kopie|c[óo]pia|kopia|копия|копія|bilgi|抄送"
    r"|副本|نسخة"
    r"|نسخة إلى|رونوشت|참조|κοιν\.?",
    "subject": r"subject|objet|sujet|betreff|asunto|assunto|oggetto|onderwerp|temat|тема|konu"
    r"|主题|主題"
    r"|主旨|标题|標題|الموضوع|موضوع|θέμα|emne|ämne|aihe|tárgy|件名|제목|subiect|ch[ủu] đ[ềe]"
    r"|বিষয়|נושא|předmět|titre",
    "other": r"importance|priorit[ée]|pi[èe]ces? jointes?|attachments?|reply-to|r[ée]pondre à"
    r"|antwort an"
    r"|organization|message-id|附件|المرفقات|anlagen|allegati|adjuntos|anexos|bijlagen|вложения"
    r"|ekler",
}
HEADER_LINE = re.compile(
    r"^[\s*_>|]*(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items())
    + r")[\s*_\u00a0]*[:：][*_]*(?:[\s\u00a0]+|(?=[\"<\w]))(?P<value>.*)$",
    re.IGNORECASE,
)

# "----- Original Message -----" and its like.
RULE_WITH_WORDS = re.compile(
    r"^[\s>*]*[-_=—–*]{2,}\s*(?P<words>[^\W\d_][^-_=]{2,58}?)\s*[-_=—–*:]{2,}\s*$"
)
ANY_RULE = re.compile(r"^[\s>*]*[-_=—–*~]{2}")
BARE_RULE = re.compile(r"^[\s*]*(?:[_]{5,}|[-]{5,}|[=]{5,}|[—–]{3,}|[*]{5,}|[~]{5,})[\s*]*$")
_ORIGINAL_WORDS = (
    r"original|origine|urspr[üu]ngliche|weitergeleitete|transf[ée]r|r[ée]exp[ée]di|forward|fwd"
    r"|reenviad|encaminhad|inoltrat|oorspronkelijk|doorgestuurd|исходное|пересыл|пересланн"
    r"|переслан|первоначальн|оригинал|özgün|orijinal|iletilen|原始|转发|轉寄|転送"
    r"|元のメッセージ|원본|전달|الأصلية"
    r"|المحولة|أعيد توجيه|معاد توجيه|اصلی|oryginaln|przekazan|wiadomo|originalmeddelande"
    r"|opprinnelig"
    r"|oprindelig|vidarebefordrat|videresendt|alkuperäinen|původní|eredeti|továbbított"
    r"|mesaj(?:ul)? ini"
    r"|αρχικό|mail original|réponse|message de|message du|répondre|reply|πρωτότυπο|gốc"
)
ORIGINAL = re.compile(_ORIGINAL_WORDS, re.IGNORECASE)
FORWARD_OPENS = re.compile(
    r"^[\s>*]*(?:begin forwarded message"
    r"|d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])"
    r"|anfang der weitergeleiteten nachricht|inicio del mensaje reenviado"
    r"|in[íi]cio da mensagem (?:reencaminhada|encaminhada)|inizio messaggio inoltrato"
    r"|begin doorgestuurd bericht|начало переадресованного сообщения|başlangıç: yönlendirilen"
    r"|下面是被转发的邮件|以下は転送されたメッセージ|بداية الرسالة المعاد توجيهها)\s*[:：]?\s*$",
    re.IGNORECASE,
)
REPLY_ABOVE = re.compile(
    r"(?:reply|type|write|r[ée]pond\w*|r[ée]ponse|[ée]cri\w*|responda|antwort\w*"
    r"|rispond\w*)\b.{0,40}"
    r"(?:above this line|au[- ]dessus de cette ligne|por encima de esta l[íi]nea"
    r"|acima desta linha"
    r"|[üo]ber dieser zeile|sopra questa (?:riga|linea)|boven deze regel)",
    re.IGNORECASE,
)

# What a telephone or a program adds by itself under a text.
DEVICE = re.compile(
    r"^[\s*_>|\[(-]*(?:"
    r"envoy[ée] (?:de|depuis|par|à partir|avec|du|via)\b.{0,80}"
    r"|sent (?:from|with|via|using|by) (?!me\b|him\b|her\b|us\b).{0,70}"
    r"|get outlook (?:for|pour)\b.{0,50}|t[ée]l[ée]charge[rz]? outlook\b.{0,50}"
    r"|obtenir outlook\b.{0,50}|obtenez outlook\b.{0,50}|outlook (?:for|pour|para|für) (?:ios"
    r"|android).{0,40}"
    r"|provenance : (?:courrier|mail) .{0,40}|yahoo mail.{0,80}|mail\.com.{0,40}"
    r"|(?:von|gesendet von|gesendet mit) .{0,60}(?:gesendet|iphone|ipad|android|gerät|mail app"
    r"|outlook).{0,20}"
    r"|diese nachricht wurde von .{0,60} gesendet\.?|holen sie sich outlook.{0,40}"
    r"|enviado (?:desde|do|a partir d[eo]|via|de)\b.{0,70}|obtener outlook.{0,40}"
    r"|obter o outlook.{0,40}"
    r"|inviato (?:da|dal|con|dall.)\b.{0,60}|scarica outlook.{0,40}"
    r"|verstuurd vanaf\b.{0,60}|verzonden (?:vanaf|met|via)\b.{0,60}"
    r"|outlook voor .{0,30} downloaden"
    r"|отправлено (?:с|из|от)\b.{0,70}|отправлено с .{0,70}|надіслано (?:з|із)\b.{0,60}"
    r"|.{0,40}(?:iphone|ipad|android|samsung|telefon).{0,12}(?:gönderildi"
    r"|'?[dt][ae]n gönderildi)\.?"
    r"|发自我的.{0,30}|發自我的.{0,30}|从我的.{0,20}发送|来自.{0,20}手机|iphoneから送信.{0,10}"
    r"|.{0,20}에서 보냄"
    r"|(?:أُ?رسلت? |تم الإرسال |مرسل |أرسل )من .{0,50}|ارسال شده از .{0,40}"
    r"|wysłane? z .{0,50}|trimis de pe .{0,50}|skickat från .{0,50}|sendt fra .{0,50}"
    r"|lähetetty .{0,40}(?:sta|stä|lta|ltä|stani)|odesláno z .{0,40}|enviat des de.{0,40}"
    r"|στάλθηκε από .{0,40}|đã gửi từ .{0,40}"
    r")[\s*_\])>.|-]*$",
    re.IGNORECASE,
)

# The beginning of a paragraph that lawyers or virus scanners add.
LEGAL = re.compile(
    r"^[\s*_>]*(?:"
    r"(?:ce (?:message|courriel|courrier [ée]lectronique|mail|e-mail)"
    r"|les informations contenues dans"
    r"|l.int[ée]grit[ée] de ce message|ce message et (?:toutes|ses|les)).{0,160}(?:confidentiel"
    r"|destin"
    r"|exclusi|strictement|int[ée]grit)"
    r"|(?:this (?:e-?mail|message|communication)"
    r"|the (?:information|contents?) (?:contained )?(?:in|of)"
    r" this).{0,160}(?:confidential|intended|privileged)"
    r"|confidentialit[ée]\s*:|avis de confidentialit|avertissement\s*:|disclaimer\b"
    r"|confidential(?:ity)? (?:notice|note)|(?:este|esta) (?:mensaje|correo|mensagem|e-?mail)"
    r".{0,160}(?:confidencia|destinad|exclusiv)|diese e-?mail.{0,160}vertraulich"
    r"|questo messaggio.{0,160}(?:riservat|confidenzial)"
    r"|dit (?:e-mail)?bericht.{0,160}vertrouwelijk"
    r"|(?:данное|это) (?:сообщение|письмо).{0,160}конфиденциальн|bu e-?posta.{0,160}gizli"
    r"|本邮件.{0,120}(?:保密|机密)|هذه الرسالة.{0,160}سري"
    r"|(?:p )?(?:pensez à l.environnement|avant d.imprimer|n.imprimez (?:ce|cet)|adoptez l.[ée]co"
    r"|afin de (?:préserver|contribuer).{0,60}(?:imprim|environnement)"
    r"|please consider the environment"
    r"|(?:think|save paper).{0,40}before.{0,20}print)"
    r"|(?:garanti sans virus|virus-free|sans virus\.|l.absence de virus dans ce courrier"
    r"|this email has"
    r" been (?:checked|scanned) for viruses|cet e-?mail a [ée]t[ée] v[ée]rifi[ée] par|virenfrei"
    r"|libre de virus|livre de v[íi]rus|privo di virus|virusvrij)"
    r")",
    re.IGNORECASE | re.DOTALL,
)
