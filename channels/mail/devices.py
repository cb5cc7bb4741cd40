"""The line that a telephone or a program adds under a text: "Sent from my …"."""

import re

# What a line "Sent from …" may name: a make or a program …
_MAKES = (
    r"i[ -]?phon\w*|i[ -]?pad\w*|i[ -]?pod|android|samsung|galaxy|huawei|honor|xiaomi|redmi|poco"
    r"|oppo"
    r"|realme|oneplus|nokia|sony|xperia|htc|lg|motorola|pixel|blackberry|windows|outlook|gmail"
    r"|google|yahoo!?|hotmail|mailbox|orange|sfr|bouygues|free|la ?poste|laposte\.net|proton"
    r"|proton ?mail|tutanota|gmx|web\.de|t-online|telekom|aol|airmail|spark|sparrow|thunderbird"
    r"|k-9|bluemail|mailbird|mailspring|zimbra|roundcube|typeapp|acompli|newton|polymail|edison"
    r"|superhuman|canary|posteo|ionos|libero|virgilio|wanadoo|numericable|zoho|fairemail|bell|nine"
    r"|mymail|vodafone|verizon|at&t|t-mobile|telstra|rogers|ti-\d+|mail (?:for|pour|für|para|per"
    r"|voor)"
    r"|courrier pour|correo para|(?:posta|mail) per|почт\w* mail|mail\.ru|яндекс\w*"
)
# … or a thing one carries; never a place, nor the post.
_THINGS = (
    r"smartphone|mobil\w*|mobiltelefon|handy|t[ée]l[ée]phone|telefone?|tel[ée]fono|telefono"
    r"|telefoon"
    r"|telefon\w*|cellulare|celular|cell|phone|portable|tablet\w*|tablette|appareil|ger[äa]t|device"
    r"|dispositivo|toestel|urządzeni\w*|app|appli|application|applicazione|aplicaci[óo]n|aplicativo"
    r"|anwendung|aplikac\w*|webmail|телефон\w*|устройств\w*|смартфон\w*|пристро\w*|mac(?:book)?"
    r"|хостинг\w*|جهاز\w*|هاتف\w*|جوال\w*|آيفون|أندرويد|گوشی|تلفن|آیفون|اندروید|iphone'?\w*"
)
_MAKE = re.compile(rf"(?<![^\W\d_])(?:{_MAKES})(?![^\W\d_])", re.IGNORECASE)
_THING = re.compile(rf"(?<![^\W\d_])(?:{_THINGS})(?![^\W\d_])", re.IGNORECASE)
# "Sent by telephone" is said by a person.
_BY = re.compile(r"^\S+ (?:par|por|by|pelo|per|door|przez)\b", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:hier|ce matin|ce soir|aujourd.hui|demain|yesterday|today|this morning|ayer|hoy|ontem"
    r"|hoje"
    r"|gestern|heute|ieri|oggi|вчера|сегодня|le \d|on \w+day|déjà|deux fois|plusieurs)\b",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"^(?:envoy[ée]e?|exp[ée]di[ée]|r[ée]dig[ée]|[ée]crit|transmis) (?:de|du|d['’]|depuis|par"
    r"|[àa] partir"
    r"|avec|via|sur|gr[âa]ce)(?:\b|(?=['’]))"
    r"|^(?:message|courriel|mail) (?:envoy[ée]|exp[ée]di[ée]|r[ée]dig[ée]) "
    r"|^(?:this|ce|cet) (?:message|mail|e-?mail) (?:was|a [ée]t[ée]) (?:sent|envoy[ée]) (?:from"
    r"|depuis|de)\b"
    r"|^(?:sent|written|posted|typed) (?:from|with|via|using|by|on)\b"
    r"|^(?:von|gesendet|diese (?:nachricht|e-?mail)|nachricht)\b.{0,80}\b(?:gesendet|gesandt"
    r"|verschickt)\b"
    r"|^gesendet (?:von|mit|über|via|aus)\b|^(?:mit|von) meine[mr] .{1,40}(?:gesendet)?$"
    r"|^(?:enviad[oa]|mandado|escrito) (?:desde|do|da|a partir|vi[aá]|de|con|com|por|pelo"
    r"|atrav[ée]s|el)\b"
    r"|^(?:inviato|inviata|spedito|scritto) (?:da|dal|dall|con|tramite|usando)\b"
    r"|^(?:verstuurd|verzonden|gestuurd) (?:vanaf|met|via|vanuit|door|van|uit)\b"
    r"|^(?:отправлен[оа]?|послано|написано) (?:с|из|от|через|со)\b|^(?:надіслано"
    r"|відправлено) (?:з|із|зі|через)\b"
    r"|^(?:wysłan[eoay]?|wysłano) (?:z|ze|przez|za)\b|^trimis[ăe]? (?:de pe|din|de la|cu|prin)\b"
    r"|^(?:skickat|sänt) (?:från|med|via)\b|^(?:sendt|skrevet) (?:fra|med|via)\b|^fr[åa]n? min\b"
    r"|^lähetetty\b|^(?:odesl[áa]no|odoslan[éeý]) z\b|^enviat des\b|^εστάλη από\b"
    r"|^στάλθηκε (?:από|με)\b"
    r"|^(?:đã )?(?:được )?gửi từ\b|^dikirim dari\b|^dërguar nga\b|^poslan[oa]? (?:s|sa|z|iz)\b"
    r"|^(?:küldve|elküldve)\b|^elküldve\b|^from my\b|^[^\W\d_]+ (?:from|via) (?:my )?(?:mobile"
    r"|cell)"
    r"|^تم الإرسال (?:من|بواسطة)\b|^(?:أُ?رسلت?|مرسل|أرسل|مُرسل|ارسلت?) (?:من|بواسطة)\b"
    r"|^ارسال(?: شده)? (?:از|با)\b|^فرستاده شده از\b",
    re.IGNORECASE,
)
# Lines that no one types by hand.
_DEVICE = re.compile(
    r"^(?:(?:get|download|try) outlook\b.{0,60}|(?:t[ée]l[ée]charge[rz]?|obtenir|obtenez"
    r"|essayez) outlook\b.{0,60}"
    r"|outlook (?:for|pour|para|für|per|voor|для) .{0,50}|provenance\s?: (?:courrier|mail) .{0,40}"
    r"|yahoo ?!? ?mail.{0,80}|mail\.com.{0,40}"
    r"|(?:hol\w*|laden) sie (?:sich )?outlook.{0,50}|obt[ée]n(?:er|ga)? outlook.{0,50}"
    r"|descarg\w+ outlook.{0,50}"
    r"|(?:obter|obtenha|baixe|transferir) (?:o )?outlook.{0,50}|(?:scarica|ottieni) outlook.{0,50}"
    r"|outlook (?:voor|für) .{0,30} (?:downloaden|beziehen|abrufen)|download outlook.{0,40}"
    r"|pobierz (?:aplikację )?outlook.{0,50}"
    r"|(?:скачать|получить|загрузить|отримати) outlook.{0,50}|(?:android|ios) için outlook.{0,40}"
    r"|获取.{0,10}outlook.{0,40}|下载.{0,10}outlook.{0,40}|الحصول على outlook.{0,50}"
    r"|hämta outlook.{0,50}|hent outlook.{0,50}"
    r"|(?:von|aus) .{0,60}gesendet.{0,12}"
    r"|.{0,40}(?:iphone|ipad|android|samsung|galaxy|xiaomi|huawei|telefon|outlook|yahoo"
    r"|gmail).{0,40}(?:gönderildi|gönderilmiştir)\.?"
    r"|(?:发自|發自|寄自|來自|来自)(?:我的|你的)?.{1,40}|(?:从|從|自)我的.{0,20}(?:发送|傳送"
    r"|发出)|由.{1,20}(?:手机|手機)(?:发送"
    r"|傳送)"
    r"|(?:my )?(?:iphone|ipad|android|スマートフォン|携帯).{0,12}(?:から|より)送信.{0,10}"
    r"|.{0,30}(?:에서|로) (?:보냄"
    r"|보낸 메일|보냈습니다).{0,10}"
    r"|নিরাপদ.{0,40}পাঠানো|আমার .{0,20}থেকে পাঠানো.{0,10}|mere .{0,20}se bheja gaya"
    r"|<+\s*sent (?:by|from) .{1,30}>+|\(?sent from (?:a|my)? ?(?:mobile|phone).{0,30}\)?"
    r"|sent with .{1,30} secure e?-?mail\.?"
    r"|-{0,3} ?.{0,10}mail\.ru.{0,60}"
    r")$",
    re.IGNORECASE,
)
# "… from my Flash2": makes that no list knows begin with a capital.
_MINE = re.compile(
    r"^(?:sent from my|envoy[ée] (?:de|depuis) mon|enviado desde mi|enviado do meu|inviato dal mio"
    r"|von meinem|verstuurd vanaf mijn|отправлено с моего|skickat från min|sendt fra min) ",
    re.IGNORECASE,
)
_MAX_WORDS = 14
_EDGES = " \t*_<>|[](){}-–—.•·\u200e\u200f"
_TARGET = re.compile(r"\s*[<(\[]?\s*(?:https?://|mailto:)[^\s>)\]]*[>)\]]?")
_SENTENCE = re.compile(r"[.!?;:] +\w+ +\w+ +\w+|\b(?:is|was|are|est|sera|es|ist)\b", re.IGNORECASE)
_EXCUSE = re.compile(r"excuse|pardon|typo|brev|fautes?|tippfehler|disculp|erreurs?", re.IGNORECASE)


def is_device_line(line: str) -> bool:
    """Whether a telephone or a program added ``line`` by itself ("Sent from my …")."""
    if not 3 < len(line) <= 300:
        return False
    bare = _TARGET.sub(" ", line).strip(_EDGES)
    if not 3 < len(bare) <= 130:
        return False
    if _DEVICE.match(bare):
        return True
    sent = _SENT.match(bare)
    if sent is None:
        return False
    if _SENTENCE.search(bare, sent.end()) and not _EXCUSE.search(bare):
        return False
    if _WHEN.search(bare) or len(bare.split()) > _MAX_WORDS:
        return False
    mine = _MINE.match(bare)
    named = mine.end() if mine and len(bare.split()) <= _MAX_WORDS // 2 else len(bare)
    if any(word[0].isupper() or word[-1].isdigit() for word in bare[named:].split()):
        return True
    return bool(_MAKE.search(bare) or (_THING.search(bare) and not _BY.match(bare)))
