"""The rehearsal's day: what goes wrong, hour by hour, and what is to come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo.stage import Stage
from github_server import SAMPLE_TOKEN, Fault, PullRequest, Repository, sample_data
from github_server import known_faults as known

BIGGEST = sample_data.BIGGEST
LOST = sample_data.LOST
PAGES = "ChangedPullRequests"
RESYNC_BIGGEST = {"repositories": [BIGGEST], "full_resync": True}
HEAVY, BROKEN = 31, 62
"""Pull requests of the biggest repository that GitHub will not serve."""
CUT_OFF = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid != pg_backend_pid()
"""


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong, and what is to come of it.

    :param at: the time of day, as the rehearsal tells it
    :param lesson: what comes of it, in a line
    :param make: breaks something; may return a line to be shown in place of the lesson
    :param conf: how the Dag is run
    :param fails: the repositories that are to end in an error
    :param missing: how many pull requests are to be missing afterwards, by the ledger's word
    """

    at: str
    title: str
    lesson: str
    make: Callable[[Stage], object]
    conf: dict[str, Any] = field(default_factory=dict)
    fails: tuple[str, ...] = ()
    missing: int = 0


def bad_weather(stage: Stage) -> None:
    """What GitHub's proxy, its back end and the network do on a bad day."""
    for skip, fault in enumerate(
        (known.bad_gateway, known.gateway_timeout, known.dropped_connection, known.unicorn)
    ):
        stage.break_github(fault(skip=skip))
    stage.break_github(known.truncated_answer(skip=6))
    stage.break_github(known.query_timeout(status=200, skip=8))


def work_while_paging(stage: Stage) -> None:
    """Each time a later page is asked for, people open, merge and review."""
    biggest, chen = _biggest(stage), stage.world.user("chen-yi-ting")

    def work() -> None:
        stage.world.clock.advance(2)
        still_open = [one for one in biggest.pull_requests.values() if not one.closed]
        still_open[0].merge(by=chen)
        still_open[-1].submit_review(chen, "APPROVED", body="LGTM, just in time")
        biggest.pull_request("feat(checkout): opened while the sync was paging", author=chen)

    stage.break_github(Fault(variables=_is_later_page, before_answer=work, times=2))


def kill_airflow(stage: Stage) -> None:
    """Between the second and the third page of what changed in the biggest repository."""
    for pull_request in list(_biggest(stage).pull_requests.values())[:280]:
        pull_request.update(additions=pull_request.additions + 1)
    fault = Fault(variables=_is_later_page, skip=1, before_answer=stage.kill_airflow)
    stage.break_github(fault)


def cut_off_the_database(stage: Stage) -> None:
    """As a restart or a failover does to everybody who is connected."""
    fault = Fault(operation=PAGES, skip=2, before_answer=lambda: stage.postgres.run(CUT_OFF))
    stage.break_github(fault)


def limit(stage: Stage) -> None:
    """Too much at once: GitHub wants two seconds of peace."""
    stage.break_github(known.secondary_limit(retry_after=2, operation=PAGES, skip=1))


def serve_two_badly(stage: Stage) -> None:
    """One comes back null, the other is too heavy even alone."""
    biggest = _biggest(stage)
    for number in (HEAVY, BROKEN):
        biggest.pull_requests[number].update()
    stage.break_github(Fault(null_nodes={_number(biggest, BROKEN).id: "Something went wrong"}))
    stage.break_github(known.too_heavy(HEAVY, variables=_is_about(biggest)))


def mend(stage: Stage) -> None:
    """GitHub is well again."""
    del stage


def take_the_old_name(stage: Stage) -> None:
    """One repository moves, and another takes its name."""
    biggest = _biggest(stage)
    stage.world.rename(biggest, f"{sample_data.OWNER}/checkout")
    stage.world.repository(BIGGEST, description="Not the one that is tracked")


def lose_access(stage: Stage) -> None:
    """The token may not read one repository any more."""
    seen = {one.full_name for one in stage.world.repositories.values()} - {LOST}
    stage.world.tokens[SAMPLE_TOKEN].sees = seen


def regain_access(stage: Stage) -> None:
    """It may again; meanwhile people have worked on."""
    stage.world.tokens[SAMPLE_TOKEN].sees = None
    lost = stage.world.repositories[LOST.lower()]
    next(iter(lost.pull_requests.values())).update(title="fix: what nobody could read")


def delete(stage: Stage) -> None:
    """A pull request with its reviews, and a review of another, without a trace."""
    small = stage.world.repositories[LOST.lower()]
    reviewed = [one for one in small.pull_requests.values() if len(one.reviews) > 1]
    small.delete_pull_request(reviewed[0])
    updated_at = reviewed[1].updated_at
    reviewed[1].delete_review(reviewed[1].reviews[0])
    reviewed[1].updated_at = updated_at


def tamper(stage: Stage) -> str:
    """Somebody deletes rows by hand; GitHub's own counts show it."""
    stage.postgres.run("delete from github.pull_request_reviews where state = 'commented'")
    stage.postgres.run("delete from github.pull_request_labels")
    stage.postgres.run(
        "delete from github.pull_requests where number % 7 = 0 and not exists ("
        "select 1 from github.pull_request_reviews where pull_request_reviews.github_pr_id = "
        "pull_requests.github_pr_id)"
    )
    drifting = len(stage.postgres.rows("list_drift"))
    return f"repository_drift names {drifting} repositories at once; full_resync repairs them"


DAY = (
    Trouble(
        "04:00",
        "The first full sync, in bad weather",
        "502, 503, 504, a dropped and a truncated answer, a timed out query: asked again",
        bad_weather,
    ),
    Trouble(
        "05:00",
        "People work while the sync is paging",
        "what changed meanwhile is caught up before the sync ends",
        work_while_paging,
        RESYNC_BIGGEST,
    ),
    Trouble(
        "06:00",
        "Airflow is killed in the middle (SIGKILL)",
        "the next run says so, and goes on behind the last page stored",
        kill_airflow,
    ),
    Trouble(
        "07:00",
        "Postgres cuts off everybody who is connected",
        "the task is tried again, and goes on behind the last page stored",
        cut_off_the_database,
        RESYNC_BIGGEST,
    ),
    Trouble(
        "08:00",
        "GitHub's secondary rate limit",
        "the task steps back and returns when GitHub said; no retry is used up",
        limit,
        RESYNC_BIGGEST,
    ),
    Trouble(
        "09:00",
        "Two pull requests that GitHub cannot serve",
        "all the others are stored; these two are named in sync_failures",
        serve_two_badly,
        missing=2,
    ),
    Trouble("10:00", "GitHub is well again", "both are asked for again, and stored", mend),
    Trouble(
        "11:00",
        "A repository is renamed, its name taken",
        "it is followed by its id; the other one is not taken for it",
        take_the_old_name,
    ),
    Trouble(
        "12:00",
        "The token loses access to a repository",
        "one red repository, with what to do; the others go on",
        lose_access,
        fails=(LOST,),
    ),
    Trouble("13:00", "It gets its access back", "what changed meanwhile is there", regain_access),
    Trouble(
        "14:00",
        "A pull request and a review are deleted",
        "marked deleted, once GitHub, asked by id, has said so",
        delete,
    ),
    Trouble(
        "15:00",
        "Rows are deleted from the tables by hand",
        "",
        tamper,
        {"full_resync": True},
    ),
)


def _biggest(stage: Stage) -> Repository:
    return stage.sample.tracked[0]


def _number(repository: Repository, number: int) -> PullRequest:
    return repository.pull_requests[number]


def _is_later_page(variables: Any) -> bool:
    return bool(variables.get("after"))


def _is_about(repository: Repository) -> Callable[[Any], bool]:
    return lambda variables: variables.get("nodeId") == repository.id
