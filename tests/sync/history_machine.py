"""Two repositories to which anything may happen, in any order, while they are synced."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from github_server import ALWAYS, Actor, Fault, PullRequest, Review
from github_sync.errors import SyncError
from tests.fixtures.syncing import Syncing

INVALID_CURSOR = {"type": "INVALID_CURSOR_ARGUMENTS", "message": "That cursor is not valid."}
TITLES = ("feat: cursors", "Revert it", "HOTFIX \x00 now", "a lone \ud800", "\\u0000", "👩‍👩‍👧‍👦")
LOGINS = ("alice", "bob", "carol")
PEOPLE = st.sampled_from((*LOGINS, "renovate", "mona", None))
SUBMITTED = st.sampled_from(("APPROVED", "CHANGES_REQUESTED", "COMMENTED"))
WHICH = st.integers(0, 30)
PAGES = st.integers(0, 4)
BOTH = st.booleans()
NAMES = (f"acme/history-{number}" for number in itertools.count(1))
END_SESSIONS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid != pg_backend_pid()
"""


class AnyHistory(RuleBasedStateMachine):
    """What may happen; at the end one more sync of each repository must make the tables equal.

    A deleted account changes no pull request on GitHub, so only a full resync can show it.
    """

    def __init__(self, syncing: Syncing) -> None:
        super().__init__()
        self.syncing = syncing
        self.world = syncing.world
        self.has_ghosts = False
        self.is_identified = False

    @initialize(first=st.integers(0, 10), second=st.integers(0, 4))
    def track(self, first: int, second: int) -> None:
        self.repositories = [self.world.repository(next(NAMES)) for _ in range(2)]
        self.rows = [self.syncing.track(repository) for repository in self.repositories]
        for repository, count in zip(self.repositories, (first, second), strict=True):
            for index in range(count):
                repository.pull_request(f"feat: {index}", author=self.world.user("alice"))

    # What people do

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

    @precondition(lambda self: self.is_identified)
    @rule(second=BOTH)
    def rename(self, second: bool) -> None:
        self.world.rename(self.repositories[second], next(NAMES))

    @precondition(lambda self: self.is_identified)
    @rule()
    def swap_names(self) -> None:
        first, second = self.repositories
        names = first.full_name, second.full_name
        self.world.rename(first, next(NAMES))
        self.world.rename(second, names[0])
        self.world.rename(first, names[1])

    # What the sync does, and what befalls it

    @rule(second=BOTH, is_full=st.booleans())
    def sync(self, second: bool, is_full: bool) -> None:
        self._sync(second, is_full)
        self.is_identified = all(self.syncing.tracked(row)["github_node_id"] for row in self.rows)

    @rule(second=BOTH, is_full=st.booleans(), after=PAGES, times=st.sampled_from((1, 2, ALWAYS)))
    def sync_in_an_outage(self, second: bool, is_full: bool, after: int, times: float) -> None:
        self._sync_with(second, is_full, Fault(status=502, skip=after, times=times))

    @rule(second=BOTH, is_full=st.booleans(), after=PAGES)
    def sync_until_the_quota_is_spent(self, second: bool, is_full: bool, after: int) -> None:
        self._sync_with(second, is_full, Fault(status=429, skip=after))

    @rule(second=BOTH, is_full=st.booleans(), after=PAGES)
    def sync_and_lose_the_database(self, second: bool, is_full: bool, after: int) -> None:
        def end() -> None:
            self.syncing.database.rows(END_SESSIONS)

        self._sync_with(second, is_full, Fault(before_answer=end, skip=after, times=1))

    @rule(second=BOTH, is_full=st.booleans())
    def sync_with_a_cursor_that_is_refused(self, second: bool, is_full: bool) -> None:
        fault = Fault(
            variables=lambda sent: bool(sent.get("after")), graphql_errors=[INVALID_CURSOR]
        )
        self._sync_with(second, is_full, fault)

    @rule(second=BOTH, is_full=st.booleans(), number=st.integers(1, 9))
    def sync_while_one_cannot_be_served(self, second: bool, is_full: bool, number: int) -> None:
        self._sync_with(second, is_full, Fault(null_nodes={number: "Something went wrong"}))

    @rule(
        second=BOTH,
        is_full=st.booleans(),
        after=PAGES,
        which=WHICH,
        seconds=st.sampled_from((0, 1, 400)),
    )
    def sync_while_people_work(
        self, second: bool, is_full: bool, after: int, which: int, seconds: int
    ) -> None:
        def work() -> None:
            self.world.clock.advance(seconds)
            self.submit_review(second, which, "bob", "APPROVED")
            self.open_pull_request(second, "opened meanwhile", "carol")
            self.delete_review(second, which + 1)

        self._sync_with(second, is_full, Fault(before_answer=work, skip=after, times=1))

    def teardown(self) -> None:
        if not hasattr(self, "rows"):
            return
        for row in self.rows:
            result = self.syncing.sync(row, full_resync=self.has_ghosts)
            assert result["errors"] == []
        for repository in self.repositories:
            self.syncing.assert_equal(repository)

    # Helpers

    def _sync_with(self, second: bool, is_full: bool, fault: Fault) -> None:
        self.world.faults.add(fault)
        try:
            self._sync(second, is_full)
        except SyncError as error:
            note(f"  {type(error).__name__}")
        self.world.faults.clear()

    def _sync(self, second: bool, is_full: bool) -> None:
        """In one of a few runs, so that a full resync is often tried again within its own."""
        run = f"run {self.syncing.runs // 5} of {self.rows[second]}"
        try:
            self.syncing.sync(self.rows[second], full_resync=is_full, run_id=run)
        finally:
            # What happens next happens later than what this sync began with.
            self.world.clock.advance(1)

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
