"""A token with a line break, as secrets mounted from files often have, is refused and not shown."""

from __future__ import annotations

import pytest

from github_server import World
from github_sync.errors import ConfigurationError
from tests.fixtures.syncing import Syncing

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def test_it_is_named_without_being_shown(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(world.repository("acme/api"))
    syncing.token = TOKEN + "\n"

    with pytest.raises(ConfigurationError, match="line break") as caught:
        syncing.sync(repository_id)

    assert TOKEN not in str(caught.value)
    assert TOKEN not in str([*syncing.attempts(repository_id), syncing.tracked(repository_id)])
    assert syncing.attempts(repository_id)[0]["requests"] == 1
