"""How programs write in the languages of the people they answer: titles and set phrases.

People write such words too (« Message automatique reçu, que faire ? »). A title counts as a
program makes it: the set words, a colon, then the subject that is answered. Words of the body
count where programs put them, at the beginning of a line, and never inside a quotation.
"""

import re

_SET_TITLES = (
    r"r[ée]ponse automatique|r[ée]pondeur(?: automatique)?|message automatique"
    r"|absen(?:t|ce) (?:du|de) bureau|message d.absence|notification d.absence|avis d.absence"
    r"|accus[ée] de r[ée]ception automatique"
    r"|auto(?:matic|mated|matische?)?[ -]?(?:reply|response|respuesta|replay|notification)"
    r"|out[ -]of[ -](?:the[ -])?office(?: auto-?reply| notification| message)?|ooo auto-?reply"
    r"|vacation (?:reply|response|notice|message)|away(?: from (?:my|the) (?:mail|desk))? message"
    r"|abwesenheits\w*|abwesenheit vom b[üu]ro|automatische (?:antwort|r[üu]ckantwort"
    r"|benachrichtigung)"
    r"|automatisch(?:e)? (?:antwoord|beantwoording)|afwezigheids\w*|abwesend\b"
    r"|respuesta autom[áa]tica|fuera de (?:la )?oficina|autorespuesta|mensaje autom[áa]tico"
    r"|resposta autom[áa]tica|fora do escrit\w*|aus[êe]ncia tempor\w*|mensagem autom[áa]tica"
    r"|risposta automatica|fuori (?:sede|ufficio)|messaggio automatico"
    r"|resposta autom[àa]tica|autosvar|auto(?:matiskt?|matisk) svar|frånvaro\w*|fraværs\w*"
    r"|automaattinen vastaus|poissaoloilmoitus|automatyczna odpowied\w*|autoodpowied\w*"
    r"|otomatik (?:yan[ıi]t|cevap)|ofis d[ıi]ş\w*"
    r"|автоматический ответ|автоответ\w*|автоматична відповідь|автоматичне повідомлення"
    r"|автовідповід\w*|автоматичен отговор|аутоматски одговор|automatski odgovor"
    r"|自动回复|自動回覆|自动答复|自動回复|自動返信|自動応答"
    r"|不在通知|자동 ?(?:회신|응답|답장)|부재 ?중"
    r"|رد تلقائي|الرد التلقائي|رد آلي|پاسخ خودکار|خودکار جواب|תשובה אוטומטית|מענה אוטומטי"
    r"|αυτόματη απάντηση|răspuns automat|raspuns automat|automatikus válasz"
    r"|automatická odpov[eě]ď|trả lời tự động|ตอบกลับอัตโนมัติ|përgjigje automatike"
    r"|স্বয়ংক্রিয় উত্তর|स्वचालित उत्तर"
)
TITLE = re.compile(
    rf"^\s*(?:{_SET_TITLES})[\w.]{{0,14}}\s*(?:(?:re|rép|aw|sv|rv|r)\b\s*)?[:：]\s*\S"
    rf"|^\s*(?:{_SET_TITLES})\s*[.!]*\s*$",
    re.IGNORECASE,
)
# The same words between brackets, or behind the subject: no person writes them so.
MARKED_TITLE = re.compile(
    rf"^\s*[\[(](?:{_SET_TITLES}|auto(?:-?reply)?)[\w ]{{0,14}}[\])]"
    rf"|[\[(](?:{_SET_TITLES})[\])]\s*$"
    r"|^auto(?:matic)?\s*:.*\b(?:out of (?:the )?office|abwesend|absent|fuera|ufficio)"
    r"|^(?:auto|ooo)[- ]?reply\s*[:\]]|^cron <[^>]+>"
    r"|^yahoo! auto",
    re.IGNORECASE,
)

# A title that speaks of absence, alone or followed by a name or dates.
ABSENCE_TITLE = re.compile(
    r"out of (?:the |my )?office|\booo\b|on (?:annual |maternity |sick )?leave|vacation|holiday"
    r"|away from|absen[ct]|cong[ée]|indisponib|vacances|abwesen|urlaub|nicht im (?:b[üu]ro|haus)"
    r"|fuera de|vacaciones|ausen|ausên|férias|fora do|fuori|assen|ferie|afwezig|vakantie"
    r"|nieobecn|urlop|frånvar|semester|fravær|izin|tatil|отпуск|отсутств|відпуст|відсутн"
    r"|休暇|不在|外出|휴가|부재|إجازة|خارج المكتب|مرخصی",
    re.IGNORECASE,
)
ABSENCE_WORDS = re.compile(
    r"i(?:'m| am| will be)? (?:currently |now )?(?:out of|away from|not in) (?:the|my)? ?office"
    r"|i(?:'m| am| will be) (?:currently )?(?:on|away on) (?:annual |maternity )?"
    r"(?:leave|vacation|holiday)|(?:limited|no) access to (?:my )?e-?mail"
    r"|je (?:suis|serai) (?:actuellement )?(?:absente?|en cong|indisponible|en vacances)"
    r"|(?:bureau|service) (?:est|sera) ferm|en mon absence|pendant mon absence"
    r"|ich bin (?:\S+ ){0,4}(?:nicht im|abwesend|im urlaub|außer haus|wieder)"
    r"|(?:estoy|estaré) (?:\S+ ){0,3}(?:fuera|ausente|de vacaciones)"
    r"|(?:estou|estarei) (?:\S+ ){0,3}(?:ausente|fora|de férias)"
    r"|sono (?:\S+ ){0,3}(?:fuori|assente|in ferie)|sarò (?:\S+ ){0,3}(?:fuori|assente|in ferie)"
    r"|ik ben (?:\S+ ){0,5}(?:afwezig|niet aanwezig|met vakantie|weer)"
    r"|jestem (?:\S+ ){0,3}(?:nieobecn|na urlopie)|(?:нахожусь|буду) (?:\S+ ){0,3}(?:в отпуске"
    r"|отсутств)"
    r"|(?:перебуваю|буду) (?:\S+ ){0,3}(?:у відпустці|відсутн)|休暇|不在にし|휴가|부재 중"
    r"|jag är (?:\S+ ){0,3}(?:på semester|bortrest|inte på)|(?:izinde|ofis dışında)y[iı]m"
    r"|أنا (?:\S+ ){0,3}(?:في إجازة|خارج المكتب)",
    re.IGNORECASE,
)

_START = (
    r"(?:^|\n|[.!] )[\s*_=#|.•-]{0,12}(?:\[|\()?"
    r"(?:(?:note|nb|p\.?s\.?|important|attention)\W{1,4})?"
)
# Where what somebody else wrote begins.
QUOTES = re.compile(
    r"^[ \t]*>|^[^\n]{0,200}(?:a [ée]crit|wrote|schrieb|escribió|escreveu|ha scritto|schreef"
    r"|писал\S*)"
    r"[ \t]*:|^[ \t*]*(?:de|from|von|da|van|от|від)[ \t*]*:|^[ \t]*-{3,}[^\n]{0,40}(?:message"
    r"|nachricht"
    r"|mensaje|mensagem|messaggio|bericht)|^[ \t]*_{10,}",
    re.IGNORECASE | re.MULTILINE,
)
# What an absence notice says besides: until when, and whom to write to meanwhile.
ABSENCE_TERM = re.compile(
    r"jusqu|de retour|reviens|en mon absence|en cas d.urgence|contacte[rz]|until|back (?:on|in|at)"
    r"|return|urgent|contact|bis (?:zum|ein)|wieder|dringend|hasta|regres|vuelv|urgen|até|volto"
    r"|fino|rientr|tot (?:en|\d)|terug|do \d|wrac|до |вернусь|повернусь|срочн|kadar"
    r"|まで|까지|直到|返回"
    r"|حتى|عود",
    re.IGNORECASE,
)
# A whole sentence by which a program says that it is one.
AUTOMATIC_WORDS = re.compile(
    _START + r"(?:"
    r"this (?:is|message is|e-?mail is) an? (?:automat|auto[- ]?(?:generated|reply|response)"
    r"|system[- ]generated)"
    r"|this (?:message|e-?mail|mail|notification) (?:was|has been|is) (?:\w+ )?(?:automatically|"
    r"auto[- ]?generated|sent automatically|generated automatically)"
    r"|(?:please )?do not (?:reply|respond) to this (?:automat\w* |auto-?generated )?"
    r"(?:e-?mail|message|mail)"
    r"|ceci est (?:un |une )?(?:message|r[ée]ponse|courriel|mail|e-?mail|notification) "
    r"(?:\w+ )?(?:automatique|g[ée]n[ée]r|automatis)"
    r"|ce(?:tte)? (?:message|courriel|mail|e-?mail|notification|r[ée]ponse) (?:\S+ ){0,3}"
    r"(?:est |a [ée]t[ée] )(?:\w+ )?(?:automatique|g[ée]n[ée]r[ée]e? automatiq"
    r"|envoy[ée]e? automatiq"
    r"|envoy[ée]e? par un (?:automate|robot))"
    r"|(?:merci de )?ne pas r[ée]pondre (?:directement )?[àa] ce(?:t|tte)? (?:e-?mail|mail|message"
    r"|courriel|adresse)"
    r"|(?:veuillez )?ne (?:pas r[ée]pondre|r[ée]pondez pas) [àa] ce(?:t|tte)? "
    r"(?:e-?mail|mail|message|courriel|adresse)"
    r"|die(?:s|se|ses?r?) (?:ist eine automati|(?:e-?mail|nachricht|mail) (?:wurde|ist) "
    r"(?:\S+ )?automati)"
    r"|bitte antworten sie nicht auf diese"
    r"|(?:este|ésta|éste|esta) (?:es un |es una )?(?:mensaje|correo|respuesta)[^.\n]{0,30}"
    r"(?:autom[áa]tic|automatiza)|(?:por favor,? )?no (?:responda|conteste)s? (?:a )?este "
    r"|est[ae] (?:é uma |mensagem|e-?mail)[^.\n]{0,30}(?:autom[áa]tic)|"
    r"(?:por favor,? )?não responda (?:a )?est[ae]"
    r"|quest[oa] (?:è un |è una |messaggio|e-?mail)[^.\n]{0,30}automatic|"
    r"(?:si prega di )?non rispondere a quest"
    r"|dit is een (?:automatisch|geautomatiseerd)|(?:gelieve )?niet (?:te )?(?:antwoorden"
    r"|reageren) op"
    r"|(?:ta|niniejsza) wiadomość (?:\S+ ){0,3}automatyczn|prosimy nie odpowiadać na"
    r"|это (?:автоматическ|сообщение (?:\S+ ){0,3}автоматическ)"
    r"|(?:пожалуйста,? )?не отвечайте на это"
    r"|це (?:автоматичн|повідомлення (?:\S+ ){0,3}автоматичн)"
    r"|(?:будь ласка,? )?не відповідайте на ц"
    r"|bu (?:e-?posta|mesaj|ileti)[^.\n]{0,30}otomatik|acest mesaj (?:\S+ ){0,3}automat"
    r"|(?:本|此|该|這|该)(?:邮件|郵件|信件|为|為)[^\n]{0,12}(?:自动|自動)|请勿(?:直接)?回复|請勿(?:直接)?回覆"
    r"|(?:この|本)メールは[^\n]{0,14}自動|이 메일은[^\n]{0,10}(?:발신|자동)"
    r"|هذ[اه] (?:ال)?رسالة (?:\S+ )?(?:آلية|تلقائية)|(?:يرجى )?عدم الرد على هذ|لا ترد على هذ"
    r"|این (?:یک )?(?:پیام|ایمیل) (?:\S+ ){0,3}(?:خودکار|اتوماتیک)"
    r")",
    re.IGNORECASE,
)
# A wall before a mailbox asks the writer to prove that he is a person: it names itself, says
# that the message is held, and gives a link.
CHALLENGE = re.compile(
    r"(?:is|are|est|sont) prot[ée]g[ée]?e?s?(?:cted)? (?:by|par)|is protected by|anti-?spam"
    r"|spam (?:protection|filter|blocker)|allowed list|whitelist|liste blanche|mailinblack|boxbe"
    r"|spamarrest|challenge.?response|verify (?:that )?you are|prove (?:that )?you are"
    r"|prouver que vous|[êe]tre authentifi|vous authentifier",
    re.IGNORECASE,
)
CHALLENGE_HELD = re.compile(
    r"your (?:message|e-?mail|mail)[^§]{0,120}?(?:held|received|waiting|pending|quarantine"
    r"|deliver)|deliver[^§]{0,30}your (?:message|e-?mail|mail)|votre (?:message|e-?mail|mail"
    r"|courriel)[^§]{0,120}?(?:attente|bloqu|retenu|quarantaine|remis|d[ée]livr|distribu)",
    re.IGNORECASE,
)
CHALLENGE_LINK = re.compile(
    r"(?:click|following link|link below|clique[rz]|lien)[^§]{0,300}?https?://", re.IGNORECASE
)
# A person who pastes what a program wrote tells that he received it.
TELLS_OF_IT = re.compile(
    r"j'ai (?:bien )?re[çc]u|je re[çc]ois|vous m'avez|i (?:have )?(?:received|got)\b|i get\b"
    r"|recib[íi]\b|he recibido|recebi\b|ho ricevuto|ich habe (?:\S+ ){0,5}(?:bekommen|erhalten)"
    r"|получил|отримав|отримала|وصلتني|aldım|收到",
    re.IGNORECASE,
)
RECEIPT_TITLE = re.compile(
    r"^(?:read|not read|read receipt|lu|non lu|accus[ée] de lecture|gelesen|ungelesen|le[ií]do"
    r"|no le[ií]do|lida|n[ãa]o lida|letto|non letto|gelezen|przeczytano|прочитано|прочтено"
    r"|已读|已讀|開封済み|okundu)\s*[:：]",
    re.IGNORECASE,
)
RECEIPT_WORDS = re.compile(
    r"was (?:read|deleted|displayed)|has been read|a [ée]t[ée] (?:lu|supprim|affich)|wurde .{0,40}"
    r"(?:gelesen|gelöscht)|fue le[ií]do|se ley[óo]|foi lid|è stato letto|is gelezen|прочитано"
    r"|прочтено|已于|開封|okundu|została (?:odczytana|przeczytana)",
    re.IGNORECASE,
)
