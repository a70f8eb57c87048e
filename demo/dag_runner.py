"""Runs the real Dags in a process of its own: requests on stdin, answers on stdout.

Each is one line of JSON. What Airflow prints goes to stderr, the demo's log.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

Answer = Callable[[dict[str, Any]], None]


def main() -> None:
    """Prepare Airflow, then run one Dag after another until stdin ends."""
    answer = _claim_stdout()
    try:
        dags = _prepare(answer)
        for line in sys.stdin:
            request = json.loads(line)
            os.environ.update(request.get("environment", {}))
            answer({"done": _run(dags[request["dag_id"]], request["conf"])})
    except Exception as error:  # noqa: BLE001 - reported to the client
        traceback.print_exc()
        answer({"error": f"{type(error).__name__}: {error}"})
        sys.exit(1)


def _claim_stdout() -> Answer:
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    return answer


def _prepare(answer: Answer) -> dict[str, Any]:
    answer({"note": "importing Airflow"})
    from airflow.utils.db import initdb

    answer({"note": "creating Airflow's tables"})
    initdb()
    answer({"note": "parsing the Dags"})
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag()
    if bag.import_errors:
        raise RuntimeError("; ".join(bag.import_errors.values()))
    answer({"done": {"dags": sorted(bag.dags)}})
    return dict(bag.dags)


def _run(dag: Any, conf: dict[str, Any]) -> dict[str, Any]:
    """Run a Dag to its end: the run's id and state, the failed tasks, and the results."""
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    run = dag.test(run_conf=conf)
    with create_session() as session:
        query = XComModel.get_many(run_id=run.run_id, dag_ids=dag.dag_id, key="return_value")
        rows: list[Any] = list(session.scalars(query))
        found = {row.task_id: XComModel.deserialize_value(row) for row in rows}
    return {
        "run_id": run.run_id,
        "state": str(run.state),
        "failed": [ti.task_id for ti in run.get_task_instances() if str(ti.state) == "failed"],
        "results": {name: result for name, result in found.items() if isinstance(result, dict)},
    }


if __name__ == "__main__":
    main()
