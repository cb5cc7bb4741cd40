"""An article of service-public.fr as Markdown. Pure.

Lists of situations and alternative cases become headed sections, not tabs: everything can be read,
found and linked to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.importing.service_public.tree import Node

SITE = "https://www.service-public.fr/particuliers/vosdroits/"
_DEEPEST = 6


@dataclass(frozen=True)
class Fiche:
    """``folders``: the titles of the folders it stands in, the nearest last. ``modified``: ISO day.
    ``links``: numbers of the articles that it leads to.
    """

    number: str
    title: str
    summary: str
    body: str
    kind: str
    theme: str
    folders: Sequence[str]
    modified: str
    keywords: Sequence[str] = ()
    links: Sequence[str] = ()


def convert(root: Node, address_of: Callable[[str], str]) -> Fiche:
    """``address_of``: where an article of that number is read. Raises ValueError without a number
    or a title.
    """
    number = root.attributes.get("ID", "")
    title = _of(root, "dc:title")
    if not number or not title:
        raise ValueError("no number or no title")
    writer = _Writer(address_of)
    body = writer.article(root)
    crumbs = root.first("FilDAriane")
    folders = [one.words() for one in crumbs.all("Niveau")][1:-1] if crumbs is not None else []
    other = [one.words() for one in root.all("TitreAlternatif")]
    return Fiche(
        number=number,
        title=title,
        summary=_of(root, "dc:description"),
        body=body,
        kind=root.attributes.get("type", ""),
        theme=_of(root, "dc:subject"),
        folders=folders,
        modified=_of(root, "dc:date").removeprefix("modified").strip(),
        keywords=[word for word in other if word],
        links=tuple(dict.fromkeys(writer.links)),
    )


def _of(root: Node, name: str) -> str:
    found = root.first(name)
    return found.words() if found is not None else ""


@dataclass
class _Writer:
    address_of: Callable[[str], str]
    links: list[str] = field(default_factory=list)

    def article(self, root: Node) -> str:
        parts: list[str] = []
        for name in ("Avertissement", "Introduction"):
            for node in root.all(name):
                parts += self._note(node) if name == "Avertissement" else self.blocks(node, 2)
        for node in root.all("Texte", "ListeSituations", "SousDossier", "Dossier", "Fiche"):
            parts += self._block(node, 2)
        parts += self._where(root)
        parts += self._definitions(root)
        parts += self._elsewhere(root)
        return "\n\n".join(part for part in parts if part.strip())

    # Blocks, one below the other. ``level``: of the headings directly in them.

    def blocks(self, node: Node, level: int) -> list[str]:
        found: list[str] = []
        for child in node.children:
            found += self._block(child, level)
        return found

    def _block(self, node: Node, level: int) -> list[str]:
        name = node.name
        if name in ("Chapitre", "SousChapitre", "Cas", "Situation", "SousDossier", "Dossier"):
            return self._section(node, level)
        if name in ("Attention", "ASavoir", "ANoter", "Rappel", "Avertissement", "Exemple"):
            return self._note(node)
        if name == "Paragraphe":
            return [self.inline(node)]
        if name == "Liste":
            return [self._list(node, 0)]
        if name == "Tableau":
            return [self._table(node)]
        if name == "Citation":
            return ["\n".join(f"> {line}" for line in self.blocks(node, level))]
        if name == "Fiche":
            return [f"- {self._link(node.attributes.get('ID', ''), node.words())}"]
        if name in ("ServiceEnLigne", "OuSAdresser"):
            return self._service(node)
        if name in ("Titre", "Condition"):
            return []
        return self.blocks(node, level) if node.children else []

    def _section(self, node: Node, level: int) -> list[str]:
        title = node.first("Titre")
        inside = self.blocks(node, min(level + 1, _DEEPEST))
        if title is None or not title.words():
            return inside
        return [f"{'#' * level} {title.words()}", *inside]

    def _note(self, node: Node) -> list[str]:
        title = node.first("Titre")
        head = title.words() if title is not None else _NOTES.get(node.name, "")
        lines = "\n\n".join(self.blocks(node, _DEEPEST)).splitlines()
        quoted = "\n".join(f"> {line}".rstrip() for line in lines)
        return [f"> **{head}**\n>\n{quoted}" if head else quoted]

    def _list(self, node: Node, depth: int) -> str:
        ordered = node.attributes.get("type") == "numero"
        lines = []
        for number, item in enumerate(node.all("Item"), 1):
            mark = f"{number}. " if ordered else "- "
            inside = "\n\n".join(self._inside_item(item, depth))
            pad = " " * 4
            first, *rest = inside.splitlines() or [""]
            lines.append(mark + first)
            lines += [pad + line if line else "" for line in rest]
        return "\n".join(lines)

    def _inside_item(self, item: Node, depth: int) -> Iterator[str]:
        for child in item.children:
            if child.name == "Liste":
                yield self._list(child, depth + 1)
            else:
                yield from self._block(child, _DEEPEST)

    def _table(self, node: Node) -> str:
        lines = node.below("Rangée", "Rangee")
        rows = [[self._cell(cell) for cell in line.all("Cellule")] for line in lines]
        rows = [row for row in rows if any(row)]
        if not rows:
            return ""
        width = max(len(row) for row in rows)
        title = node.first("Titre")
        head, *rest = [row + [""] * (width - len(row)) for row in rows]
        table = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * width, *rest]]
        caption = [f"**{title.words()}**", ""] if title is not None and title.words() else []
        return "\n".join([*caption, *table])

    def _cell(self, cell: Node) -> str:
        return " ".join(" ".join(self.blocks(cell, _DEEPEST)).split()).replace("|", "\\|")

    def _service(self, node: Node) -> list[str]:
        title = node.first("Titre")
        label = title.words() if title is not None else node.words()
        web = next(node.below("RessourceWeb", "LienWeb"), None)
        url = node.attributes.get("URL") or (web.attributes.get("URL", "") if web else "")
        form = node.attributes.get("numerocerfa")
        shown = f"{label} (cerfa n° {form})" if form else label
        return [f"- [{shown}]({url})" if url.startswith("http") else f"- {shown}"] if label else []

    # The end of the page.

    def _where(self, root: Node) -> list[str]:
        found = [line for node in root.all("OuSAdresser") for line in self._service(node)]
        online = [line for node in root.all("ServiceEnLigne") for line in self._service(node)]
        parts = ["## Services en ligne et formulaires", "\n".join(online)] if online else []
        return parts + (["## Où s’adresser ?", "\n".join(found)] if found else [])

    def _definitions(self, root: Node) -> list[str]:
        found = []
        for node in root.all("Definition", "Abreviation"):
            title, said = node.first("Titre"), node.first("Texte")
            if title is not None and said is not None:
                found.append(f"- **{title.words()}** : {said.words()}")
        return ["## Définitions", "\n".join(found)] if found else []

    def _elsewhere(self, root: Node) -> list[str]:
        asked = [
            f"- {self._link(node.attributes.get('ID', ''), node.words())}"
            for node in root.all("QuestionReponse", "CommentFaireSi")
        ]
        texts = [
            f"- [{title.words()}]({node.attributes['URL']})"
            for node in root.all("Reference")
            if (title := node.first("Titre")) is not None and node.attributes.get("URL")
        ]
        parts = ["## Questions ? Réponses !", "\n".join(asked)] if asked else []
        return parts + (["## Textes de référence", "\n".join(texts)] if texts else [])

    # Words within a line.

    def inline(self, node: Node) -> str:
        return _spaced("".join(self._piece(child) for child in node.children))

    def _piece(self, node: Node) -> str:
        if not node.name:
            return _escaped(re.sub(r"\s+", " ", node.text))
        inside = _spaced("".join(self._piece(child) for child in node.children))
        if node.name == "MiseEnEvidence":
            return f" **{inside}** " if inside else ""
        if node.name == "Expression":
            return f" *{inside}* " if inside else ""
        if node.name == "Exposant":
            return f"<sup>{inside}</sup>"
        if node.name == "LienInterne":
            return f" {self._link(node.attributes.get('LienPublication', ''), inside)} "
        if node.name in ("LienExterne", "LienExterneCommente"):
            url = node.attributes.get("URL", "")
            return f" [{inside}]({url}) " if url.startswith("http") else f" {inside} "
        return f" {inside} " if node.name in ("LienIntra", "Valeur") else inside

    def _link(self, number: str, words: str) -> str:
        if not number:
            return words
        self.links.append(number)
        return f"[{words or number}]({self.address_of(number)})"


_NOTES: Mapping[str, str] = {
    "Attention": "Attention",
    "ASavoir": "À savoir",
    "ANoter": "À noter",
    "Rappel": "Rappel",
    "Exemple": "Exemple",
}


def _spaced(text: str) -> str:
    """Around pieces that were put together: one space, none before a full stop or a comma."""
    text = re.sub(r"[ \t]+", " ", text).strip()
    return re.sub(r" ([.,)])", r"\1", text).replace("( ", "(")


def _escaped(text: str) -> str:
    return re.sub(r"([*_`\[\]<])", r"\\\1", text)
