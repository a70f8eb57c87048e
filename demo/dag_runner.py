"""Runs our real Dags in a process of its own: orders come in on stdin, answers go out on stdout.

Each is one line of JSON. Whatever Airflow prints goes to stderr, which is the demo's log.
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
            order = json.loads(line)
            os.environ.update(order.get("environment", {}))
            answer({"done": _run(dags[order["dag_id"]], order["conf"])})
    except Exception as error:  # noqa: BLE001 - told to whoever waits for the answer
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

    answer({"note": "creating its tables"})
    initdb()
    answer({"note": "reading the Dags"})
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag()
    if bag.import_errors:
        raise RuntimeError("; ".join(bag.import_errors.values()))
    answer({"done": {"dags": sorted(bag.dags)}})
    return dict(bag.dags)


def _run(dag: Any, conf: dict[str, Any]) -> dict[str, Any]:
    """One run, to its end: its id, its state and that of each task instance, and the results."""
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
