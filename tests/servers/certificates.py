"""An authority of our own, so that encrypted doors are tested as strictly as in production."""

from __future__ import annotations

import ssl
from functools import cached_property
from pathlib import Path

import trustme


class Certificates:
    """Files in `folder`: `ca.pem` for clients to trust, `server.pem` and `server.key`.

    A client process trusts them with SSL_CERT_FILE set to `ca`.
    """

    def __init__(self, folder: Path) -> None:
        self.ca = folder / "ca.pem"
        self.certificate = folder / "server.pem"
        self.key = folder / "server.key"
        authority = trustme.CA()
        server = authority.issue_cert("127.0.0.1", "localhost")
        authority.cert_pem.write_to_path(str(self.ca))
        server.private_key_pem.write_to_path(str(self.key))
        for position, part in enumerate(server.cert_chain_pems):
            part.write_to_path(str(self.certificate), append=position > 0)

    @cached_property
    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context

    @cached_property
    def client_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))
