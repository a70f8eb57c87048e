"""The rehearsal's scenarios: which fault is injected, and the expected result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo.systems import Systems
from github_server import SAMPLE_TOKEN, Fault, PullRequest, Repository, sample_data
from github_server import known_faults as known

BIGGEST = sample_data.BIGGEST
LOST = sample_data.LOST
PAGES = "ChangedPullRequests"
RESYNC_BIGGEST = {"repositories": [BIGGEST], "full_resync": True}
TOO_HEAVY, BROKEN = 31, 62
"""Pull requests of the biggest repository that GitHub cannot serve."""
CLOSE_CONNECTIONS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid != pg_backend_pid()
"""


@dataclass(frozen=True)
class Scenario:
    """A fault and its expected result.

    :param at: the scenario's hour in the rehearsed day, also its id
    :param expected: the expected result, in one line
    :param inject: injects the fault; may return a line to show instead of the expected result
    :param conf: the run's configuration
    :param failed_repositories: the repositories whose sync must fail
    :param failed_prs: how many pull requests must be in ``sync_failures`` afterwards
    """

    at: str
    title: str
    expected: str
    inject: Callable[[Systems], object]
    conf: dict[str, Any] = field(default_factory=dict)
    failed_repositories: tuple[str, ...] = ()
    failed_prs: int = 0


def fail_requests(systems: Systems) -> None:
    """Failures of GitHub's proxy, of its back end and of the network."""
    for skip, fault in enumerate(
        (known.bad_gateway, known.gateway_timeout, known.dropped_connection, known.unicorn)
    ):
        systems.inject_fault(fault(skip=skip))
    systems.inject_fault(known.truncated_answer(skip=6))
    systems.inject_fault(known.query_timeout(status=200, skip=8))


def change_between_pages(systems: Systems) -> None:
    """Open, merge and review pull requests before each later page is served."""
    biggest, chen = _biggest(systems), systems.world.user("chen-yi-ting")

    def change() -> None:
        systems.world.clock.advance(2)
        still_open = [one for one in biggest.pull_requests.values() if not one.closed]
        still_open[0].merge(by=chen)
        still_open[-1].submit_review(chen, "APPROVED", body="LGTM, just in time")
        biggest.pull_request("feat(checkout): opened while the sync was paging", author=chen)

    systems.inject_fault(Fault(variables=_is_later_page, before_answer=change, times=2))


def kill_airflow(systems: Systems) -> None:
    """Kill Airflow between the second and the third page of the biggest repository's changes."""
    for pull_request in list(_biggest(systems).pull_requests.values())[:280]:
        pull_request.update(additions=pull_request.additions + 1)
    fault = Fault(variables=_is_later_page, skip=1, before_answer=systems.kill_airflow)
    systems.inject_fault(fault)


def close_connections(systems: Systems) -> None:
    """Close all database connections, as a restart or a failover does."""

    def close() -> None:
        systems.postgres.run(CLOSE_CONNECTIONS)

    systems.inject_fault(Fault(operation=PAGES, skip=2, before_answer=close))


def hit_secondary_rate_limit(systems: Systems) -> None:
    """Hit the secondary rate limit, which resets after two seconds."""
    systems.inject_fault(known.secondary_limit(retry_after=2, operation=PAGES, skip=1))


def break_two_pull_requests(systems: Systems) -> None:
    """GitHub returns null for one pull request and times out on another, even alone."""
    biggest = _biggest(systems)
    for number in (TOO_HEAVY, BROKEN):
        biggest.pull_requests[number].update()
    broken: PullRequest = biggest.pull_requests[BROKEN]
    systems.inject_fault(Fault(null_nodes={broken.id: "Something went wrong"}))
    systems.inject_fault(known.too_heavy(TOO_HEAVY, variables=_is_about(biggest)))


def inject_nothing(systems: Systems) -> None:
    """No fault: the faults of the scenario before are gone."""
    del systems


def reuse_name(systems: Systems) -> None:
    """Rename a repository, and give its old name to a new one."""
    biggest = _biggest(systems)
    systems.world.rename(biggest, f"{sample_data.OWNER}/checkout")
    systems.world.repository(BIGGEST, description="Not the one that is tracked")


def revoke_access(systems: Systems) -> None:
    """Take away the token's access to one repository."""
    others = {one.full_name for one in systems.world.repositories.values()} - {LOST}
    systems.world.tokens[SAMPLE_TOKEN].sees = others


def restore_access(systems: Systems) -> None:
    """Give it back; meanwhile a pull request has changed."""
    systems.world.tokens[SAMPLE_TOKEN].sees = None
    lost = systems.world.repositories[LOST.lower()]
    next(iter(lost.pull_requests.values())).update(title="fix: changed without access")


def delete_on_github(systems: Systems) -> None:
    """Delete a pull request with its reviews, and a review of another, without any trace."""
    small = systems.world.repositories[LOST.lower()]
    reviewed = [one for one in small.pull_requests.values() if len(one.reviews) > 1]
    small.delete_pull_request(reviewed[0])
    updated_at = reviewed[1].updated_at
    reviewed[1].delete_review(reviewed[1].reviews[0])
    reviewed[1].updated_at = updated_at


def delete_rows(systems: Systems) -> str:
    """Delete rows from the tables by hand; GitHub's own counts show it."""
    systems.postgres.run("delete from github.pull_request_reviews where state = 'commented'")
    systems.postgres.run("delete from github.pull_request_labels")
    systems.postgres.run(
        "delete from github.pull_requests where number % 7 = 0 and not exists ("
        "select 1 from github.pull_request_reviews where pull_request_reviews.github_pr_id = "
        "pull_requests.github_pr_id)"
    )
    drifting = len(systems.postgres.rows("list_drift"))
    return f"repository_drift lists {drifting} repositories at once; full_resync repairs them"


SCENARIOS = (
    Scenario(
        "04:00",
        "The first full sync, with failing requests",
        "502, 503, 504, a dropped and a truncated response, a query timeout: all retried",
        fail_requests,
    ),
    Scenario(
        "05:00",
        "Pull requests change while the sync is paging",
        "the sync catches up before it ends",
        change_between_pages,
        RESYNC_BIGGEST,
    ),
    Scenario(
        "06:00",
        "Airflow is killed during a sync (SIGKILL)",
        "the next run reports it, and resumes after the last stored page",
        kill_airflow,
    ),
    Scenario(
        "07:00",
        "Postgres closes all connections",
        "Airflow retries the task, which resumes after the last stored page",
        close_connections,
        RESYNC_BIGGEST,
    ),
    Scenario(
        "08:00",
        "GitHub's secondary rate limit is hit",
        "the task is rescheduled to the reset; no retry is used",
        hit_secondary_rate_limit,
        RESYNC_BIGGEST,
    ),
    Scenario(
        "09:00",
        "GitHub cannot serve two pull requests",
        "all others are stored; these two are recorded in sync_failures",
        break_two_pull_requests,
        failed_prs=2,
    ),
    Scenario(
        "10:00",
        "GitHub serves them again",
        "both are fetched again and stored",
        inject_nothing,
    ),
    Scenario(
        "11:00",
        "A repository is renamed, another takes its name",
        "the sync follows the id and ignores the new repository",
        reuse_name,
    ),
    Scenario(
        "12:00",
        "The token loses access to a repository",
        "one repository fails, with a remedy; the others are synced",
        revoke_access,
        failed_repositories=(LOST,),
    ),
    Scenario(
        "13:00",
        "The token gets its access back",
        "changes made meanwhile are stored",
        restore_access,
    ),
    Scenario(
        "14:00",
        "A pull request and a review are deleted on GitHub",
        "both are marked deleted after GitHub, asked by id, has confirmed it",
        delete_on_github,
    ),
    Scenario(
        "15:00",
        "Rows are deleted from the tables by hand",
        "",
        delete_rows,
        {"full_resync": True},
    ),
)


def _biggest(systems: Systems) -> Repository:
    return systems.sample.tracked[0]


def _is_later_page(variables: Any) -> bool:
    return bool(variables.get("after"))


def _is_about(repository: Repository) -> Callable[[Any], bool]:
    return lambda variables: variables.get("nodeId") == repository.id
