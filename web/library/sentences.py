"""What the refusals of the wiki say to those who write it: one sentence per code."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

ARTICLES: dict[str, Callable[..., str]] = {
    "article.empty": lambda **p: _("À remplir."),
    "article.too_long": lambda **p: _("Au plus %(most)s caractères.", **p),
    "article.bad_slug": lambda **p: _(
        "L’adresse ne contient que des lettres sans accent, des chiffres et des tirets. "
        "Exemple : photo-refusee"
    ),
    "article.slug_taken": lambda **p: _("Une autre fiche a déjà cette adresse. Changez un mot."),
    "article.bad_language": lambda **p: _("Un code de langue a deux ou trois lettres : fr, ar…"),
    "article.bad_date": lambda **p: _("Cette date n’existe pas. Exemple : 2026-06-18"),
    "article.unknown_code": lambda **p: _(
        "« %(value)s » n’est pas dans le catalogue : rechargez la page.", **p
    ),
    "article.revised_meanwhile": lambda **p: _(
        "Quelqu’un a enregistré la révision %(number)s pendant que vous écriviez.", **p
    ),
    "article.described_meanwhile": lambda **p: _(
        "Quelqu’un a changé le public, les démarches ou les motifs pendant que vous écriviez."
    ),
    "article.no_such_revision": lambda **p: _("Cette fiche n’a pas de révision %(number)s.", **p),
    "article.already_archived": lambda **p: _("Cette fiche est déjà archivée."),
    "article.bad_period": lambda **p: _("Un nombre de jours, de 1 à 3660, ou rien."),
    "article.critical_unchecked": lambda **p: _(
        "Une fiche critique est à vérifier régulièrement : dites tous les combien de jours."
    ),
    "article.never_checked": lambda **p: _(
        "Dites quel jour elle a été vérifiée : la prochaine date en dépend."
    ),
    "article.date_past": lambda **p: _("Ce moment est passé : choisissez-en un à venir."),
    "article.not_scheduled": lambda **p: _("Aucune publication n’est prévue."),
    "article.no_replacement": lambda **p: _(
        "Aucune autre fiche publiée n’a cette adresse. Laissez vide s’il n’y en a pas."
    ),
    "article.not_read": lambda **p: _("Cette fiche n’est pas publiée : rien à vérifier."),
    "article.say_what": lambda **p: _("Dites ce qui n’est pas juste."),
    "translation.of_translation": lambda **p: _("On traduit la fiche française."),
    "translation.language": lambda **p: _("Choisissez une autre langue."),
    "translation.exists": lambda **p: _("Cette traduction existe déjà : ouvrez-la."),
    "translation.audience": lambda **p: _(
        "Une traduction n’est pas lue par plus de monde que la fiche française."
    ),
    "translation.french_unread": lambda **p: _(
        "Publiez d’abord la fiche française : c’est elle qui fait foi."
    ),
    "translation.none": lambda **p: _("Cette fiche n’est pas une traduction."),
    "article_file.kind": lambda **p: _(
        "« %(name)s » n’est ni une image PNG, JPEG, GIF ou WebP, ni un PDF, ni un document Word, "
        "Excel ou OpenDocument sans macro.",
        **p,
    ),
    "article_file.bad_name": lambda **p: _(
        "« %(name)s » ne peut pas nommer un fichier : des minuscules sans accent, des chiffres et "
        "des tirets. Exemple : bouton-deposer.png",
        **p,
    ),
    "article_file.taken": lambda **p: _("Ce nom vient d’être pris : réessayez."),
    "article_file.shown": lambda **p: _("Encore montré dans : %(where)s. Retirez-le de là.", **p),
    "article_file.other_content": lambda **p: _(
        "Un autre fichier s’appelle déjà « %(name)s » : donnez-lui un autre nom.", **p
    ),
    "vocabulary.unknown": lambda **p: _("Ces mots ne sont plus dans le vocabulaire."),
    "vocabulary.two": lambda **p: _("Donnez au moins deux mots : l’un vaut pour l’autre."),
    "vocabulary.too_long": lambda **p: _(
        "Au plus %(most)s mots, de %(letters)s caractères chacun.", **p
    ),
    "vocabulary.no_word": lambda **p: _("Chaque ligne doit contenir un mot."),
    "vocabulary.one_word": lambda **p: _(
        "Une forme courte est un seul mot, suivi de ce qu’elle veut dire."
    ),
    "article.no_editor": lambda **p: _(
        "Aucun rédacteur n’a de compte : demandez-en un à l’administration."
    ),
    "recall.empty": lambda **p: _("Écrivez en français ce que les personnes vont lire."),
    "recall.nobody": lambda **p: _("Personne n’a reçu un texte différent de celui qui est lu."),
    "recall.waiting": lambda **p: _("Une correction attend déjà d’être relue."),
    "recall.unknown": lambda **p: _("Cette correction n’existe pas."),
    "recall.decided": lambda **p: _("Quelqu’un a déjà décidé de cette correction."),
    "review.nothing_new": lambda **p: _("Les lecteurs voient déjà cette révision."),
    "review.gone": lambda **p: _(
        "Cette révision n’attend plus de relecture : quelqu’un a répondu, ou le texte a changé."
    ),
    "review.own": lambda **p: _(
        "Vous avez écrit une partie de ce texte : quelqu’un d’autre doit le relire."
    ),
    "review.say_why": lambda **p: _("Dites pourquoi : c’est gardé dans l’histoire de la fiche."),
    "passage.unknown": lambda **p: _(
        "Ligne %(line)s : « %(said)s » n’est pas une condition connue. Exemples : agents, "
        "dp anef, directions, à partir du 2027-01-01, jusqu’au 2026-12-31, département 75, 92, "
        "nationalité algérienne.",
        **p,
    ),
    "passage.unclosed": lambda **p: _(
        "Ligne %(line)s : le passage « %(said)s » n’est pas fermé. Écrivez ::: seul après lui.",
        **p,
    ),
    "passage.inside_another": lambda **p: _(
        "Ligne %(line)s : fermez le passage d’avant par ::: avant d’en ouvrir un autre.", **p
    ),
    "passage.nothing_to_close": lambda **p: _(
        "Ligne %(line)s : ce ::: ne ferme aucun passage.", **p
    ),
    "block.not_found": lambda **p: _("Ce bloc n’existe pas."),
    "block.bad_name": lambda **p: _(
        "Le nom ne contient que des lettres sans accent, des chiffres et des tirets. "
        "Exemple : timbre-fiscal"
    ),
    "block.taken": lambda **p: _("Un autre bloc a déjà ce nom."),
    "block.nested": lambda **p: _(
        "Un bloc ne contient ni autre bloc, ni condition, ni lien [[…]] : seulement du texte."
    ),
    "block.revised_meanwhile": lambda **p: _(
        "Quelqu’un a changé ce bloc pendant que vous écriviez (version %(number)s).", **p
    ),
}
