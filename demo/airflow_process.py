"""The client of the process that runs the Dags (see ``dag_runner``)."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from demo.environment import airflow_environment
from demo.errors import DemoError
from demo.home import CHECKOUT, Home

if TYPE_CHECKING:
    from typing_extensions import Self

POLL_SECONDS = 0.3
STOP_TIMEOUT_SECONDS = 5

Watch = Callable[[str | None], None]


class Airflow:
    """A process that runs Airflow's Dags while the context lasts. It prepares itself at once."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._connections: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def start(self) -> None:
        """Start it, at first or after it was killed."""
        with self._home.log.open("ab") as log:
            self._process = subprocess.Popen(
                # The folder identifies the process in `ps`.
                [sys.executable, "-m", "demo.dag_runner", str(self._home.folder)],
                cwd=CHECKOUT,
                env=airflow_environment(self._home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # we handle Ctrl-C
            )
        threading.Thread(target=self._listen, daemon=True).start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it."""
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """Send SIGKILL. A run that is waited for raises a DemoError."""
        self._process.kill()
        self._process.wait()

    def connect(self, **connections: str) -> None:
        """Set Airflow connections by id, for the next runs."""
        self._connections = {
            f"AIRFLOW_CONN_{conn_id.upper()}": value for conn_id, value in connections.items()
        }

    def wait_until_prepared(self, watch: Watch) -> dict[str, Any]:
        """Wait until the metadata database exists and the Dags are parsed.

        :param watch: called repeatedly meanwhile, with a note or None
        """
        return self._wait(watch)

    def run(self, dag_id: str, conf: dict[str, Any], watch: Watch) -> dict[str, Any]:
        """Run a Dag to its end: ``{run_id, state, failed, results}``."""
        request = {"dag_id": dag_id, "conf": conf, "environment": self._connections}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._wait(watch)

    def _wait(self, watch: Watch) -> dict[str, Any]:
        while True:
            try:
                answer = self._answers.get(timeout=POLL_SECONDS)
            except queue.Empty:
                watch(None)
                continue
            if answer is None or "error" in answer:
                raise self._failure(answer)
            if "done" in answer:
                return dict(answer["done"])
            watch(answer["note"])

    def _failure(self, answer: dict[str, Any] | None) -> DemoError:
        reason = answer["error"] if answer else "its process ended"
        log = self._home.display_path(self._home.log)
        return DemoError(f"Airflow failed: {reason}.", f"See the end of {log}.")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)
