"""The list under a real server: CPU of one gunicorn worker for each request, beside the floor under another."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BLOCK = 25
PATIENCE = 30.0


class Served:
    """One worker, one connection, and the CPU that the worker has used."""

    def __init__(self, target: str, environment: dict[str, str], cookie: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--worker-class", "gthread", "--threads", "1"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--log-level", "error", "--no-control-socket", target]
        self.master = subprocess.Popen(command, env={**os.environ, **environment})
        self.cookie = cookie
        self._wait()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.master.poll() is not None or time.monotonic() > until:
                raise RuntimeError("gunicorn did not start")
            time.sleep(0.1)

    @property
    def worker(self) -> int:
        """The master's only child."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text().split()
        return int(children[0])

    def cpu(self) -> float:
        """Milliseconds of CPU used by all threads of the worker so far."""
        tasks = Path(f"/proc/{self.worker}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6

    def get(self, path: str) -> None:
        self.connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)  # noqa: PLR2004 - the only good answer

    def block(self, path: str) -> float:
        """CPU milliseconds of one request, over a block of them."""
        before = self.cpu()
        for _ in range(BLOCK):
            self.get(path)
        return (self.cpu() - before) / BLOCK

    def close(self) -> None:
        self.connection.close()
        self.master.send_signal(signal.SIGTERM)
        self.master.wait(PATIENCE)


@contextmanager
def served(target: str, environment: dict[str, str], cookie: str) -> Iterator[Served]:
    server = Served(target, environment, cookie)
    try:
        yield server
    finally:
        server.close()


def compare(product: Served, floor: Served, path: str, blocks: int) -> tuple[float, float, float]:
    """Medians of the product and of the floor in milliseconds, and the median of their ratios, block by block."""
    for one in (product, floor):
        one.block(path)
    pairs = [(product.block(path), floor.block(path)) for _ in range(blocks)]
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(a / b for a, b in pairs),
    )
