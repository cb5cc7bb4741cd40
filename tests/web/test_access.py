"""Every page for every role: what each may open is what the rule book says, and nothing more.

RULES is written by hand. A new page belongs here as well: the first test names it until it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask
from werkzeug.test import TestResponse

from support.people.permissions import PERMISSIONS, Permission
from tests.cast import AGENTS
from tests.web.conftest import Browser, Site
from web import app as application
from web import security
from web.access import access_of
from web.app import create_app

P = Permission
PUBLIC = None
ANY_STAFF: tuple[Permission, ...] = ()
TICKET = "/agent/tickets/<reference>"
ADMIN = "/agent/administration"
CALL_BACK = "/agent/appels/rappels/<int:call_back_id>"
MAIL = "/agent/courriels"
MEETING = "/agent/reunions/<int:meeting_id>"
WRITING = "/agent/connaissances/redaction"
RECALLS = "/agent/connaissances/relectures/rappels"

# Who may open it: anybody, any agent, or agents with every permission named.
RULES: dict[str, tuple[Permission, ...] | None] = {
    "GET /": PUBLIC,
    "GET /accessibilite": PUBLIC,
    "GET /aide": PUBLIC,
    "GET /aide/<slug>": PUBLIC,
    "GET /aide/<slug>/fichiers/<name>": PUBLIC,
    "GET /agent/rendez-vous": (P.BOOK,),
    "GET /agent/rendez-vous/semaine": (P.RECEIVE,),
    "GET /agent/rendez-vous/nouveau": (P.BOOK, P.READ_PERSONS),
    "GET /agent/rendez-vous/nouveau/personnes": (P.BOOK, P.READ_PERSONS),
    "GET /agent/rendez-vous/nouveau/places": (P.BOOK, P.READ_PERSONS),
    "POST /agent/rendez-vous/nouveau": (P.BOOK, P.READ_PERSONS),
    "POST /agent/rendez-vous/nouveau/manques": (P.BOOK,),
    "GET /agent/rendez-vous/calendrier": (P.SET_UP_SITE,),
    "POST /agent/rendez-vous/calendrier": (P.SET_UP_SITE,),
    "GET /agent/rendez-vous/chiffres": (P.RECEIVE,),
    "GET /agent/rendez-vous/chiffres/chiffres.csv": (P.RECEIVE,),
    "GET /agent/rendez-vous/attente": (P.RECEIVE,),
    "POST /agent/rendez-vous/attente/retraits": (P.RECEIVE,),
    "GET /agent/rendez-vous/journal": (P.RECEIVE,),
    "GET /agent/rendez-vous/journal/nouveau": (P.RECEIVE,),
    "POST /agent/rendez-vous/journal": (P.RECEIVE,),
    "POST /agent/rendez-vous/calendrier/lieux": (P.SET_UP_SITE,),
    "POST /agent/rendez-vous/calendrier/fermetures": (P.SET_UP_SITE,),
    "POST /agent/rendez-vous/calendrier/ouvertures": (P.SET_UP_SITE,),
    "POST /agent/rendez-vous/calendrier/retraits": (P.SET_UP_SITE,),
    "GET /agent/rendez-vous/preuves": (P.PROVE_STEPS, P.READ_PERSONS),
    "GET /agent/rendez-vous/preuves/nouveau": (P.PROVE_STEPS, P.READ_PERSONS),
    "POST /agent/rendez-vous/preuves": (P.PROVE_STEPS, P.READ_PERSONS),
    "GET /agent/rendez-vous/preuves/<int:case_id>": (P.PROVE_STEPS, P.READ_PERSONS),
    "POST /agent/rendez-vous/preuves/<int:case_id>/etapes": (P.PROVE_STEPS, P.READ_PERSONS),
    "POST /agent/rendez-vous/preuves/<int:case_id>/etats": (P.PROVE_STEPS, P.READ_PERSONS),
    "POST /agent/rendez-vous/preuves/<int:case_id>/etapes/<int:step_id>/retraits": (
        P.PROVE_STEPS,
        P.READ_PERSONS,
    ),
    "GET /agent/rendez-vous/preuves/<int:case_id>/pieces/releve.pdf": (
        P.PROVE_STEPS,
        P.READ_PERSONS,
    ),
    "GET /agent/rendez-vous/preuves/<int:case_id>/pieces/<int:file_id>": (
        P.PROVE_STEPS,
        P.READ_PERSONS,
    ),
    "GET /agent/rendez-vous/<int:appointment_id>": (P.BOOK,),
    "GET /agent/rendez-vous/<int:appointment_id>/bon": (P.BOOK,),
    "POST /agent/rendez-vous/<int:appointment_id>/annulations": (P.BOOK,),
    "POST /agent/rendez-vous/<int:appointment_id>/etats": (P.RECEIVE,),
    "POST /agent/rendez-vous/<int:appointment_id>/reponses": (P.RECEIVE,),
    "GET /agent/rendez-vous/rappels": (P.RECEIVE,),
    "GET /agent/rendez-vous/ateliers": (P.RECEIVE,),
    "POST /agent/rendez-vous/ateliers": (P.RECEIVE,),
    "GET /agent/rendez-vous/ateliers/<int:session_id>": (P.RECEIVE,),
    "POST /agent/rendez-vous/ateliers/<int:session_id>/annulations": (P.RECEIVE,),
    "GET /agendas/<token>.ics": PUBLIC,
    "POST /agent/rendez-vous/calendrier/agendas": (P.SET_UP_SITE,),
    "POST /agent/rendez-vous/calendrier/quotas": (P.SET_UP_SITE,),
    "POST /agent/rendez-vous/calendrier/heures": (P.SET_UP_SITE,),
    "GET /agent/rendez-vous/orienter": (P.BOOK,),
    "POST /agent/rendez-vous/orienter": (P.BOOK,),
    "GET /agent/rendez-vous/orienter/<door>/bon": (P.BOOK,),
    "GET /agent/administration/annuaires": (P.ADMINISTER,),
    "GET /agent/pilotage/rendez-vous": (P.READ_FIGURES,),
    "GET /agent/pilotage/rendez-vous/chiffres.csv": (P.READ_FIGURES,),
    "GET /agent/administration/motifs-de-rendez-vous": (P.ADMINISTER,),
    "GET /agent/administration/motifs-de-rendez-vous/nouveau": (P.ADMINISTER,),
    "GET /agent/administration/motifs-de-rendez-vous/<int:reason_id>": (P.ADMINISTER,),
    "POST /agent/administration/motifs-de-rendez-vous": (P.ADMINISTER,),
    "POST /agent/administration/annuaires": (P.ADMINISTER,),
    "POST /agent/rendez-vous/<int:appointment_id>/appels": (P.RECEIVE,),
    "GET /rendez-vous": PUBLIC,
    "POST /rendez-vous": PUBLIC,
    "GET /rendez-vous/<token>": PUBLIC,
    "POST /rendez-vous/<token>/annulations": PUBLIC,
    "GET /connexion": PUBLIC,
    "POST /connexion": PUBLIC,
    "POST /deconnexion": PUBLIC,
    "GET /contact": PUBLIC,
    "POST /contact": PUBLIC,
    "GET /contact/merci/<token>": PUBLIC,
    "GET /contact/recu": PUBLIC,
    "GET /contact/regle": PUBLIC,
    "GET /donnees-personnelles": PUBLIC,
    "GET /mentions-legales": PUBLIC,
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /metrics": PUBLIC,
    "GET /api/v1/openapi.json": PUBLIC,
    "GET /suivi": PUBLIC,
    "POST /suivi": PUBLIC,
    "GET /engagements": PUBLIC,
    "GET /suivi/<token>": PUBLIC,
    "POST /suivi/<token>/messages": PUBLIC,
    "POST /suivi/<token>/reponses": PUBLIC,
    "GET /suivi/<token>/pas-regle": PUBLIC,
    "POST /suivi/<token>/regle": PUBLIC,
    "GET /suivi/<token>/merci": PUBLIC,
    "POST /suivi/<token>/adresse": PUBLIC,
    "GET /suivi/<token>/pieces/<int:attachment_id>": PUBLIC,
    "GET /telechargements/<token>": PUBLIC,
    "GET /agent/": ANY_STAFF,
    "GET /agent/tickets": (P.READ_TICKETS,),
    f"GET {TICKET}": (P.READ_TICKETS,),
    f"POST {TICKET}/messages": (P.READ_TICKETS,),
    f"POST {TICKET}/reponses": (P.REPLY,),
    f"POST {TICKET}/demandes": (P.REPLY,),
    f"GET {TICKET}/dates/nouvelle": (P.REPLY,),
    f"POST {TICKET}/dates": (P.REPLY,),
    f"POST {TICKET}/reponses/<int:entry_id>/annulations": (P.REPLY,),
    f"GET {TICKET}/reponses/<int:entry_id>/remise": (P.READ_TICKETS,),
    f"POST {TICKET}/joints": (P.REPLY,),
    f"POST {TICKET}/reouvertures": (P.REPLY,),
    f"POST {TICKET}/attentes": (P.REPLY,),
    f"POST {TICKET}/reprises": (P.REPLY,),
    f"POST {TICKET}/notes": (P.NOTE,),
    f"POST {TICKET}/qualifications": (P.NOTE,),
    f"POST {TICKET}/prises": (P.ASSIGN,),
    f"POST {TICKET}/liberations": (P.ASSIGN,),
    f"POST {TICKET}/attributions": (P.ASSIGN,),
    f"POST {TICKET}/clotures": (P.CLOSE,),
    f"POST {TICKET}/suiveurs": (P.REPLY,),
    f"POST {TICKET}/suiveurs/<int:follower_id>/retraits": (P.REPLY,),
    f"POST {TICKET}/reunions": (P.REPLY,),
    f"GET {TICKET}/fiches/nouvelle": (P.READ_TICKETS, P.REPLY),
    f"POST {TICKET}/fiches": (P.READ_TICKETS, P.REPLY),
    f"POST {TICKET}/sujets-distincts": (P.REPLY,),
    f"POST {MAIL}/<int:received_id>/transferts": (P.SORT_MAIL, P.OPEN_TICKETS),
    f"GET {TICKET}/escalades/nouvelle": (P.ESCALATE,),
    f"POST {TICKET}/escalades": (P.ESCALATE,),
    f"POST {TICKET}/rappels": (P.ESCALATE,),
    f"POST {TICKET}/retours": (P.ANSWER_BELOW,),
    "GET /agent/pieces/<int:attachment_id>": (P.READ_TICKETS,),
    "GET /agent/tickets/nouveau": (P.OPEN_TICKETS, P.READ_PERSONS),
    "POST /agent/tickets/nouveau": (P.OPEN_TICKETS, P.READ_PERSONS),
    "GET /agent/tickets/nouveau/personnes": (P.OPEN_TICKETS, P.READ_PERSONS),
    "GET /agent/appels/nouveau": (P.TAKE_CALLS,),
    "POST /agent/appels": (P.TAKE_CALLS,),
    "GET /agent/appels/appelant": (P.TAKE_CALLS,),
    "GET /agent/appels/appelants": (P.TAKE_CALLS,),
    "GET /agent/appels": (P.TAKE_CALLS,),
    "GET /agent/appels/entrants": (P.TAKE_CALLS,),
    "POST /agent/appels/entrants/<int:call_id>/prises": (P.TAKE_CALLS,),
    "GET /agent/appels/rappels/nouveau": (P.TAKE_CALLS,),
    "POST /agent/appels/rappels": (P.TAKE_CALLS,),
    f"GET {CALL_BACK}": (P.TAKE_CALLS,),
    f"POST {CALL_BACK}/prises": (P.TAKE_CALLS,),
    f"POST {CALL_BACK}/liberations": (P.TAKE_CALLS,),
    f"POST {CALL_BACK}/deplacements": (P.TAKE_CALLS,),
    f"POST {CALL_BACK}/absences": (P.TAKE_CALLS,),
    f"POST {CALL_BACK}/fins": (P.TAKE_CALLS,),
    f"POST {CALL_BACK}/annulations": (P.TAKE_CALLS,),
    "GET /agent/appels/<reference>/<int:entry_id>": (P.TAKE_CALLS,),
    f"GET {MAIL}": (P.SORT_MAIL,),
    f"GET {MAIL}/<int:received_id>": (P.SORT_MAIL,),
    f"GET {MAIL}/<int:received_id>/pieces/<int:number>": (P.SORT_MAIL,),
    f"GET {MAIL}/registre": (P.SORT_MAIL,),
    f"GET {MAIL}/registre/<int:received_id>": (P.SORT_MAIL,),
    f"GET {MAIL}/registre/<int:received_id>/brut": (P.SORT_MAIL,),
    f"GET {MAIL}/registre/<int:received_id>/pieces/<int:number>": (P.SORT_MAIL,),
    f"POST {MAIL}/registre/<int:received_id>/rattachements": (P.SORT_MAIL,),
    f"POST {MAIL}/registre/<int:received_id>/tickets": (P.SORT_MAIL, P.OPEN_TICKETS),
    f"POST {MAIL}/registre/<int:received_id>/relectures": (P.SORT_MAIL,),
    f"POST {MAIL}/<int:received_id>/rattachements": (P.SORT_MAIL,),
    f"POST {MAIL}/<int:received_id>/tickets": (P.SORT_MAIL, P.OPEN_TICKETS),
    f"POST {MAIL}/<int:received_id>/mises-a-part": (P.SORT_MAIL,),
    f"POST {MAIL}/<int:received_id>/remises": (P.SORT_MAIL,),
    "GET /agent/formulaires": (P.SORT_MAIL,),
    "POST /agent/formulaires/<int:received_id>/tickets": (P.SORT_MAIL, P.OPEN_TICKETS),
    "POST /agent/formulaires/<int:received_id>/mises-a-part": (P.SORT_MAIL,),
    "GET /agent/signalements/nouveau": (P.REPORT_ISSUES,),
    "POST /agent/signalements/nouveau": (P.REPORT_ISSUES,),
    "GET /agent/signalements/semblables": (P.REPORT_ISSUES,),
    "GET /agent/escalades": (P.READ_TICKETS,),
    "GET /agent/anomalies": (P.READ_STAFF_ARTICLES,),
    "GET /agent/anomalies/nouvelle": (P.TRACK_ISSUES,),
    "POST /agent/anomalies": (P.TRACK_ISSUES,),
    "GET /agent/anomalies/<int:issue_id>": (P.READ_STAFF_ARTICLES,),
    "GET /agent/anomalies/<int:issue_id>/modifier": (P.TRACK_ISSUES,),
    "POST /agent/anomalies/<int:issue_id>/modifier": (P.TRACK_ISSUES,),
    "POST /agent/anomalies/<int:issue_id>/fins": (P.TRACK_ISSUES,),
    "POST /agent/anomalies/<int:issue_id>/reouvertures": (P.TRACK_ISSUES,),
    "POST /agent/anomalies/<int:issue_id>/suivis": (P.READ_STAFF_ARTICLES,),
    f"POST {TICKET}/anomalies": (P.NOTE,),
    "GET /agent/mises-en-production": (P.READ_STAFF_ARTICLES,),
    "POST /agent/mises-en-production": (P.PREPARE_RELEASES,),
    "GET /agent/mises-en-production/nouvelle": (P.PREPARE_RELEASES,),
    "GET /agent/mises-en-production/<int:block_id>": (P.READ_STAFF_ARTICLES,),
    "GET /agent/mises-en-production/<int:block_id>/modifier": (P.PREPARE_RELEASES,),
    "POST /agent/mises-en-production/<int:block_id>/modifier": (P.PREPARE_RELEASES,),
    "POST /agent/mises-en-production/<int:block_id>/ouvertures": (P.PREPARE_RELEASES,),
    "POST /agent/mises-en-production/<int:block_id>/documents": (P.PREPARE_RELEASES,),
    "GET /agent/mises-en-production/documents/<int:version_id>/pieces/fichier": (
        P.READ_STAFF_ARTICLES,
    ),
    "GET /agent/reunions": (P.REVIEW,),
    "POST /agent/reunions": (P.REVIEW,),
    f"GET {MEETING}": (P.REVIEW,),
    f"GET {MEETING}/projection": (P.REVIEW,),
    f"GET {MEETING}/pieces/compte-rendu.pdf": (P.REVIEW,),
    f"POST {MEETING}/actualisations": (P.REVIEW,),
    f"POST {MEETING}/ouvertures": (P.REVIEW,),
    f"POST {MEETING}/clotures": (P.REVIEW,),
    f"POST {MEETING}/points": (P.REVIEW,),
    f"POST {MEETING}/points/<int:item_id>/deplacements": (P.REVIEW,),
    f"POST {MEETING}/points/<int:item_id>/retraits": (P.REVIEW,),
    f"POST {MEETING}/points/<int:item_id>/decisions": (P.REVIEW,),
    f"POST {MEETING}/points/<int:item_id>/fins": (P.REVIEW,),
    "GET /agent/annonces": ANY_STAFF,
    "POST /agent/annonces": (P.ANNOUNCE,),
    "GET /agent/annonces/nouvelle": (P.ANNOUNCE,),
    "GET /agent/annonces/<int:number>": ANY_STAFF,
    "POST /agent/annonces/<int:number>/lectures": ANY_STAFF,
    "GET /agent/annonces/<int:number>/modifier": (P.ANNOUNCE,),
    "POST /agent/annonces/<int:number>/modifier": (P.ANNOUNCE,),
    "GET /agent/personnes": (P.READ_PERSONS,),
    "GET /agent/personnes/<int:person_id>": (P.READ_PERSONS,),
    "POST /agent/personnes/<int:person_id>/coordonnees": (P.READ_PERSONS, P.OPEN_TICKETS),
    "GET /agent/connaissances": (P.READ_STAFF_ARTICLES,),
    "GET /agent/connaissances/resultats": (P.READ_STAFF_ARTICLES,),
    "GET /agent/connaissances/<slug>": (P.READ_STAFF_ARTICLES,),
    "GET /agent/connaissances/<slug>/fichiers/<name>": (P.READ_STAFF_ARTICLES,),
    "POST /agent/tickets/<reference>/fiches-utiles": (P.NOTE,),
    f"GET {WRITING}/fichiers": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/fichiers": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/fichiers/<name>": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/fichiers/<name>/retraits": (P.WRITE_ARTICLES,),
    "GET /agent/connaissances/<slug>/passage": (P.READ_STAFF_ARTICLES,),
    "GET /agent/connaissances/<slug>/insertion": (P.READ_STAFF_ARTICLES, P.REPLY),
    f"GET {WRITING}": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/apercu": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/nouvelle": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/nouvelle": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/<int:article_id>/modifier": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/modifier": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/publications": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/archives": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/relectures": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/annulations": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/verifications": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/adresses": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/blocs": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/blocs": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/blocs/<name>": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/blocs/<name>": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/liens": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/traductions": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/traductions": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/suivis": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/vocabulaire": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/vocabulaire": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/vocabulaire/<int:entry_id>/retraits": (P.WRITE_ARTICLES,),
    "POST /aide/<slug>/avis": PUBLIC,
    f"GET {WRITING}/<int:article_id>/rappels": (P.WRITE_ARTICLES,),
    f"POST {WRITING}/<int:article_id>/rappels": (P.WRITE_ARTICLES,),
    f"GET {RECALLS}/<int:recall_id>": (P.REVIEW_ARTICLES,),
    f"POST {RECALLS}/<int:recall_id>/envois": (P.REVIEW_ARTICLES, P.REPLY),
    f"POST {RECALLS}/<int:recall_id>/refus": (P.REVIEW_ARTICLES,),
    "GET /agent/connaissances/relectures": (P.REVIEW_ARTICLES,),
    "GET /agent/connaissances/relectures/<int:article_id>": (P.REVIEW_ARTICLES,),
    "GET /agent/connaissances/relectures/<int:article_id>/fichiers/<name>": (P.REVIEW_ARTICLES,),
    "POST /agent/connaissances/relectures/<int:article_id>/approbations": (P.REVIEW_ARTICLES,),
    "POST /agent/connaissances/relectures/<int:article_id>/renvois": (P.REVIEW_ARTICLES,),
    "POST /agent/connaissances/<slug>/signalements": (P.READ_STAFF_ARTICLES,),
    f"GET {WRITING}/<int:article_id>/revisions": (P.WRITE_ARTICLES,),
    f"GET {WRITING}/<int:article_id>/revisions/<int:number>": (P.WRITE_ARTICLES,),
    "GET /agent/pilotage": (P.READ_FIGURES,),
    "GET /agent/pilotage/chiffres.csv": (P.READ_FIGURES,),
    f"GET {ADMIN}/chaine/etapes/nouvelle": (P.ADMINISTER,),
    f"POST {ADMIN}/chaine/etapes": (P.ADMINISTER,),
    f"GET {ADMIN}/chaine/etapes/<int:step_id>": (P.ADMINISTER,),
    f"POST {ADMIN}/chaine/etapes/<int:step_id>": (P.ADMINISTER,),
    f"POST {ADMIN}/chaine/etapes/<int:step_id>/retraits": (P.ADMINISTER,),
    f"GET {ADMIN}/equipes/nouvelle": (P.ADMINISTER,),
    f"POST {ADMIN}/equipes": (P.ADMINISTER,),
    f"POST {ADMIN}/equipes/<int:team_id>/absences": (P.ADMINISTER,),
    f"POST {ADMIN}/equipes/<int:team_id>/absences/<int:absence_id>/retraits": (P.ADMINISTER,),
    f"GET {ADMIN}/services": (P.ADMINISTER,),
    f"GET {ADMIN}/services/nouveau": (P.ADMINISTER,),
    f"POST {ADMIN}/services": (P.ADMINISTER,),
    f"GET {ADMIN}/services/<int:service_id>": (P.ADMINISTER,),
    f"POST {ADMIN}/services/<int:service_id>": (P.ADMINISTER,),
    f"GET {TICKET}/transferts/nouveau": (P.CLOSE,),
    f"POST {TICKET}/transferts": (P.CLOSE,),
    "GET /agent/connaissances/manques": (P.WRITE_ARTICLES,),
    f"GET {ADMIN}/glpi": (P.ADMINISTER,),
    f"POST {ADMIN}/glpi/pauses": (P.ADMINISTER,),
    f"POST {ADMIN}/glpi/reprises": (P.ADMINISTER,),
    f"GET {ADMIN}": (P.ADMINISTER,),
    f"GET {ADMIN}/comptes": (P.ADMINISTER,),
    f"POST {ADMIN}/comptes": (P.ADMINISTER,),
    f"GET {ADMIN}/comptes/nouveau": (P.ADMINISTER,),
    f"POST {ADMIN}/comptes/<int:agent_id>/fermetures": (P.ADMINISTER,),
    f"POST {ADMIN}/comptes/<int:agent_id>/mots-de-passe": (P.ADMINISTER,),
    f"GET {ADMIN}/comptes/<int:agent_id>": (P.ADMINISTER,),
    f"POST {ADMIN}/comptes/<int:agent_id>/postes": (P.ADMINISTER,),
    f"POST {ADMIN}/comptes/<int:agent_id>/jetons": (P.ADMINISTER,),
    f"POST {ADMIN}/comptes/<int:agent_id>/jetons/<int:token_id>/revocations": (P.ADMINISTER,),
    "GET /niveaux/<token>": PUBLIC,
    "POST /niveaux/<token>": PUBLIC,
    "GET /niveaux/<token>/pieces/<int:attachment_id>": PUBLIC,
    f"GET {ADMIN}/equipes/<int:team_id>": (P.ADMINISTER,),
    f"POST {ADMIN}/equipes/<int:team_id>": (P.ADMINISTER,),
    f"GET {ADMIN}/equipes": (P.ADMINISTER,),
    f"POST {ADMIN}/equipes/<int:team_id>/signatures": (P.ADMINISTER,),
    f"GET {ADMIN}/chaine": (P.ADMINISTER,),
    f"GET {ADMIN}/horaires/<code>": (P.ADMINISTER,),
    f"POST {ADMIN}/horaires/<code>": (P.ADMINISTER,),
    f"GET {ADMIN}/jetons": (P.ADMINISTER,),
    f"POST {ADMIN}/jetons/<int:token_id>/revocations": (P.ADMINISTER,),
    f"GET {ADMIN}/envois": (P.ADMINISTER,),
    f"POST {ADMIN}/envois/<int:row_id>/reprises": (P.ADMINISTER,),
}

# For programmes, by a bearer token whose account holds every permission named (tests/web/api).
# Doors for a server of somebody else, which signs what it sends.
PEERS = {"GET /api/glpi", "POST /api/glpi"}

TOKENS: dict[str, tuple[Permission, ...]] = {
    "POST /api/v1/calls": (P.FEED_CALLS,),
    "POST /api/v1/calls/<secret>": (P.FEED_CALLS,),
    "GET /api/v1/persons/<int:person_id>": (P.READ_PERSONS,),
    "GET /api/v1/appointments": (P.BOOK, P.READ_PERSONS),
    "POST /api/v1/appointments": (P.BOOK, P.READ_PERSONS),
    "GET /api/v1/knowledge/search": (P.READ_STAFF_ARTICLES,),
    "GET /api/v1/knowledge/articles/<slug>": (P.READ_STAFF_ARTICLES,),
}

# Nothing has these: a permitted agent who opens them is told so, not refused.
UNKNOWN = {"reference": "2611-0000-0003", "token": "forged", "slug": "inconnu"}
# Those that answer with another address: the first when its ticket is unknown, the second to
# put the call's start into the address.
LEADS_ELSEWHERE = {"/agent/connaissances/<slug>/insertion", "/agent/appels/nouveau"}
# Asked all day long: nothing rings, so nothing is said.
SAYS_NOTHING = {"/agent/appels/entrants"}
# Roles whose home is the one page of their work.
ONE_THING_TO_DO = {"editor", "steering"}
# One of each role, by the names of the cast.
ROLES = ("teleadviser", "supervisor", "dp", "sdst", "referent", "pan", "editor", "steering",
         "admin")  # fmt: skip


def routes(app: Flask, *, token: bool = False) -> Iterator[tuple[str, str, str]]:
    """(method, rule, endpoint) of every page there is, or of what programmes open by a token."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or access_of(app, rule.endpoint).peer:
            continue
        if access_of(app, rule.endpoint).token is token:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, rule.endpoint


def address(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: UNKNOWN.get(m[1], "987654"), rule)


def opened(browser: Browser, method: str, rule: str) -> TestResponse:
    return browser.get(address(rule)) if method == "GET" else browser.send(address(rule))


def test_every_page_is_in_the_table(made_app: Flask) -> None:
    there = {f"{method} {rule}" for method, rule, _endpoint in routes(made_app)}
    assert there - set(RULES) == set(), "pages that RULES does not name"
    assert set(RULES) - there == set(), "RULES names pages that do not exist"


def test_every_door_for_programmes_is_in_its_table(made_app: Flask) -> None:
    declared = {
        f"{method} {rule}": access_of(made_app, endpoint).permissions
        for method, rule, endpoint in routes(made_app, token=True)
    }
    assert declared == TOKENS
    assert all(rule.partition(" ")[2].startswith("/api/") for rule in TOKENS)


def test_every_door_for_another_server_is_named_and_shut_to_who_signs_nothing(site: Site) -> None:
    found = {
        f"{method} {rule.rule}"
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint != "static" and access_of(site.app, rule.endpoint).peer
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }
    assert found == PEERS
    for method, _, rule in (one.partition(" ") for one in sorted(PEERS)):
        assert site.as_("admin").open(rule, method=method).status_code == 403


def test_every_page_declares_what_the_table_says(made_app: Flask) -> None:
    for method, rule, endpoint in routes(made_app):
        declared, wanted = access_of(made_app, endpoint), RULES[f"{method} {rule}"]
        assert declared.staff is (wanted is not PUBLIC), rule
        assert set(declared.permissions) == set(wanted or ()), rule


def test_the_cast_has_every_role() -> None:
    assert {AGENTS[name][2] for name in ROLES} == set(PERMISSIONS)


@pytest.mark.parametrize("name", ROLES)
def test_a_role_opens_what_the_rule_book_gives_it(site: Site, name: str) -> None:
    browser, has = site.as_(name), PERMISSIONS[AGENTS[name][2]]
    for method, rule, _endpoint in routes(site.app):
        wanted = RULES[f"{method} {rule}"]
        if wanted is PUBLIC:
            continue
        status = opened(browser, method, rule).status_code
        what = f"{name}: {method} {rule} answered {status}"
        if not set(wanted) <= has:
            assert status == 403, what
        elif rule in LEADS_ELSEWHERE or (rule == "/agent/" and name in ONE_THING_TO_DO):
            assert status == 302, what
        elif rule in SAYS_NOTHING:
            assert status == 204, what
        elif "<" in rule:
            assert status == 404, what
        elif method == "GET":
            assert status == 200, what
        else:  # an empty form: told what is missing, never refused, never accepted
            assert status in (200, 409, 422), what


def test_nobody_opens_a_staff_page_without_signing_in(site: Site) -> None:
    browser = site.anyone()
    for method, rule, _endpoint in routes(site.app):
        if RULES[f"{method} {rule}"] is PUBLIC:
            continue
        answer = opened(browser, method, rule)
        assert answer.status_code == 302, f"{method} {rule} answered {answer.status_code}"
        assert answer.location.startswith("/connexion"), rule


def test_a_fragment_asked_without_a_session_sends_the_page_to_the_sign_in(site: Site) -> None:
    answer = site.anyone().get("/agent/signalements/semblables", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/connexion"


def test_public_pages_ask_for_no_account(site: Site) -> None:
    for method, rule, _endpoint in routes(site.app):
        if RULES[f"{method} {rule}"] is not PUBLIC or rule == "/deconnexion":
            continue
        answer = opened(site.anyone(), method, rule)
        assert answer.status_code in (200, 404, 422), f"{method} {rule}: {answer.status_code}"


def test_every_form_needs_the_token_of_its_page(site: Site) -> None:
    browser = site.as_("admin")
    posts = [rule for method, rule, _endpoint in routes(site.app) if method != "GET"]
    assert len(posts) > 20
    for rule in posts:
        for data in ({}, {"csrf_token": "forged"}):
            answer = browser.post(address(rule), data=data)
            if rule in ("/connexion", "/deconnexion"):
                assert (answer.status_code, answer.location) == (302, "/connexion"), rule
            else:
                assert answer.status_code == 400, f"{rule} answered {answer.status_code}"
    assert browser.get("/agent/").status_code == 200, "a forged sign-out ended the session"


def test_a_token_is_good_for_its_own_session_only(site: Site) -> None:
    mine, theirs = site.as_("teleadviser"), site.as_("supervisor")
    answer = mine.post("/agent/appels", data={"csrf_token": theirs.token()})
    assert answer.status_code == 400


def test_no_page_is_exempt_from_the_token(made_app: Flask) -> None:
    """Only what reads no cookie is: a bearer token, or a signature, cannot be sent by another
    page's form.
    """
    views = {endpoint: made_app.view_functions[endpoint] for _m, _r, endpoint in
             routes(made_app, token=True)}  # fmt: skip
    by_token = {f"{view.__module__}.{view.__name__}" for view in views.values()}
    assert security.csrf._exempt_views == by_token | {
        "web.api.glpi.challenge", "web.api.glpi.take_in"
    }  # fmt: skip
    assert not security.csrf._exempt_blueprints


def test_a_session_opens_no_door_for_programmes(site: Site) -> None:
    browser = site.as_("admin")
    for method, rule, _endpoint in routes(site.app, token=True):
        assert opened(browser, method, rule).status_code == 401, rule


def test_a_page_that_does_not_say_who_may_open_it_is_refused_at_start(
    made_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = Blueprint("forgetful", __name__)
    forgetful.add_url_rule("/agent/secret", "secret", lambda: "everything")
    monkeypatch.setattr(application, "blueprints", lambda: iter([forgetful]))
    with pytest.raises(RuntimeError, match=r"forgetful\.secret does not say who may open it"):
        create_app(made_app.config["SETTINGS"], configure=False)
