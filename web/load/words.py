"""The words that loaded tickets are made of: plain, varied, and about nobody."""

from __future__ import annotations

GIVEN = (
    "Awa", "Mamadou", "Fatoumata", "Ibrahim", "Leïla", "Youssef", "Nadia", "Karim", "Li", "Wei",
    "Ana", "João", "Elena", "Dmitri", "Oksana", "Mehmet", "Ayşe", "Priya", "Rahul", "Farid",
    "Samira", "Chidi", "Ngozi", "Thi Lan", "Minh", "Carlos", "María", "Aminata", "Ousmane", "Sofia",
)  # fmt: skip
FAMILY = (
    "Traoré", "Diallo", "Keïta", "Benali", "Haddad", "Zhang", "Wang", "Da Silva", "Santos",
    "Popescu", "Ivanov", "Kovalenko", "Yılmaz", "Kaya", "Sharma", "Ahmadi", "Okafor", "Nguyen",
    "Tran", "García", "Martínez", "Cissé", "Ndiaye", "Camara", "Bouzid", "Rahman", "Hossain",
    "Mendes", "Kone", "Sow",
)  # fmt: skip
SUBJECTS = (
    "Photo refusée au dépôt", "Je ne peux plus me connecter", "Sans nouvelles de mon dossier",
    "Mot de passe oublié", "Le formulaire se bloque à l’étape 3", "Attestation non reçue",
    "Changement d’adresse impossible", "Numéro de visa refusé", "Timbre fiscal déjà utilisé",
    "Demande de complément que je ne comprends pas", "Rendez-vous introuvable",
    "Mon titre expire bientôt", "Question sur la naturalisation", "Compte en double",
    "Le paiement ne passe pas", "Erreur 500 en envoyant le dossier",
)  # fmt: skip
SENTENCES = (
    "Bonjour, je vous écris parce que je suis bloqué depuis plusieurs jours.",
    "J’ai essayé avec un autre navigateur et le message est le même.",
    "Mon titre de séjour arrive à expiration et je risque de perdre mon emploi.",
    "Pouvez-vous me dire ce que je dois faire ?",
    "Le site affiche « une erreur est survenue » quand je valide la dernière étape.",
    "J’ai déjà appelé la semaine dernière, on m’a dit d’attendre.",
    "Je joins une capture de l’écran.",
    "Merci de votre réponse, c’est urgent pour moi et ma famille.",
    "La photo a été prise par un photographe agréé avec un code.",
    "J’ai reçu un courriel mais le lien ne fonctionne plus.",
)  # fmt: skip
REPLIES = (
    "Bonjour, nous avons vérifié votre situation. Videz le cache du navigateur, reconnectez-vous "
    "puis reprenez à l’étape où vous étiez : ce que vous aviez saisi est conservé.",
    "Bonjour, votre demande a été transmise à l’équipe qui gère le service. Vous n’avez rien à "
    "refaire ; nous vous écrirons dès que nous aurons sa réponse.",
    "Bonjour, pour avancer il nous faut le message exact affiché et l’étape atteinte. Une photo "
    "de l’écran suffit.",
    "Bonjour, le problème est résolu depuis ce matin. Vous pouvez déposer à nouveau votre pièce.",
)
LANGUAGES = ("fr",) * 14 + ("en", "en", "ar", "es", "pt", "tr", "ru", "zh")
DEPARTMENTS = ("42", "86", "93", "75", "69", "13", "44", "59", "31", "67")
