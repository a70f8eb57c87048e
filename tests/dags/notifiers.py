"""Notifiers as a platform team may have them: one writes down what it gets, one is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import BaseNotifier


class WritingNotifier(BaseNotifier):
    """Appends its text, rendered by Airflow, to a file."""

    template_fields = ("text",)

    def __init__(self, path: str, text: str) -> None:
        super().__init__()
        self.path = path
        self.text = text

    def notify(self, context: Any) -> None:
        with Path(self.path).open("a") as file:
            file.write(self.text + "\n")


class BrokenNotifier(BaseNotifier):
    """Its service is away."""

    def notify(self, context: Any) -> None:
        raise OSError("the service is away")


class PickyNotifier(BaseNotifier):
    """Refuses its arguments, and shows them."""

    def __init__(self, address: str) -> None:
        super().__init__()
        raise ValueError(f"{address} cannot be used")

    def notify(self, context: Any) -> None:
        raise NotImplementedError
