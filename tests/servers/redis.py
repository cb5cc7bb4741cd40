"""A Redis of our own that keeps nothing on disk."""

from __future__ import annotations

import socket

import redis

from tests.servers.process import Server, program


class RedisServer(Server):
    name = "redis"
    unprivileged = ("redis", "nobody")

    def command(self) -> list[str]:
        memory_only = ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        where = ["--bind", "127.0.0.1", "--port", str(self.port)]
        return [program("redis-server"), *where, *memory_only]

    def answers(self) -> bool:
        # Not by the client library: it insists for seconds when nobody answers.
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(b"PING\r\n")
                return line.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def url(self, database: int = 0) -> str:
        """For RELAIS_BROKER_URL; `database` 0 to 15."""
        return f"redis://127.0.0.1:{self.port}/{database}"

    def client(self, database: int = 0) -> redis.Redis:
        return redis.Redis(host="127.0.0.1", port=self.port, db=database)

    def clear(self) -> None:
        with self.client() as client:
            client.flushall()
