"""Labels: a repository defines them, its pull requests carry them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from github_server.clock import iso_format
from github_server.ids import node_id
from github_server.pagination import Key, Order
from github_server.registry import Registry


@dataclass(eq=False, repr=False)
class Label:
    """One label; GraphQL gives it no number, only a node id."""

    typename = "Label"

    repository_url: str
    repository_id: int
    database_id: int
    name: str
    color: str
    created_at: datetime
    description: str | None = None
    is_default: bool = False

    def __post_init__(self) -> None:
        self.id = node_id("LA", self.repository_id, self.database_id)

    def __repr__(self) -> str:
        return f"<Label {self.name}>"

    @property
    def url(self) -> str:
        """The web page."""
        return f"{self.repository_url}/labels/{self.name}"


class Labels(dict[str, Label]):
    """A repository's labels by name, in lower case."""

    def __init__(self, registry: Registry, repository_id: int) -> None:
        super().__init__()
        self._registry = registry
        self._repository_id = repository_id

    def define(self, name: str, url: str, color: str, description: str | None) -> Label:
        """The label with this name, created at its first mention."""
        registry = self._registry
        with registry.lock:
            if name.lower() not in self:
                number = registry.sequences.label()
                label = Label(
                    url, self._repository_id, number, name, color, registry.now(), description
                )
                self[name.lower()] = registry.nodes[label.id] = label
            return self[name.lower()]

    def rename(self, label: Label, name: str) -> None:
        """Rename it: all pull requests that carry it show the new name, and are not updated."""
        with self._registry.lock:
            del self[label.name.lower()]
            label.name = name
            self[name.lower()] = label


def _by_name(label: Label) -> Key:
    return (label.name.lower(), label.database_id)


def _by_age(label: Label) -> Key:
    return (iso_format(label.created_at), label.database_id)


def order_of(order_by: dict[str, str] | None) -> Order[Label]:
    """GitHub lists labels by their age unless asked otherwise."""
    order_by = order_by or {"field": "CREATED_AT", "direction": "ASC"}
    key = _by_name if order_by["field"] == "NAME" else _by_age
    return Order(key, order_by["direction"] == "DESC")
