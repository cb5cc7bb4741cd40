"""The commonest words of the languages written in Latin letters, with and without accents.

A short mail holds few letters but hardly ever none of these. A word that several languages
share counts for each of them, and for less.
"""

_WORDS = {
    "fr": "bonjour bonsoir bjr svp merci je j'ai c'est suis le la les des une un et est mon ma mes"
    " pour pas que qui vous nous sur avec dans au aux ne plus demande cordialement depuis votre"
    " vos madame monsieur titre dossier cette ce du en de à a il on se l'a n'est d'une s'il"
    " n'ai toujours encore bien",
    "en": "hello hi dear the i my is are you your and of to for have has not please thank thanks"
    " regards this that with was been would could from can cannot it best about any file help"
    " we a do in me so if but there",
    "es": "hola buenos buenas dias días tardes gracias muchas el los las una mi mis por para que no"
    " con del está esta es su usted quisiera saber tengo pero saludos saludo necesito como cómo"
    " y de en la se lo al a",
    "pt": "olá ola bom boa dia tarde obrigado obrigada muito não nao o os uma meu minha para com"
    " que do da dos em está você voce ainda por favor gostaria preciso como cumprimentos eu e"
    " de se na no a ao",
    "it": "buongiorno salve ciao grazie il gli lo una mio mia per non che con del della sono è ho"
    " vorrei cosa come saluti cordiali di nel alla questo ancora sapere e la le si a da",
    "de": "hallo guten tag danke vielen ich der die das und ist nicht ein eine mein meine mit für"
    " fur auf bitte sie ihre grüßen grüße haben habe von zu wie wann noch den dem",
    "nl": "hallo goedemorgen goedemiddag geachte dank bedankt ik de het een en is niet mijn voor"
    " met van kan wij u heb groet groeten op dat nog wanneer krijg",
    "ro": "bună buna ziua mulțumesc multumesc nu este sunt și si meu mea mele pentru cu la care am"
    " vă va rog aș as dori să sa pot cum unde cerere dosarul de o a pe în in",
    "pl": "dzień dzien dobry dziękuję dziekuje proszę prosze nie jest mój moj moja na do w z i się"
    " sie o jak kiedy czy mogę moge pozdrawiam dla mam a za od",
    "tr": "merhaba teşekkürler teşekkür tesekkurler tesekkur ederim lütfen lutfen bir ve için icin"
    " benim çok cok nasıl nasil var yok bu iyi günler gunler hakkında hakkinda sayın",
    "sq": "përshëndetje pershendetje faleminderit unë une nuk është eshte dhe për per të te një nje"
    " mund ju shumë shume ime tim kam si",
    "so": "salaan waad mahadsan tahay fadlan waxaan waan ma oo ku ka iyo uu ay soo laga mid aan",
    "sw": "habari asante tafadhali na ya kwa ni wa yangu sana nina ninaomba",
    "vi": "xin chào chao tôi toi cảm cam ơn on không khong của cua và va cho là la được duoc hồ ho"
    " sơ so với voi muốn muon anh chị em rất rat",
    "ht": "bonjou mwen pa mèsi mesi anpil tanpri nou ki yon pou ak se mande kijan",
    "ca": "bon dia gràcies gracies amb els però sóc meva meu aquest si us plau vull i el de la"
    " que no per a en",
    "ku": "silav ez ji min we spas gelek bo xwe dikim nikarim li kerema",
    "id": "selamat pagi siang terima kasih saya tidak yang dan untuk dengan ini itu bisa mohon",
    "ln": "mbote na ya te nazali ngai melesi mingi",
    "mg": "manao ahoana misaotra aho ny tsy amin'ny",
    "sr": "poštovani postovani hvala dobar dan molim ne mogu da je i moj za na sam",
    "cs": "dobrý dobry den děkuji dekuji prosím prosim jsem není neni že pro můj muj",
    "hu": "jó napot köszönöm koszonom nem és egy hogy kérem kerem az a is",
    "sv": "hej tack jag inte och är mitt för på att en det",
    "da": "hej tak jeg ikke og er mit for på at en det",
    "fi": "hei kiitos en minun on ja ei hyvää",
}


def _table() -> dict[str, tuple[tuple[str, float], ...]]:
    owners: dict[str, list[str]] = {}
    for code, words in _WORDS.items():
        for word in dict.fromkeys(words.split()):
            owners.setdefault(word, []).append(code)
    return {
        word: tuple((code, 1.0 / len(codes) ** 2) for code in codes)
        for word, codes in owners.items()
    }


COMMONEST = _table()
