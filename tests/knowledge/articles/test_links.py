"""Links between articles, as they are written and as they are read."""

from __future__ import annotations

from knowledge.articles.links import Link, links_of, resolve, wiki_slugs

TEXT = (
    "Voir [[timbre-fiscal]], [[adresse#etapes|les étapes]], [la photo](/aide/photo#code) "
    "et encore [[timbre-fiscal]] ; [dehors](https://example.org/aide/non)."
)


def test_every_link_once_in_its_order() -> None:
    assert links_of(TEXT) == [
        Link("timbre-fiscal"), Link("adresse", "etapes"), Link("photo", "code"),
    ]  # fmt: skip
    assert wiki_slugs([TEXT]) == {"timbre-fiscal", "adresse"}


def test_titles_take_the_place_of_addresses() -> None:
    read = resolve(TEXT, {"timbre-fiscal": "Le timbre", "adresse": "Changer d'adresse"})
    assert "[Le timbre](/aide/timbre-fiscal)" in read
    assert "[les étapes](/aide/adresse#etapes)" in read
    assert "[[" not in read


def test_an_article_that_is_not_there_leaves_its_words() -> None:
    assert resolve("Voir [[timbre-fiscal]].", {}) == "Voir timbre fiscal."
    assert resolve("Voir [[x|ceci]].", {}, lambda words: f"?{words}?") == "Voir ?ceci?."
