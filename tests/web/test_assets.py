"""What every page loads: fresh after each change, small on the wire."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from flask import Flask, url_for

from tests.web.conftest import Site
from web import assets

STATIC = Path(assets.__file__).parent / "static"


def test_each_page_names_the_version_of_what_it_loads(site: Site) -> None:
    page = site.anyone().get("/contact").text
    loaded = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert len(loaded) > 5
    assert [address for address in loaded if not re.search(r"\?v=[0-9a-f]{10}$", address)] == []
    assert site.anyone().get(loaded[0]).status_code == 200


def test_the_address_changes_with_the_file(tmp_path: Path) -> None:
    app = Flask("anything", static_folder=str(tmp_path), static_url_path="/static")
    assets.init(app)
    sheet = tmp_path / "a.css"
    addresses = []
    for text in ("a { color: red }", "a { color: blue }"):
        sheet.write_text(text)
        with app.test_request_context():
            addresses.append(url_for("static", filename="a.css"))
    assert addresses[0] != addresses[1]
    with app.test_request_context():
        assert url_for("static", filename="missing.css") == "/static/missing.css"


def test_sheets_are_sent_compressed_to_those_who_can_read_it(site: Site) -> None:
    plain = site.anyone().get("/static/app.css")
    small = site.anyone().get("/static/app.css", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data == (STATIC / "app.css").read_bytes()
    assert small.content_length == len(small.data) < len(plain.data) / 2
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    again = site.anyone().get(
        "/static/app.css",
        headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]},
    )
    assert again.status_code == 304


def test_pages_are_not_compressed(site: Site) -> None:
    page = site.anyone().get("/contact", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page.headers
