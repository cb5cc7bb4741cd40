"""What the domain's refusals say to people: one sentence per code, in their language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from support.kernel.errors import DomainError, Problem
from web.filters import so_many_minutes
from web.help_point.sentences import APPOINTMENTS
from web.library.sentences import ARTICLES


def _wait(given: dict[str, Any]) -> dict[str, Any]:
    """The problem's facts, with how long to wait in words."""
    return {**given, "wait": so_many_minutes(given["minutes"])}


# Each sentence says what is wrong and what to do. ``%(name)s`` come from the problem's params.
SENTENCES: dict[str, Callable[..., str]] = {
    "permission.missing": lambda **p: _("Votre rôle ne permet pas cette action."),
    "sign_in.wrong": lambda **p: _(
        "Adresse ou mot de passe incorrect. Vérifiez les deux et recommencez."
    ),
    "sign_in.too_many": lambda **p: _(
        "Trop d’essais. Attendez %(wait)s avant de recommencer.", **_wait(p)
    ),
    "password.short": lambda **p: _("Au moins %(least)s caractères.", **p),
    "email.invalid": lambda **p: _(
        "Cette adresse électronique n’est pas complète. Exemple : nom@example.org"
    ),
    "phone.invalid": lambda **p: _(
        "Ce numéro de téléphone n’est pas complet. Exemple : 06 39 98 01 02"
    ),
    "foreigner_number.nine": lambda **p: _(
        "Ce numéro a 9 chiffres : il en faut 10. Vérifiez sur votre titre de séjour ; "
        "il manque souvent le premier zéro."
    ),
    "foreigner_number.invalid": lambda **p: _(
        "Le numéro étranger a 10 chiffres. Il est imprimé sur le titre de séjour."
    ),
    "appointment.unknown": lambda **p: _("Ce rendez-vous n’existe pas, ou n’est pas de ce lieu."),
    "appointment.place": lambda **p: _("Choisissez une place."),
    "appointment.taken": lambda **p: _(
        "Cette place vient d’être prise. Tout ce que vous avez saisi est gardé : choisissez-en "
        "une autre."
    ),
    "appointment.yours_already": lambda **p: _(
        "Vous avez déjà un rendez-vous de ce genre. Pour le changer, ouvrez la page de ce "
        "rendez-vous ou appelez."
    ),
    "appointment.many": lambda **p: _(
        "Il y a déjà %(most)s rendez-vous pour ce téléphone ou cette adresse. Appelez-nous.", **p
    ),
    "appointment.too_late": lambda **p: _(
        "Il est trop tard pour annuler ici : appelez le lieu du rendez-vous."
    ),
    "appointment.closed_now": lambda **p: _(
        "Ce lieu ne donne pas de rendez-vous à cette heure-ci."
    ),
    "appointment.not_here": lambda **p: _("Ce lieu ne donne pas de rendez-vous en ligne."),
    "appointment.sent_twice": lambda **p: _("Ce rendez-vous est déjà enregistré."),
    "appointment.reach": lambda **p: _("Donnez un téléphone, ou une adresse électronique."),
    "ticket.unknown": lambda **p: _("Ce ticket n’existe pas, ou il ne vous est pas ouvert."),
    "ticket.empty": lambda **p: _("Dites en quelques mots ce qui se passe."),
    "ticket.taken": lambda **p: _("%(name)s s’en occupe déjà.", **p),
    "ticket.move_refused": lambda **p: _(
        "Ce ticket a changé d’état entre-temps : cette action n’est plus possible."
    ),
    "transfer.not_front": lambda **p: _(
        "Seule l’équipe qui répond à la personne transmet sa demande à un autre service."
    ),
    "transfer.service": lambda **p: _("Choisissez un service, ou nommez-le."),
    "transfer.no_way": lambda **p: _(
        "Donnez l’adresse de ce service, ou cochez « Déjà transmis par un autre moyen »."
    ),
    "transfer.word": lambda **p: _(
        "La personne a appelé et n’a rien écrit : dites à ce service ce qu’elle demande."
    ),
    "service.unnamed": lambda **p: _("Donnez un nom à ce service."),
    "service.unknown": lambda **p: _("Ce service n’existe pas."),
    "search.rebuilding": lambda **p: _(
        "La recherche se remet en route : réessayez dans une minute."
    ),
    "search.empty": lambda **p: _("Dites ce que vous cherchez."),
    "import.unreadable": lambda **p: _("Ce fichier n’est pas une fiche de service-public.fr."),
    "team.unnamed": lambda **p: _("Donnez un nom à l’équipe."),
    "team.named_twice": lambda **p: _("Une équipe porte déjà ce nom."),
    "chain.from": lambda **p: _("Choisissez qui transmet."),
    "chain.to": lambda **p: _("Choisissez une équipe de niveau 2 ou 3."),
    "chain.twice": lambda **p: _("Cette étape existe déjà."),
    "chain.loop": lambda **p: _(
        "Un ticket tournerait en rond : il reviendrait à une équipe qui l’a déjà transmis."
    ),
    "chain.unknown": lambda **p: _("Cette étape n’existe plus."),
    "absence.day": lambda **p: _("Donnez le premier jour de l’absence."),
    "absence.backwards": lambda **p: _(
        "Le dernier jour vient après le premier, n’est pas passé, et moins d’un an plus tard."
    ),
    "absence.deputy": lambda **p: _("Choisissez une autre équipe de la chaîne."),
    "absence.on_call": lambda **p: _("Choisissez un agent de cette équipe."),
    "absence.unknown": lambda **p: _("Cette absence n’existe plus."),
    "team.still_there": lambda **p: _(
        "Des tickets attendent encore une réponse de GLPI : reprenez-les d’abord."
    ),
    "team.two_ways": lambda **p: _("Une équipe travaille par courriel ou dans GLPI, pas les deux."),
    "glpi.signature": lambda **p: _("La signature de cet appel n’est pas la bonne."),
    "team.unknown": lambda **p: _("Cette équipe n’existe pas."),
    "assign.other_team": lambda **p: _("%(name)s n’est pas de l’équipe qui a ce ticket.", **p),
    "assign.not_yours": lambda **p: _("Une autre équipe a ce ticket en ce moment."),
    "note.empty": lambda **p: _("La note est vide."),
    "message.empty": lambda **p: _("Écrivez un message ou joignez un fichier."),
    "message.what_is_missing": lambda **p: _(
        "Dites en quelques mots ce qui manque : sans cela, nous ne saurions pas quoi reprendre."
    ),
    "keep.news_missing": lambda **p: _("Dites en une phrase où cela en est."),
    "calendar.unknown": lambda **p: _("Ces horaires n’existent pas."),
    "hours.unreadable": lambda **p: _("Écrivez des heures : 09:00-12:30, 13:30-17:00."),
    "hours.backwards": lambda **p: _(
        "La fin vient après le début. Une nuit s’écrit sur les deux jours qu’elle touche."
    ),
    "hours.overlap": lambda **p: _("Deux plages se recouvrent : n’en laissez qu’une."),
    "hours.never": lambda **p: _(
        "Ouvrez un jour au moins : sinon aucune date ne peut être promise."
    ),
    "hours.closure": lambda **p: _("« %(words)s » n’est pas un jour : écrivez 24/12/2026.", **p),
    "day.missing": lambda **p: _("Choisissez le jour."),
    "day.closed": lambda **p: _("L’équipe ne travaille pas ce jour-là : choisissez-en un autre."),
    "day.past": lambda **p: _("Ce jour est passé, ou l’équipe a fini sa journée."),
    "day.far": lambda **p: _("C’est trop loin : %(days)s jours au plus.", **p),
    "announce.not_running": lambda **p: _(
        "Aucune date ne court sur ce ticket en ce moment : il n’y en a pas à remplacer."
    ),
    "announce.same": lambda **p: _("C’est déjà la date promise."),
    "announce.explanation": lambda **p: _(
        "Dites pourquoi, en une phrase : la personne doit comprendre ce qui nous retient."
    ),
    "reply.empty": lambda **p: _("La réponse est vide."),
    "reply.not_front": lambda **p: _(
        "Seule l’équipe « %(team)s » écrit à la personne. Répondez au niveau qui vous a saisi.",
        **p,
    ),
    "reply.closed": lambda **p: _("Ce ticket est clos. Rouvrez-le avant d’écrire."),
    "reply.newer": lambda **p: _(
        "Quelqu’un a écrit pendant que vous rédigiez : lisez le nouveau message, puis envoyez. "
        "Votre texte est conservé."
    ),
    "reply.unknown": lambda **p: _("Cette réponse n’existe pas, ou ne vous est pas ouverte."),
    "withdraw.not_yours": lambda **p: _(
        "Seul l’auteur d’une réponse, ou la supervision, peut l’annuler."
    ),
    "withdraw.too_late": lambda **p: _("Trop tard : la réponse est déjà partie."),
    "qualify.closed": lambda **p: _("Ce ticket est clos : son motif ne change plus."),
    "close.not_front": lambda **p: _("Seule l’équipe « %(team)s » peut clore ce ticket.", **p),
    "call.note_missing": lambda **p: _("Notez en une phrase ce qui a été dit."),
    "call.wrap_up_missing": lambda **p: _("Choisissez comment l’appel s’est terminé."),
    "call.wrap_up_without_ticket": lambda **p: _(
        "Pour finir sans ticket, dites comment : erreur de numéro, appel coupé…"
    ),
    "call.consent_missing": lambda **p: _(
        "Demandez si la personne est d’accord pour que ce tiers appelle pour elle, et notez-le."
    ),
    "call.reason_missing": lambda **p: _("Choisissez le motif : tapez un mot de la question."),
    "call.name_missing": lambda **p: _(
        "Cherchez la personne et choisissez-la, ou demandez son nom de famille."
    ),
    "call.unreachable": lambda **p: _(
        "Demandez un téléphone ou une adresse : sans l’un des deux, personne ne pourra répondre."
    ),
    "call.ticket_missing": lambda **p: _(
        "Cette personne a un ticket ouvert : est-ce à ce sujet, ou autre chose ?"
    ),
    "call.other_person": lambda **p: _(
        "Ce ticket n’est pas celui de la personne choisie. Choisissez à nouveau."
    ),
    "call.same_ticket": lambda **p: _("Ce ticket est déjà choisi pour cet appel."),
    "call.away": lambda **p: _(
        "Ce ticket est chez %(team)s : il ne peut pas être clos maintenant. Laissez-le ouvert, "
        "l’appel y sera noté.",
        **p,
    ),
    "call.other_noted": lambda **p: _(
        "Un autre appel a déjà été noté depuis cette page. Pour noter aussi celui-ci, envoyez à "
        "nouveau."
    ),
    "call.refused_before": lambda **p: _(
        "Cet appel n’a pas été noté la première fois. Vérifiez, puis envoyez à nouveau."
    ),
    "person_contact.missing": lambda **p: _("Écrivez une adresse électronique ou un numéro."),
    "person.unknown": lambda **p: _("Cette personne n’existe pas."),
    "mail.unknown": lambda **p: _("Ce courriel n’existe pas."),
    "unite.same": lambda **p: _("C’est le même ticket."),
    "unite.other_person": lambda **p: _(
        "Ces deux tickets ne sont pas de la même personne : ils ne peuvent pas être réunis."
    ),
    "unite.worked_on": lambda **p: _(
        "Quelqu’un a déjà répondu sur ce ticket, ou il est ailleurs : il ne peut plus être réuni."
    ),
    "follower.unknown": lambda **p: _("Cette adresse n’est pas, ou n’est plus, sur ce ticket."),
    "follower.own": lambda **p: _("C’est l’adresse de la personne elle-même, ou la nôtre."),
    "refile.not_understood": lambda **p: _(
        "Ce courriel n’a pas encore été lu : attendez quelques secondes."
    ),
    "refile.filed": lambda **p: _(
        "Ce courriel est sur un ticket : dites sur quel ticket le mettre."
    ),
    "refile.not_forwarded": lambda **p: _("Aucun message transféré n’a été reconnu ici."),
    "mail.sorted": lambda **p: _("Un collègue a déjà classé ce courriel."),
    "attachment.unknown": lambda **p: _("Ce fichier n’existe pas, ou il ne vous est pas ouvert."),
    "download.over": lambda **p: _(
        "Ce lien n’est plus valable. Le fichier reste sur votre page de suivi."
    ),
    "follow.unknown": lambda **p: _("Ce lien n’est pas valable."),
    "follow.nothing_answered": lambda **p: _("Répondez à une question au moins."),
    "article.none": lambda **p: _("Choisissez l’article qui répond."),
    "ask.nothing": lambda **p: _("Choisissez ce que vous demandez à la personne."),
    "ask.asked": lambda **p: _("La personne a déjà reçu ces questions : attendons sa réponse."),
    "follow.no_match": lambda **p: _(
        "Cette référence et cette adresse (ou ce téléphone) ne vont pas ensemble. Vérifiez les "
        "deux : la référence a 12 chiffres, et l’adresse est celle que vous nous avez donnée."
    ),
    "follow.too_many": lambda **p: _(
        "Vous avez déjà envoyé %(most)s messages en une heure. Votre texte est gardé ici : "
        "renvoyez-le dans %(wait)s.",
        **_wait(p),
    ),
    "contact.too_many": lambda **p: _(
        "Trop de demandes sont venues de votre connexion en une heure. Votre demande est gardée "
        "ici : renvoyez-la dans %(wait)s.",
        **_wait(p),
    ),
    "contact.too_many_email": lambda **p: _(
        "Trop de demandes ont été envoyées avec cette adresse en une heure. Votre demande est "
        "gardée ici : renvoyez-la dans %(wait)s.",
        **_wait(p),
    ),
    "date.invalid": lambda **p: _("Écrivez une date : jour, mois, année (31/12/2026)."),
    "date.future": lambda **p: _("Cette date n’est pas encore passée : vérifiez l’année."),
    "department.invalid": lambda **p: _(
        "Écrivez le numéro du département ou le code postal. Exemple : 69 ou 69003."
    ),
    "form.unknown": lambda **p: _("Ce formulaire n’existe pas."),
    "form.sorted": lambda **p: _("Un collègue a déjà classé ce formulaire."),
    "escalate.not_yours": lambda **p: _("L’équipe « %(team)s » a ce ticket en ce moment.", **p),
    "escalate.not_next": lambda **p: _(
        "La chaîne ne mène pas de votre équipe à « %(team)s » pour cette question.", **p
    ),
    "escalate.not_away": lambda **p: _("Ce ticket n’est pas à un autre niveau."),
    "handover.question_missing": lambda **p: _(
        "Dites ce que vous demandez au niveau suivant, en une phrase au moins."
    ),
    "handover.item_missing": lambda **p: _("Le niveau suivant en a besoin pour répondre."),
    "handover.item_unchanged": lambda **p: _(
        "Ce niveau a déjà reçu ceci et ne peut pas s’en servir. Demandez-le à la personne, ou "
        "dites pourquoi elle ne l’a pas."
    ),
    "handover.bad_date": lambda **p: _("Écrivez une date : jour, mois, année (31/12/2026)."),
    "answer.empty": lambda **p: _("La réponse est vide."),
    "missing.none": lambda **p: _(
        "Cochez ce qui manque : le niveau précédent saura quoi demander."
    ),
    "return.not_here": lambda **p: _("Ce ticket n’attend pas de réponse de votre équipe."),
    "return.not_yours": lambda **p: _("L’équipe « %(team)s » a ce ticket en ce moment.", **p),
    "file.too_large": lambda **p: _(
        "« %(name)s » est trop lourd : %(limit)s au plus par fichier.", **p
    ),
    "file.empty": lambda **p: _("« %(name)s » est vide.", **p),
    "file.kind": lambda **p: _("« %(name)s » n’est ni une image ni un PDF.", **p),
    "contact.none": lambda **p: _(
        "Donnez une adresse électronique ou un numéro de téléphone : sans l’un des deux, "
        "nous ne pourrons pas vous répondre."
    ),
    "field.required": lambda **p: _("À remplir."),
    "account.unknown": lambda **p: _("Ce compte n’existe pas."),
    "account.exists": lambda **p: _("Cette adresse a déjà un compte."),
    "account.own": lambda **p: _(
        "On ne ferme pas son propre compte : demandez à un autre administrateur."
    ),
    "account.wrong_team": lambda **p: _(
        "Ce rôle ne travaille pas dans l’équipe « %(team)s ».", **p
    ),
    "outbox.unknown": lambda **p: _("Cet envoi n’existe pas."),
    "outbox.not_given_up": lambda **p: _("Cet envoi n’est plus en échec : il a déjà été repris."),
    "person.unchosen": lambda **p: _(
        "Dites pour qui : choisissez une personne trouvée, ou « Une nouvelle personne »."
    ),
    "field.number": lambda **p: _(
        "Écrivez un nombre entier, de 1 à %(most)s, ou laissez vide.", **p
    ),
    "message.not_yours": lambda **p: _("Seul celui qui a demandé peut ajouter à sa demande."),
    "article.not_found": lambda **p: _("Cette fiche n’existe pas, ou n’existe plus."),
    **ARTICLES,
    **APPOINTMENTS,
    "api.token_wrong": lambda **p: _(
        "Le jeton manque, ou n’a plus cours. Envoyez « Authorization: Bearer … »."
    ),
    "api.too_many": lambda **p: _("Trop de demandes en une minute. Attendez, puis recommencez."),
    "api.json_only": lambda **p: _("Envoyez du JSON (Content-Type: application/json)."),
    "api.form_or_json": lambda **p: _(
        "Envoyez du JSON (application/json) ou un formulaire (application/x-www-form-urlencoded)."
    ),
    "api.not_json": lambda **p: _("Ce qui a été envoyé n’est pas du JSON."),
    "api.not_object": lambda **p: _("Envoyez un objet JSON : { … }."),
    "api.key_long": lambda **p: _("Une clé a au plus %(most)s caractères.", **p),
    "api.key_reused": lambda **p: _(
        "Cette clé a déjà servi à une autre demande. Prenez-en une nouvelle."
    ),
    "token.unknown": lambda **p: _("Ce jeton n’existe pas."),
    "account.closed": lambda **p: _("Ce compte est fermé : ouvrez-le d’abord."),
    "account.extension_taken": lambda **p: _("Ce poste est déjà celui d’un autre compte."),
    "slot.missing": lambda **p: _("Choisissez quand appeler."),
    "slot.past": lambda **p: _("Ce moment est passé. Choisissez-en un autre."),
    "slot.closed": lambda **p: _("L’équipe ne travaille pas à ce moment-là."),
    "slot.hour_missing": lambda **p: _("Écrivez l’heure, par exemple 14:30."),
    "slot.far": lambda **p: _("C’est trop loin : %(days)s jours au plus.", **p),
    "phone.unknown": lambda **p: _("Cet appel n’est plus là, ou il n’est pas pour vous."),
    "phone.taken": lambda **p: _("%(name)s a pris cet appel.", **p),
    "call_back.unknown": lambda **p: _("Ce rappel n’existe pas, ou il est à une autre équipe."),
    "call_back.taken": lambda **p: _("%(name)s s’occupe déjà de ce rappel.", **p),
    "call_back.ended": lambda **p: _("Ce rappel est déjà terminé."),
    "call_back.outcome_missing": lambda **p: _("Dites en quelques mots ce que l’appel a donné."),
    "call_back.why_missing": lambda **p: _("Dites pourquoi ce rappel est annulé."),
    "level.unknown": lambda **p: _("Ce lien n’est pas valable, ou ne l’est plus."),
    "level.over": lambda **p: _("Cette demande n’attend plus votre réponse."),
    "level.name": lambda **p: _("Écrivez votre nom : on saura qui a répondu."),
    "mailbox.staff": lambda **p: _(
        "Un compte a déjà cette adresse. Donnez celle de la boîte, ou fermez d’abord le compte."
    ),
    "mailbox.delegate": lambda **p: _(
        "« %(words)s » n’est ni une adresse ni un domaine (@exemple.gouv.fr).", **p
    ),
    "refile.of_level": lambda **p: _(
        "C’est la réponse d’un niveau : elle ne va que sur son ticket, dans les échanges internes."
    ),
    "issue.unknown": lambda **p: _("Cette anomalie n’existe pas."),
    "issue.title": lambda **p: _("Dites en une ligne ce que l’on voit."),
    "issue.nothing_to_show": lambda **p: _("Écrivez ce que tout le monde lira."),
    "issue.ended": lambda **p: _("Cette anomalie est terminée : rouvrez-la d’abord."),
    "issue.live": lambda **p: _("Cette anomalie est déjà ouverte."),
    "issue.words_missing": lambda **p: _("Dites à ceux qui attendent ce qu’ils doivent faire."),
    "announcement.unknown": lambda **p: _("Cette annonce n’existe pas."),
    "announcement.title": lambda **p: _("Donnez un titre, de 160 caractères au plus."),
    "announcement.body": lambda **p: _("Écrivez l’annonce."),
    "announcement.nobody": lambda **p: _("Personne ne correspond : changez les destinataires."),
    "announcement.not_yours": lambda **p: _("Seule l’équipe qui l’a écrite peut la corriger."),
    "release.unknown": lambda **p: _("Cette mise en production n’existe pas."),
    "release.title": lambda **p: _("Donnez un titre, de 160 caractères au plus."),
    "release.procedures": lambda **p: _("Cochez une démarche au moins."),
    "document.unknown": lambda **p: _("Ce document n’existe pas."),
    "document.title": lambda **p: _("Donnez un titre au document."),
    "document.file": lambda **p: _("Choisissez le fichier."),
    "document.same": lambda **p: _("C’est exactement la version qui est déjà là."),
    "review.unknown": lambda **p: _("Ce point ou cette réunion n’existe pas."),
    "review.there": lambda **p: _("Une réunion est déjà préparée."),
    "review.closed": lambda **p: _("Cette réunion est close : son compte rendu ne change plus."),
    "review.title": lambda **p: _("Dites en une ligne de quoi parler."),
    "review.decision": lambda **p: _("Écrivez ce qui est décidé."),
    "review.owner": lambda **p: _("Choisissez qui s’en charge."),
    "review.undecided": lambda **p: _("Rien n’a été décidé sur ce point."),
    "review.participants": lambda **p: _("Dites qui était là."),
    "field.choice": lambda **p: _("Choisissez dans la liste."),
    "field.too_long": lambda **p: _("Au plus %(most)s caractères.", **p),
}


def sentence(problem: Problem) -> str:
    """The words for one problem; a code without words is a fault of ours, shown as such."""
    words = SENTENCES.get(problem.code)
    return words(**problem.params) if words else _("Refusé (%(code)s).", code=problem.code)


def sentences(error: DomainError) -> dict[str | None, str]:
    """By field (None: concerns the whole), for the form that shows them."""
    return {problem.field: sentence(problem) for problem in error.problems}
