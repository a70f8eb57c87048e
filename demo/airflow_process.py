"""Our end of the process that runs the Dags (see ``dag_runner``)."""

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
from demo.home import CHECKOUT, Home
from demo.problems import DemoError

if TYPE_CHECKING:
    from typing_extensions import Self

POLL_SECONDS = 0.3
STOP_TIMEOUT_SECONDS = 5

Watch = Callable[[str | None], None]


class Airflow:
    """A process with Airflow in it, while the context lasts; it prepares itself at once."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._connections: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def start(self) -> None:
        """Start it, for the first time or after it was killed."""
        with self._home.log.open("ab") as log:
            self._process = subprocess.Popen(
                # Its folder tells `ps` whose it is.
                [sys.executable, "-m", "demo.dag_runner", str(self._home.folder)],
                cwd=CHECKOUT,
                env=airflow_environment(self._home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for us to handle
            )
        threading.Thread(target=self._listen, daemon=True).start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """SIGKILL, with whatever it is doing; a run that is waited for ends in a DemoError."""
        self._process.kill()
        self._process.wait()

    def connect(self, **connections: str) -> None:
        """Airflow connections by their ids, for the runs to come."""
        self._connections = {
            f"AIRFLOW_CONN_{conn_id.upper()}": value for conn_id, value in connections.items()
        }

    def wait_until_prepared(self, watch: Watch) -> dict[str, Any]:
        """Return when the metadata database is there and the Dags are read.

        :param watch: called again and again meanwhile, with news if there are any
        """
        return self._wait(watch)

    def run(self, dag_id: str, conf: dict[str, Any], watch: Watch) -> dict[str, Any]:
        """One run to its end: ``{run_id, state, failed, results}``."""
        order = {"dag_id": dag_id, "conf": conf, "environment": self._connections}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
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
        reason = answer["error"] if answer else "its process has ended"
        log = self._home.name(self._home.log)
        return DemoError(f"Airflow failed: {reason}.", f"The end of {log} says more.")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)
