"""Two repositories to which anything may happen, while they are synced, and to their syncs too."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import rule

from github_server import ALWAYS, SAMPLE_TOKEN, Fault, RandomFaults
from github_server import known_faults as known
from github_sync.errors import SyncError
from tests.fixtures.github_app import APP_ID, INSTALLATION_ID, PUBLIC_KEY, AppSyncing
from tests.torture import victims
from tests.torture.people import BOTH, WHICH, People
from tests.torture.truthfulness import Outcome, Word

INVALID_CURSOR = {"type": "INVALID_CURSOR_ARGUMENTS", "message": "That cursor is not valid."}
REFUSED = (
    ("reviews", "commit"),
    ("author",),
    ("reviews",),
    ("labels",),
    ("labels", "description"),
)
OPTIONAL = ("open", "closed", "merged", "newest", "sample")
PAGES = st.integers(0, 4)
END_SESSIONS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid != pg_backend_pid()
"""


class AnyHistory(People):
    """What may befall a sync; at the end one more of each repository makes the tables equal."""

    @rule(second=BOTH, is_full=st.booleans())
    def sync(self, second: bool, is_full: bool) -> None:
        self._sync(second, is_full)

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

    @rule(
        second=BOTH,
        is_full=st.booleans(),
        cursor=st.sampled_from((known.standing_cursor, known.null_cursor)),
    )
    def sync_with_a_list_that_does_not_move_on(
        self, second: bool, is_full: bool, cursor: Callable[[], Fault]
    ) -> None:
        self._sync_with(second, is_full, cursor())

    @rule(second=BOTH, is_full=st.booleans(), field=st.sampled_from(REFUSED))
    def sync_with_a_refused_field(
        self, second: bool, is_full: bool, field: tuple[str, ...]
    ) -> None:
        self.is_all_to_be_read = True
        self._sync_with(second, is_full, known.refused_field(*field))

    @rule(second=BOTH, is_full=st.booleans(), name=st.sampled_from(OPTIONAL))
    def sync_without_counts(self, second: bool, is_full: bool, name: str) -> None:
        self._sync_with(second, is_full, known.refused_field(name, kind="INTERNAL"))

    @rule(second=BOTH, is_full=st.booleans())
    def sync_while_counting_is_too_heavy(self, second: bool, is_full: bool) -> None:
        self._sync_with(second, is_full, known.too_heavy_to_count())

    @rule(second=BOTH, is_full=st.booleans(), number=st.integers(1, 9))
    def sync_while_one_cannot_be_served(self, second: bool, is_full: bool, number: int) -> None:
        self._sync_with(second, is_full, Fault(null_nodes={number: "Something went wrong"}))

    @rule(second=BOTH, is_full=st.booleans(), number=st.integers(1, 9))
    def sync_while_one_is_too_heavy(self, second: bool, is_full: bool, number: int) -> None:
        self._sync_with(second, is_full, Fault(heavy=[number]))

    @rule(second=BOTH, is_full=st.booleans(), seed=st.integers(0, 10**6))
    def sync_in_bad_weather(self, second: bool, is_full: bool, seed: int) -> None:
        faults = RandomFaults(seed, faults_per_request=0.4)
        self.world.faults.add_source(faults)
        self._sync_with(second, is_full, Fault(times=0))
        self.tally["faults"] += len(faults.history)

    @rule(second=BOTH, is_full=st.booleans(), refused=st.integers(0, 4), after=PAGES)
    def sync_as_a_github_app(self, second: bool, is_full: bool, refused: int, after: int) -> None:
        """GitHub refuses the first uses of each new token, and ends one in between."""
        world = self.world
        installation = world.app(APP_ID, INSTALLATION_ID, public_key=PUBLIC_KEY)
        installation.first_uses_refused = refused

        def end_tokens() -> None:
            for token in [one for one in world.tokens.values() if one.installation_id]:
                world.revoke(token)

        token_syncing = self.syncing
        self.syncing = AppSyncing(
            world, token_syncing.server, token_syncing.database, token_syncing.settings
        )
        self.syncing.runs = token_syncing.runs
        self._sync_with(second, is_full, Fault(before_answer=end_tokens, skip=after, times=1))
        token_syncing.runs = self.syncing.runs
        self.syncing = token_syncing

    @rule(second=BOTH, is_full=st.booleans())
    def sync_with_pull_requests_disabled(self, second: bool, is_full: bool) -> None:
        """GitHub shows none of them then; they are not gone."""
        self.repositories[second].pull_requests_enabled = False
        self._sync(second, is_full)
        self.repositories[second].pull_requests_enabled = True

    @rule(second=BOTH, is_full=st.booleans(), after=PAGES)
    def sync_and_lose_access(self, second: bool, is_full: bool, after: int) -> None:
        """What a token may not see is hidden like what is gone; it is not deleted."""
        token = self.world.tokens[SAMPLE_TOKEN]

        def lose() -> None:
            token.sees = ()

        self._sync_with(second, is_full, Fault(before_answer=lose, skip=after, times=1))
        token.sees = None

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
            self.change_pull_request(second, which + 2, "merge")

        self._sync_with(second, is_full, Fault(before_answer=work, skip=after, times=1))

    @rule(second=BOTH, is_full=st.booleans(), after=PAGES)
    def sync_and_be_killed_while_github_answers(
        self, second: bool, is_full: bool, after: int
    ) -> None:
        self._kill(second, is_full, after, "before_answer", 0)

    @rule(
        second=BOTH, is_full=st.booleans(), after=PAGES, milliseconds=st.sampled_from((0, 1, 3, 9))
    )
    def sync_and_be_killed_while_it_writes(
        self, second: bool, is_full: bool, after: int, milliseconds: int
    ) -> None:
        self._kill(second, is_full, after, "before_sending", milliseconds)

    def teardown(self) -> None:
        if not hasattr(self, "rows"):
            return
        for second, repository in enumerate(self.repositories):
            # A run of its own: what it reads again, it reads from the start.
            self.syncing.runs += 5
            is_full = self.has_ghosts or self.is_all_to_be_read
            result = self._sync(bool(second), is_full=is_full)
            if self.has_deletions:
                # A pass that an earlier attempt began looks nothing up; the next day's does.
                result = self._sync(bool(second), is_full=False)
            assert isinstance(result, dict), repr(result)
            assert result["status"] == "complete"
            self.syncing.assert_equal(repository)
            Word.of(self.syncing, self.rows[second]).check_counts()

    def _sync_with(self, second: bool, is_full: bool, fault: Fault) -> None:
        self.world.faults.add(fault)
        outcome = self._sync(second, is_full)
        self.world.faults.clear()
        self.tally["faults"] += fault.times_used
        if isinstance(outcome, SyncError):
            note(f"  {type(outcome).__name__}")
            self.tally[f"ended in {type(outcome).__name__}"] += 1

    def _sync(self, second: bool, is_full: bool) -> Outcome:
        """In one of a few runs, so that a full resync is often tried again within its own."""
        row = self.rows[second]
        self.tally["syncs"] += 1
        outcome: Outcome
        try:
            outcome = self.syncing.sync(row, full_resync=is_full, run_id=self._run(second))
        except SyncError as error:
            outcome = error
        word = self._go_on(second, outcome)
        if isinstance(outcome, dict) and not outcome["errors"] and not self.has_deletions:
            word.check_counts()
        return outcome

    def _kill(
        self, second: bool, is_full: bool, after: int, moment: str, milliseconds: int
    ) -> None:
        """At a request, or so long after its answer was sent; a short sync may be done before."""
        row = self.rows[second]
        job = self.syncing.job(row, full_resync=is_full, run_id=self._run(second))
        self.syncing.runs += 1
        victim = victims.start(self.syncing, job)

        def kill_it() -> None:
            if moment == "before_answer":
                victims.kill(victim)
                return
            killer = threading.Thread(target=victims.kill, args=(victim, milliseconds / 1000))
            killer.start()
            killers.append(killer)

        killers: list[threading.Thread] = []
        kill: dict[str, Callable[[], object]] = {moment: kill_it}
        fault = self.world.faults.add(Fault(skip=after, times=1, **kill))
        victim.join(timeout=60)
        for killer in killers:
            killer.join()
        self.world.faults.clear()
        self.tally["syncs"] += 1
        self.tally["kills"] += victim.exitcode is not None and victim.exitcode < 0
        note(f"  exit code {victim.exitcode}, {fault.times_used} hit")
        assert victim.exitcode in (0, 1, -9)
        victims.wait_until_postgres_noticed(self.syncing)
        self._go_on(second, None)

    def _run(self, second: bool) -> str:
        return f"run {self.syncing.runs // 5} of {self.rows[second]}"

    def _go_on(self, second: bool, outcome: Outcome) -> Word:
        """What happens next happens later than what this sync began with."""
        word = Word.of(self.syncing, self.rows[second])
        word.check(outcome, self.world.now())
        self.are_met[second] = word.repository["github_node_id"] is not None
        self.world.clock.advance(1)
        return word
