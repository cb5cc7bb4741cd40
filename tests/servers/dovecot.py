"""A Dovecot of our own: real IMAP, plain and encrypted, any user name, one password."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count as numbers
from pathlib import Path

from tests.servers.certificates import Certificates
from tests.servers.process import Server, free_port, program

PASSWORD = "secret"
SUBFOLDERS = ("cur", "new", "tmp")

COMMON = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
ssl = yes
mail_fsync = never
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""
# Settings changed their names between the two series; both are in use.
UNTIL_2_3 = """
protocols = imap
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
ssl_cert = <{certificates.certificate}
ssl_key = <{certificates.key}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={homes}/%u
}}
"""
SINCE_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols {{
  imap = yes
}}
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
mail_max_userip_connections = 100
ssl_server_cert_file = {certificates.certificate}
ssl_server_key_file = {certificates.key}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {homes}/%{{user}}
  }}
}}
"""


class DovecotServer(Server):
    """Any user may sign in with `PASSWORD`; a mailbox exists from its first use."""

    name = "dovecot"
    unprivileged = ("nobody",)

    def __init__(self) -> None:
        super().__init__()
        self.tls_port = free_port()
        self.certificates = Certificates(self.folder)
        self.homes = self.folder / "homes"
        self._numbers = numbers(1)
        for folder in (self.homes, self.folder / "run"):
            folder.mkdir()
            self.own(folder)
        for secret in (self.certificates.key, self.certificates.certificate):
            self.own(secret)

    def prepare(self) -> None:
        modern = not self.version.startswith(("2.0", "2.1", "2.2", "2.3"))
        # The version lines must come first in the new series.
        template = SINCE_2_4 + COMMON if modern else COMMON + UNTIL_2_3
        runner = self.user or pwd.getpwuid(os.getuid())
        text = template.format(
            folder=self.folder,
            homes=self.homes,
            port=self.port,
            tls_port=self.tls_port,
            certificates=self.certificates,
            password=PASSWORD,
            user=runner.pw_name,
            uid=runner.pw_uid,
            gid=runner.pw_gid,
            group=grp.getgrgid(runner.pw_gid).gr_name,
        )
        self._configuration.write_text(text)

    def command(self) -> list[str]:
        return [program("dovecot"), "-F", "-c", str(self._configuration)]

    def answers(self) -> bool:
        try:
            with self.imap("nobody-yet"):
                return True
        except (OSError, imaplib.IMAP4.error):
            return False

    @cached_property
    def version(self) -> str:
        command = [program("dovecot"), "--version"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def imap_url(self, user: str, folder: str = "INBOX", *, tls: bool = False) -> str:
        """One word of RELAIS_IMAP_URLS; `tls` needs SSL_CERT_FILE=certificates.ca in the client."""
        scheme, port = ("imaps", self.tls_port) if tls else ("imap", self.port)
        return f"{scheme}://{user}:{PASSWORD}@127.0.0.1:{port}/{folder}"

    def deliver(self, raw: bytes, user: str, folder: str = "INBOX") -> None:
        """Puts a message in as a delivery agent does, byte for byte, however malformed."""
        maildir = self._maildir(user, folder)
        name = f"{next(self._numbers):08d}.{os.getpid()}.test"
        written = maildir / "tmp" / name
        written.write_bytes(raw)
        self.own(written)
        written.rename(maildir / "new" / name)

    def count(self, user: str, folder: str = "INBOX") -> int:
        """How many messages an IMAP client sees there."""
        with self.imap(user) as client:
            status, answer = client.select(folder, readonly=True)
            return int(answer[0] or 0) if status == "OK" else 0

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The messages there, whole, oldest first."""
        with self.imap(user) as client:
            status, answer = client.select(folder, readonly=True)
            if status != "OK" or not int(answer[0] or 0):
                return []
            parts = client.fetch("1:*", "(BODY.PEEK[])")[1]
            return [part[1] for part in parts if isinstance(part, tuple)]

    @contextmanager
    def imap(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A signed-in client of the standard library, independent of the one under test."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login(user, PASSWORD)
            yield client

    def _maildir(self, user: str, folder: str) -> Path:
        home = self.homes / user
        maildir = home / "Maildir"
        target = maildir if folder == "INBOX" else maildir / f".{folder.replace('/', '.')}"
        for place in (home, maildir, target, *(target / name for name in SUBFOLDERS)):
            if not place.exists():
                place.mkdir()
                self.own(place)
        return target

    @property
    def _configuration(self) -> Path:
        return self.folder / "dovecot.conf"
