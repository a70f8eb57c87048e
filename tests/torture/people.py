"""What people do on GitHub, in any order: the half of a history that the sync has no part in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from github_server import SAMPLE_TOKEN, Actor, PullRequest, Review
from tests.fixtures.syncing import Syncing
from tests.torture.tally import Tally

TITLES = ("feat: cursors", "Revert it", "HOTFIX \x00 now", "a lone \ud800", "\\u0000", "👩‍👩‍👧‍👦")
LABELS = ("bug", "NUL \x00", "👩‍👩‍👧‍👦", *(f"release-{number}" for number in range(25)))
LOGINS = ("alice", "bob", "carol")
PEOPLE = st.sampled_from((*LOGINS, "renovate", "mona", None))
SUBMITTED = st.sampled_from(("APPROVED", "CHANGES_REQUESTED", "COMMENTED"))
WHICH = st.integers(0, 30)
BOTH = st.booleans()


class People(RuleBasedStateMachine):
    """Two repositories to which anything may happen.

    A deleted account changes no pull request on GitHub, so only a full resync can show it.
    """

    def __init__(self, syncing: Syncing, tally: Tally, names: itertools.count[int]) -> None:
        super().__init__()
        self.syncing = syncing
        self.world = syncing.world
        self.tally = tally
        self.names = (f"acme/history-{number}" for number in names)
        self.has_ghosts = False
        self.has_deletions = False
        self.is_all_to_be_read = False
        """Something changed that only a full resync shows, as what was refused before."""
        self.are_met = [False, False]
        """Renamed before it was first met, a repository could not be found by its name."""
        tally["examples"] += 1

    @initialize(first=st.integers(0, 10), second=st.integers(0, 4))
    def track(self, first: int, second: int) -> None:
        # What a failed history left behind is not this one's.
        self.world.faults.clear()
        self.world.tokens[SAMPLE_TOKEN].sees = None
        self.repositories = [self.world.repository(next(self.names)) for _ in range(2)]
        self.rows = [self.syncing.track(repository) for repository in self.repositories]
        for repository, count in zip(self.repositories, (first, second), strict=True):
            for index in range(count):
                repository.pull_request(f"feat: {index}", author=self.world.user("alice"))

    @rule(seconds=st.sampled_from((1, 30, 299, 300, 301, 3600, 86400)))
    def advance_clock(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    @rule(second=BOTH, title=st.sampled_from(TITLES), by=PEOPLE)
    def open_pull_request(self, second: bool, title: str, by: str | None) -> None:
        self.repositories[second].pull_request(title, body=title, author=self._person(by))

    @rule(second=BOTH, which=WHICH, verb=st.sampled_from(("merge", "close", "reopen", "update")))
    def change_pull_request(self, second: bool, which: int, verb: str) -> None:
        if pull_request := self._pull_request(second, which):
            getattr(pull_request, verb)()

    @rule(second=BOTH, which=WHICH, title=st.sampled_from(TITLES))
    def retitle(self, second: bool, which: int, title: str) -> None:
        if pull_request := self._pull_request(second, which):
            pull_request.update(title=title, additions=pull_request.additions + 1)

    @rule(second=BOTH, which=WHICH, name=st.sampled_from(LABELS))
    def add_or_remove_label(self, second: bool, which: int, name: str) -> None:
        if pull_request := self._pull_request(second, which):
            label = self.repositories[second].label(name)
            is_there = label in pull_request.labels
            (pull_request.remove_label if is_there else pull_request.add_label)(label)

    @rule(second=BOTH, which=WHICH)
    def delete_pull_request(self, second: bool, which: int) -> None:
        if pull_request := self._pull_request(second, which):
            self.repositories[second].delete_pull_request(pull_request)
            self.has_deletions = True

    @rule(second=BOTH, which=WHICH, by=PEOPLE, state=SUBMITTED)
    def submit_review(self, second: bool, which: int, by: str | None, state: Any) -> None:
        if pull_request := self._pull_request(second, which):
            pull_request.submit_review(self._person(by), state, body="looks good")

    @rule(second=BOTH, which=WHICH, by=PEOPLE, is_visible=st.booleans())
    def begin_review(self, second: bool, which: int, by: str | None, is_visible: bool) -> None:
        if pull_request := self._pull_request(second, which):
            pull_request.update().review(self._person(by), "PENDING", visible=is_visible)

    @rule(second=BOTH, which=WHICH)
    def finish_or_dismiss_review(self, second: bool, which: int) -> None:
        if review := self._review(second, which):
            if review.state == "PENDING":
                review.submitted_at = self.world.now()
            review.state = "APPROVED" if review.state == "PENDING" else "DISMISSED"
            review.visible = True
            review.pull_request.update()

    @rule(second=BOTH, which=WHICH)
    def delete_review(self, second: bool, which: int) -> None:
        if review := self._review(second, which):
            review.pull_request.delete_review(review)

    @rule(login=st.sampled_from(LOGINS))
    def delete_user(self, login: str) -> None:
        self.world.delete_user(self.world.user(login))
        self.has_ghosts = True

    @rule(second=BOTH)
    def archive_or_revive(self, second: bool) -> None:
        repository = self.repositories[second]
        repository.is_archived = not repository.is_archived

    @rule(second=BOTH)
    def rename(self, second: bool) -> None:
        if self.are_met[second]:
            self.world.rename(self.repositories[second], next(self.names))

    @rule()
    def swap_names(self) -> None:
        if not all(self.are_met):
            return
        first, second = self.repositories
        names = first.full_name, second.full_name
        self.world.rename(first, next(self.names))
        self.world.rename(second, names[0])
        self.world.rename(first, names[1])

    @rule()
    def change_node_ids(self) -> None:
        self.world.change_node_ids()
        self.is_all_to_be_read = True

    @rule()
    def forget_former_node_ids(self) -> None:
        self.world.forget_former_node_ids()

    def _person(self, login: str | None) -> Actor | None:
        kinds: dict[str, Callable[[str], Actor]] = {
            "renovate": self.world.bot,
            "mona": self.world.mannequin,
        }
        return kinds.get(login, self.world.user)(login) if login else None

    def _pull_request(self, second: bool, which: int) -> PullRequest | None:
        return _pick(list(self.repositories[second].pull_requests.values()), which)

    def _review(self, second: bool, which: int) -> Review | None:
        pull_requests = self.repositories[second].pull_requests.values()
        return _pick([review for one in pull_requests for review in one.reviews], which)


def _pick(things: list[Any], which: int) -> Any:
    return things[which % len(things)] if things else None
