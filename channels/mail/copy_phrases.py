"""What stands above a copied message: header lines, rules with words, "answer above this line"."""

import re

# Header lines that programs copy above the message answered or forwarded.
_LABELS: dict[str, str] = {
    "from": "from, de, von, da, van, od, от, від, від кого, от кого, kimden, gönderen, 发件人,"
    " 發件人,"
    " 寄件者, 寄件人, من, از, فرستنده, المرسل, από, fra, från, lähettäjä, feladó, 差出人,"
    " 送信者, 보낸 사람,"
    " 보낸사람, 보낸이, de la, từ, người gửi, expéditeur, expediteur, émetteur, remitente,"
    " remetente,"
    " mittente, absender, afzender, nadawca, expeditor, প্রেরক, থেকে, מאת, pošiljatelj, odesílatel,"
    " šalje, nga, dari",
    "sent": "sent, date, envoyé, envoyée, envoye, envoyé le, date d'envoi, date d’envoi, reçu,"
    " reçu le,"
    " le, gesendet, datum, enviado, enviado el, enviado em, enviada, enviada em, fecha,"
    " fecha de envío, data, data de envio, inviato, inviato il, data invio, verzonden, wysłano,"
    " wysłane, data wysłania, отправлено, отправлен, дата, надіслано, gönderme tarihi, gönderildi,"
    " gönderilme tarihi, gönderim tarihi, tarih, 发送时间, 發送時間, 发送日期, 日期, 时间,"
    " 寄件日期,"
    " 傳送時間, 傳送日期, التاريخ, تاريخ, تاريخ الإرسال, تم الإرسال, أرسلت, الوقت, تاریخ, ارسال,"
    " ارسال شده, skickat, sendt, lähetetty, päivämäärä, elküldve, dátum, 送信日時, 日時, 日付,"
    " 보낸 날짜, 보낸날짜, 날짜, trimis, odesláno, odoslané, εστάλη, ημερομηνία, ngày, đã gửi, gửi,"
    " তারিখ, পাঠানো হয়েছে, נשלח, תאריך, poslano",
    "to": "to, à, a, an, para, aan, naar, do, кому, kime, alıcı, 收件人, 收件者, إلى, الى,"
    " المستلم, به,"
    " گیرنده, til, till, vastaanottaja, címzett, 宛先, 받는 사람, 받는사람, 받는이, către, catre,"
    " destinataire, destinataires, empfänger, destinatario, destinatário, destinatari, đến, tới,"
    " προς, প্রাপক, প্রতি, אל, komu, per, për, za",
    "cc": "cc, cci, bcc, copie, copie à, copie cachée, kopie, copia, cópia, kopia, копия, копія,"
    " bilgi,"
    " 抄送, 副本, نسخة, نسخة إلى, رونوشت, 참조, κοιν, κοιν.",
    "subject": "subject, objet, sujet, betreff, asunto, assunto, oggetto, onderwerp, temat,"
    " тема, konu,"
    " 主题, 主題, 主旨, 标题, 標題, الموضوع, موضوع, θέμα, emne, ämne, aihe, tárgy, 件名, 제목,"
    " subiect,"
    " subiectul, chủ đề, বিষয়, נושא, předmět, predmet, titre, tema, perihal",
    "other": "importance, priorité, priority, pièces jointes, pièce jointe, attachments,"
    " attachment,"
    " reply-to, répondre à, antwort an, organization, message-id, 附件, المرفقات, anlagen,"
    " allegati,"
    " adjuntos, anexos, bijlagen, вложения, ekler",
}
_KINDS = {label.strip(): kind for kind, labels in _LABELS.items() for label in labels.split(",")}
_LONGEST = max(map(len, _KINDS))
_DECORATION = " *_>|\t"


def header(line: str) -> tuple[str | None, str]:
    """The kind and the value of a copied header line; (None, "") for another line."""
    name, colon, value = line.partition(":")
    if not colon or "：" in name:
        name, colon, value = line.partition("：")
    if not colon or len(name) > _LONGEST + 12:
        return None, ""
    kind = _KINDS.get(name.strip(_DECORATION).lower())
    if kind is None or value[:1].isdigit():  # "à:10" is an hour, "à: 10" may be anything
        return None, ""
    return kind, value.strip(_DECORATION)


# "----- Original Message -----" and its like.
RULE_WITH_WORDS = re.compile(
    r"^[\s>*]*[-_=—–‐*]{2,}\s*(?P<words>[^\W\d_][^_=]{2,200}?)\s*[-_=—–‐*:]{2,}\s*$"
)
ANY_RULE = re.compile(r"^[\s>*]*[-_=—–‐*~]{2}")
BARE_RULE = re.compile(
    r"^[\s*]*(?:_{5,}|-{5,}|={5,}|[—–‐]{3,}|\*{5,}|[~-]{5,}|─{3,}|(?:\* ){2,}\*|(?:- ){4,}-"
    r"|(?:_ ){4,}_)[\s*]*$"
)
_ORIGINAL_WORDS = (
    r"original|origine|urspr[üu]ngliche|weitergeleitete|antwort|transf[ée]r|r[ée]exp[ée]di|forward"
    r"|fwd|reenviad|encaminhad|reencaminhad|inoltrat|originale|oorspronkelijk|doorgestuurd"
    r"|исходное"
    r"|пересыл|пересланн|переслан|первоначальн|оригинал|оригінал|özgün|orijinal|iletilen|原始"
    r"|转发|轉寄"
    r"|转發|轉發|転送|元のメッセージ|원본|전달|الأصلية|المحولة|أعيد توجيه|معاد توجيه|اصلی"
    r"|oryginaln|przekazan"
    r"|wiadomo|originalmeddelande|opprinnelig|oprindelig|vidarebefordrat|videresendt|alkuperäinen"
    r"|välitetty|původní|pôvodná|eredeti|továbbított|mesaj(?:ul)? ini|redirecționat|αρχικό"
    r"|mail original|r[ée]ponse|message de|message du|message transmis|r[ée]pondre|reply|πρωτότυπο"
    r"|gốc|chuyển tiếp|মূল|ফরোয়ার্ড|הודעה מקורית|izvorna|mesazhi origjinal|respuesta|risposta"
)
ORIGINAL = re.compile(_ORIGINAL_WORDS, re.IGNORECASE)
FORWARD_OPENS = re.compile(
    r"^[\s>*]*(?:(?:begin )?forwarded message|forwarded by .{1,80}"
    r"|(?:d[ée]but du )?message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée]|transmis)"
    r"|(?:anfang der )?weitergeleitete[n]? nachricht|(?:inicio del )?mensaje reenviado"
    r"|(?:in[íi]cio da )?mensagem (?:reencaminhada|encaminhada)|(?:inizio )?messaggio inoltrato"
    r"|(?:begin )?doorgestuurd bericht|(?:начало )?(?:переадресованного|пересланного) сообщения"
    r"|пересылаемое сообщение|початок переадресованого повідомлення"
    r"|başlangıç: yönlendirilen(?: ileti)?"
    r"|(?:początek )?przekazan(?:ej|a) wiadomoś(?:ci|ć)|mesaj redirecționat"
    r"|vidarebefordrat meddelande"
    r"|videresendt (?:besked|melding)|下面是被转发的邮件|以下は転送されたメッセージ(?:です)?"
    r"|전달된 메시지"
    r"|بداية الرسالة (?:المعاد توجيهها|المُعاد توجيهها)|رسالة معاد توجيهها|شروع پیام هدایت‌شده"
    r")\s*[:：]?\s*$",
    re.IGNORECASE,
)


def is_programs_own(line: str) -> bool:
    """Whether ``line`` is a rule or a title that a program puts above a copy."""
    return bool(ANY_RULE.match(line) or FORWARD_OPENS.match(line))


# "Reply above this line", whatever stands around it.
REPLY_ABOVE = re.compile(
    r"(?:reply|type|write|respond|r[ée]pond\w*|r[ée]ponse|[ée]cri\w*|respond[ae]\w*|escriba"
    r"|escreva"
    r"|antwort\w*|schreiben|rispond\w*|scriv\w*|antwoord\w*|reageer|odpowied\w*|odpisz|ответ\w*"
    r"|напиш\w*"
    r"|відпові\w*|răspunde\w*|yanıt\w*|cevap\w*)\b.{0,40}"
    r"(?:above (?:this|the) line|au[- ]dessus de (?:cette|la) ligne"
    r"|(?:por )?encima de esta l[íi]nea"
    r"|arriba de esta l[íi]nea|acima d(?:esta|a) linha|(?:[üo]ber|oberhalb) dies(?:er|e) (?:zeile"
    r"|linie)"
    r"|sopra (?:questa|la) (?:riga|linea)|boven deze (?:regel|lijn)|(?:nad"
    r"|powyżej) t[ąe]j? lini\w*"
    r"|(?:выше|над) эт(?:ой|ого) (?:строки|строкой|линии)|вище цього рядка|над цим рядком"
    r"|deasupra acestei linii|bu satırın üst\w*)"
    r"|(?:above|au-dessus de) (?:this|cette) (?:line|ligne).{0,40}(?:reply|respond|r[ée]pond)"
    r"|(?:请在此行(?:之)?上方|请在本行上方|اكتب ردك فوق هذا السطر|يرجى الرد فوق هذا السطر"
    r"|この行より上)",
    re.IGNORECASE,
)

_ABOVE = (
    "above",
    "dessus",
    "encima",
    "arriba",
    "acima",
    "sopra",
    "boven",
    "oberhalb",
    "ber dies",
    "deasupra",
    "powyżej",
    "nad ",
    "выше",
    "вище",
    "над",
    "üst",
    "上方",
    "فوق",
    "より上",
)


def lines_asking_above(text: str, lines: list[str]) -> frozenset[int]:
    """The numbers of the ``lines`` of ``text`` that ask to answer above them."""
    lowered = text.lower()
    words = [word for word in _ABOVE if word in lowered]
    if not words:
        return frozenset()
    return frozenset(
        at
        for at, line in enumerate(lines)
        if len(line) < 160
        and any(word in line.lower() for word in words)
        and REPLY_ABOVE.search(line)
    )
