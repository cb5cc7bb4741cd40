"""One tree for both forms of an article: XML, or the JSON that spells the same XML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
# A file from elsewhere: no entities, no network, no unbounded memory.
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
)


class NotAnArticle(ValueError):
    """The file is no such tree."""


@dataclass(frozen=True)
class Node:
    """An element, or a text (``name`` is then "")."""

    name: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: Sequence[Node] = ()

    def all(self, *names: str) -> Iterator[Node]:
        """Its own children of these names."""
        return (child for child in self.children if child.name in names)

    def first(self, *names: str) -> Node | None:
        return next(self.all(*names), None)

    def below(self, *names: str) -> Iterator[Node]:
        """Those of these names at any depth, in the order of reading."""
        for child in self.children:
            if child.name in names:
                yield child
            yield from child.below(*names)

    def words(self) -> str:
        """All its text, on one line."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        if not self.name:
            yield self.text
        for child in self.children:
            yield from child._texts()


def read(content: bytes, name: str) -> Node:
    """The root of an article. Raises NotAnArticle."""
    try:
        if name.lower().endswith(".json"):
            return _from_json(json.loads(content))
        return _from_xml(etree.fromstring(content, _PARSER))
    except (ValueError, KeyError, TypeError, AttributeError, etree.XMLSyntaxError) as error:
        raise NotAnArticle(str(error)[:200]) from error


def _from_json(said: Any) -> Node:
    """``{"id", "children": [Publication]}``, or the element itself."""
    if "name" not in said and "children" in said:
        said = next(child for child in said["children"] if child.get("type") == "element")
    return _element(said)


def _element(said: Mapping[str, Any]) -> Node:
    if said.get("type") == "text":
        return Node("", text=str(said.get("text") or ""))
    given = said.get("attributes") or {}
    return Node(
        name=str(said["name"]),
        attributes={str(key): str(value) for key, value in given.items()},
        children=tuple(_element(child) for child in said.get("children") or ()),
    )


def _from_xml(element: Any) -> Node:
    name = str(element.tag).replace(_DUBLIN_CORE, "dc:")
    children: list[Node] = [Node("", text=element.text)] if element.text else []
    for child in element:
        if isinstance(child.tag, str):
            children.append(_from_xml(child))
        if child.tail:
            children.append(Node("", text=child.tail))
    attributes = {str(key): str(value) for key, value in element.attrib.items()}
    return Node(name, attributes=attributes, children=tuple(children))
