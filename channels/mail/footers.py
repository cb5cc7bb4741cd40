"""What telephones, lawyers, virus scanners and lists add under a text, language by language."""

import re

# What a line "Sent from …" may name: a thing or a program, never a place.
_THINGS = (
    r"i[ -]?phone|i[ -]?pad|i[ -]?pod|android|samsung|galaxy|huawei|honor|xiaomi|redmi|poco|oppo"
    r"|realme"
    r"|oneplus|nokia|sony|xperia|htc|lg|motorola|pixel|blackberry|windows|outlook|gmail|google"
    r"|inbox"
    r"|yahoo|hotmail|mail|e-?mail|mailbox|courriel|courrier|smartphone|mobil\w*|mobiltelefon|handy"
    r"|t[ée]l[ée]phone|telefone?|tel[ée]fono|telefono|telefoon|telefon\w*|cellulare|celular|cell"
    r"|phone"
    r"|portable|tablet\w*|tablette|appareil|ger[äa]t|device|dispositivo|toestel|urządzeni\w*|app"
    r"|appli"
    r"|application|applicazione|aplicaci[óo]n|aplicativo|anwendung|aplikac\w*|webmail|orange|sfr"
    r"|bouygues|free|la ?poste|proton ?mail|proton|tutanota|gmx|web\.de|t-online|telekom|aol"
    r"|airmail|spark"
    r"|sparrow|thunderbird|k-9|bluemail|mailbird|mailspring|zimbra|roundcube|typeapp|acompli"
    r"|newton"
    r"|polymail|edison|superhuman|canary|posteo|ionos|libero|virgilio|wanadoo|numericable|zoho"
    r"|fairemail"
    r"|virgin media|bell|nine|myMail|почт\w*|телефон\w*|устройств\w*|смартфон\w*|пристро\w*"
    r"|mac(?:book)?"
    r"|pc|ti-\d+|hub|touch|vodafone|verizon|at&t|t-mobile|telstra|rogers"
)
_THING = re.compile(rf"(?<![^\W\d_])(?:{_THINGS})(?![^\W\d_])", re.IGNORECASE)
_MY = (
    r"(?:mon|ma|mes|my|a|an|mi|meu|minha|mein\w*|il mio|mio|mijn|moj\w*|min|mitt|мо\w*|meu|le|la"
    r"|l['’]"
    r"|un|une|the)"
)
_SENT = re.compile(
    r"^(?:envoy[ée]e?|exp[ée]di[ée]|r[ée]dig[ée]|[ée]crit|transmis) (?:de|du|d['’]|depuis|par"
    r"|[àa] partir"
    r"|avec|via|sur|gr[âa]ce)(?:\b|(?=['’]))"
    r"|^(?:message|courriel|mail) (?:envoy[ée]|exp[ée]di[ée]|r[ée]dig[ée]) "
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
    r"|sent with .{1,30} secure e?-?mail\.?|(?:this|ce) (?:message|mail|e-?mail) (?:was"
    r"|a [ée]t[ée]) (?:sent|envoy[ée]) (?:from|depuis|de) .{1,50}"
    r"|ha(?:ve|s)? sent (?:from|by).{1,40}|-{0,3} ?.{0,10}mail\.ru.{0,60}"
    r")$",
    re.IGNORECASE,
)
_EDGES = " \t*_>|[](){}-–—.•·\u200e\u200f"
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
    if not _SENT.match(bare):
        return False
    if _SENTENCE.search(bare) and not _EXCUSE.search(bare):
        return False
    return bool(_THING.search(bare)) and (len(bare.split()) <= 14)


# The beginning of a paragraph that lawyers or virus scanners add.
LEGAL = re.compile(
    r"^[\s*_>]*(?:"
    r"(?:ce (?:message|courriel|courrier [ée]lectronique|mail|e-mail)"
    r"|(?:les|toutes les) informations (?:contenues|figurant) dans"
    r"|l.int[ée]grit[ée] de ce|ce (?:message|mail|courriel) et (?:toutes|ses|les)).{0,200}"
    r"(?:confidentiel|destin|exclusi|strictement|int[ée]grit)"
    r"|(?:this (?:e-?mail|message|communication|transmission|electronic)"
    r"|the (?:information|contents?) (?:contained |transmitted )?(?:in|of|with|by) this"
    r"|the information transmitted|any (?:views|opinions)).{0,200}"
    r"(?:confidential|intended|privileged|solely|author)"
    r"|if you (?:are not|have received this|received this).{0,120}(?:recipient|error|mistake)"
    r"|si vous (?:n.[êe]tes pas|avez re[çc]u ce).{0,120}(?:destinataire|erreur)"
    r"|confidentialit[ée]\s*:|avis de confidentialit|clause de confidentialit|mention l[ée]gale"
    r"|avertissement\s*:"
    r"|(?:legal )?disclaimer\b|(?:privacy|legal) notice|aviso (?:legal|de confidencialidad"
    r"|de privacidad)"
    r"|advertencia\s*:|aviso de confidencialidade|avviso di riservatezza|haftungsausschluss"
    r"|vertraulichkeitshinweis|(?:rechtlicher )?hinweis:.{0,200}vertraulich|klauzula poufności"
    r"|нотификация о конфиденциальности"
    r"|confidential(?:ity)? (?:notice|note|statement)"
    r"|(?:este|esta|o presente|el presente|la presente|la informaci[óo]n|as informaç[õo]es)\b"
    r".{0,200}(?:confidencia|destinad|exclusiv|privilegiad)"
    r"|dies(?:e|er) (?:e-?mail|nachricht|mitteilung).{0,200}(?:vertraulich|bestimmt)"
    r"|(?:questo messaggio|le informazioni contenute|la presente|questa (?:e-?mail"
    r"|comunicazione)).{0,200}"
    r"(?:riservat|confidenzial|destinat)"
    r"|(?:dit|deze) (?:e-?mail)?(?:bericht)?.{0,200}(?:vertrouwelijk|bestemd)"
    r"|(?:данное|это|настоящее|информация, содержащаяся).{0,200}(?:конфиденциальн|предназначен)"
    r"|(?:це|цей) (?:повідомлення|лист).{0,200}(?:конфіденційн|призначен)"
    r"|bu (?:e-?posta|ileti|mesaj).{0,200}gizli|(?:本|此)(?:邮件|郵件|电子邮件"
    r"|電子郵件).{0,150}(?:保密|机密|機密)"
    r"|(?:هذه الرسالة|هذا البريد|المعلومات الواردة).{0,200}سري|(?:این (?:پیام"
    r"|ایمیل)).{0,200}محرمانه"
    r"|(?:niniejsz\w+|ta wiadomość|treść tej wiadomości).{0,200}poufn"
    r"|(?:acest (?:mesaj|e-?mail)|informați\w+ conținut\w+).{0,200}confiden"
    r"|(?:p )?(?:pensez [àa] l.environnement|avant d.imprimer|n.imprimez (?:ce|cet)"
    r"|adoptez l.[ée]co"
    r"|merci de (?:ne pas|n.)\s?imprimer|afin de (?:pr[ée]server|contribuer).{0,60}(?:imprim"
    r"|environnement)"
    r"|please consider the environment|antes de imprimir|prima di stampare|(?:bitte )?(?:denken"
    r"|prüfen) sie.{0,40}(?:ausdruck|umwelt)"
    r"|denk aan het milieu|(?:think|save paper).{0,40}before.{0,20}print)"
    r"|(?:garanti sans virus|virus-free|sans virus\.|l.absence de virus dans ce courrier"
    r"|(?:this|ce|cet) (?:e-?mail|message|courrier).{0,30}(?:been|[ée]t[ée]) (?:checked|scanned"
    r"|v[ée]rifi|analys|contr[ôo]l)"
    r"|cet? (?:e-?mail|courrier [ée]lectronique) (?:a [ée]t[ée] v[ée]rifi[ée] par"
    r"|ne contient aucun virus)"
    r"|aucun virus trouv[ée]|no virus found|virenfrei|libre de virus|livre de v[íi]rus"
    r"|privo di virus|virusvrij"
    r"|bez wirusów|не содержит вирусов|проверено на вирусы|virüs içermez"
    r"|el software de antivirus avast"
    r"|l.antivirus avast|diese e-?mail wurde (?:von|auf) .{0,40}virus"
    r"|questa e-?mail è stata controllata)"
    r")",
    re.IGNORECASE | re.DOTALL,
)
# The beginning of what lists and mailings add.
LIST = re.compile(
    r"^[\s*_>]*(?:"
    r"(?:to|click here to|if you (?:wish|want|no longer|would like).{0,60}) unsubscribe"
    r"|unsubscribe\b"
    r"|you (?:are receiving|received|have received) this (?:e-?mail|message|because)"
    r"|this (?:message|email) was sent to\b.{0,120}|to (?:view|stop|manage|change|update) (?:this"
    r"|receiving|your).{0,120}"
    r"|pour (?:vous d[ée]s(?:inscrire|abonner)|ne plus recevoir|se d[ée]sinscrire)"
    r"|se d[ée]s(?:inscrire|abonner)"
    r"|vous (?:recevez|avez re[çc]u) ce(?:t|tte)? (?:e-?mail|message|courriel|mail"
    r"|lettre).{0,80}(?:car|parce)"
    r"|para (?:darse de baja|cancelar su suscripci[óo]n|anular su|cancelar a inscri)"
    r"|(?:darse de baja|cancelar suscripci)"
    r"|um sich (?:abzumelden|aus)|(?:newsletter )?abmelden\b|(?:per )?(?:annullare"
    r"|cancellare) l.iscrizione|per cancellarti"
    r"|uitschrijven\b|om u uit te schrijven|отписаться|чтобы отписаться|aby (?:zrezygnować"
    r"|wypisać)"
    r"|.{0,60}mailing list\s*$|.{0,60}(?:liste de diffusion)\s*$|liste[ -]unsubscribe"
    r"|退订|取消订阅|لإلغاء الاشتراك|dezabonare"
    r")",
    re.IGNORECASE,
)
