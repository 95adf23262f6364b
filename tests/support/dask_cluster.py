"""A real scheduler and real workers on the loopback address, each a process of its own that a test may kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


class Cluster:
    """A scheduler, and workers that are started and killed one by one."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.file = place / "scheduler.json"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._started: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show", "--scheduler-file", str(self.file)
        )
        until = time.monotonic() + 30
        while not self.file.is_file() and time.monotonic() < until:
            time.sleep(0.05)

    @property
    def address(self) -> str:
        return json.loads(self.file.read_text())["address"]

    def _start(self, kind: str, *arguments: str, path: str = "") -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "PYTHONPATH": path or os.pathsep.join(sys.path),
            "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "10s",
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "distributed.cli.dask_" + kind, *arguments, "--no-dashboard"]
        with (self.place / f"{kind}.log").open("ab") as log:
            process = subprocess.Popen(command, env=environment, cwd=self.place, stdout=log, stderr=log)
        self._started.append(process)
        return process

    def add_worker(self, path: str = "") -> subprocess.Popen[bytes]:
        """Start a worker without a nanny: dead, it stays dead."""
        worker = self._start(
            "worker", "--scheduler-file", str(self.file), "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny",
            "--local-directory", str(self.place), "--death-timeout", "20", path=path,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def close(self) -> None:
        for process in self._started:
            process.kill()
        for process in self._started:
            process.wait()
