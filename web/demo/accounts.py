"""The accounts of the demonstration, as ``make run`` prints them."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "demo-relais"


@dataclass(frozen=True)
class Account:
    email: str
    role: str
    try_first: str


ACCOUNTS = (
    Account("conseiller@demo.relais", "téléconseiller, équipe A",
            "reprendre les demandes à échéance, répondre avec une fiche"),
    Account("conseillere@demo.relais", "téléconseillère, équipe B",
            "prendre un appel : /agent/appels/nouveau"),
    Account("superviseur@demo.relais", "superviseuse du centre",
            "voir la file des deux équipes, confier une demande"),
    Account("dp@demo.relais", "DP ANEF, niveau 2",
            "répondre au centre, ou passer à la direction métier"),
    Account("sdst@demo.relais", "SDST, niveau 3",
            "répondre à une question de séjour ou de travail"),
    Account("sdanf@demo.relais", "SDANF, niveau 3", "répondre à une question de nationalité"),
    Account("asile@demo.relais", "direction de l'asile, niveau 3",
            "répondre à une question d'asile"),
    Account("referent@demo.relais", "référente ANEF séjour, Loire",
            "suivre les signalements de sa préfecture"),
    Account("natali@demo.relais", "référent NATALI, Nantes",
            "suivre les signalements de sa plateforme"),
    Account("pan@demo.relais", "médiatrice, point d'accès numérique",
            "retrouver les demandes ouvertes au guichet"),
    Account("redaction@demo.relais", "rédacteur des fiches",
            "corriger une fiche et la publier"),
    Account("pilotage@demo.relais", "pilotage et qualité", "lire les chiffres, sans personne"),
    Account("admin@demo.relais", "administrateur", "voir les comptes et les envois en échec"),
)  # fmt: skip


def listing(address: str) -> str:
    """The text to print once the server answers at ``address``."""
    wide = max(len(a.email) for a in ACCOUNTS)
    roles = max(len(a.role) for a in ACCOUNTS)
    lines = [
        "",
        f"  Relais est prêt : {address}",
        "",
        f"  Côté public       {address}/contact · {address}/suivi · {address}/aide",
        f"  Côté agents       {address}/connexion",
        f"  Mot de passe      {PASSWORD} (le même pour tous les comptes)",
        "",
        *(f"  {a.email:<{wide}}  {a.role:<{roles}}  {a.try_first}" for a in ACCOUNTS),
        "",
        "  Ctrl-C arrête tout.",
        "",
    ]
    return "\n".join(lines)


def show(address: str) -> None:
    """Print the list on the standard output."""
    print(listing(address), flush=True)
