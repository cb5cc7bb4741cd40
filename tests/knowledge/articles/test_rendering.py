from __future__ import annotations

import pytest

from knowledge.articles.plain_text import to_text, to_words
from knowledge.articles.rendering import render

WHOLE = """Avant le tableau, un [lien](/aide/retirer) et [ailleurs](https://example.org/a).

## Étapes à suivre

1. Ouvrez **le compte**.
2. Téléchargez :
    - le titre ;
    - la photo.

| Document | Durée |
|---|---|
| Récépissé | 3 mois |

Écrivez à <aide@example.org>.
"""


def test_headings_can_be_linked_to() -> None:
    html = render("## Étapes à suivre\n\ntexte\n\n## Étapes à suivre\n")
    assert '<h2 id="etapes-a-suivre">' in html
    assert '<h2 id="etapes-a-suivre_1">' in html


def test_the_page_keeps_its_only_first_heading() -> None:
    html = render("# Titre\n\n## Partie\n")
    assert "<h1" not in html
    assert html.index("<h2") < html.index("<h3")


def test_links_inside_stay_and_all_are_noopener() -> None:
    html = render(WHOLE)
    assert '<a href="/aide/retirer" rel="noopener">lien</a>' in html
    assert '<a href="https://example.org/a" rel="noopener">ailleurs</a>' in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<img src="x" onerror="alert(1)">',
        '<a href="/x" onclick="alert(1)" style="color:red">x</a>',
        "<iframe src='https://example.org'></iframe>",
        "<svg onload=alert(1)></svg>",
        "<style>body{display:none}</style>",
        '<form action="/x"><input name="password"></form>',
        '<p id="contenu" class="btn">x</p>',
    ],
)
def test_nothing_active_comes_through(attack: str) -> None:
    html = render(f"Un texte {attack} et la suite.").lower()
    for word in ("<script", "javascript:", "data:", "onerror", "onclick", "style", "<iframe",
                 "<svg", "<form", "<input", 'id="contenu"', 'class="btn"'):  # fmt: skip
        assert word not in html
    assert "la suite" in html


def test_plain_text_for_a_reply() -> None:
    assert to_text(WHOLE, base_url="https://relais.example.org") == (
        "Avant le tableau, un lien (https://relais.example.org/aide/retirer) et ailleurs "
        "(https://example.org/a).\n\n"
        "Étapes à suivre\n\n"
        "1. Ouvrez le compte.\n"
        "2. Téléchargez :\n"
        "  - le titre ;\n"
        "  - la photo.\n\n"
        "Document | Durée\n"
        "Récépissé | 3 mois\n\n"
        "Écrivez à aide@example.org."
    )


def test_words_for_the_index_have_no_address() -> None:
    plain = to_words(WHOLE)
    assert plain.headings == ("Étapes à suivre",)
    assert "example.org/a" not in plain.text
    assert "ailleurs" in plain.text


@pytest.mark.parametrize("markdown", ["", "\n", "<", "| a |", "[](", "- \n- ", "```\n  a\n"])
def test_odd_text_is_rendered_all_the_same(markdown: str) -> None:
    assert isinstance(render(markdown), str)
    assert isinstance(to_text(markdown), str)
