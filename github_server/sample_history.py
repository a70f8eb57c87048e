"""Makes up a believable past for a repository: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from github_server import sample_texts as texts
from github_server.actors import Actor
from github_server.pull_requests import PullRequest, ReviewState
from github_server.registry import Registry
from github_server.repositories import Repository

SATURDAY = 5
LARGE = 200
"""Lines added from which on a pull request is labelled so."""
# Nothing happened in the last day, so that a first sync and "the next day" are easy to tell apart.
QUIET = timedelta(hours=25)
REVIEW_STATES: tuple[ReviewState, ...] = (
    "APPROVED",
    "APPROVED",
    "APPROVED",
    "COMMENTED",
    "COMMENTED",
    "CHANGES_REQUESTED",
    "DISMISSED",
)


class HistoryWriter:
    """Writes the pull requests of one repository."""

    def __init__(self, repository: Repository, now: datetime, seed: str) -> None:
        self._repository = repository
        self._latest = now.replace(microsecond=0) - QUIET
        self._random = random.Random(f"{seed}/{repository.full_name}")  # noqa: S311 (no secret)
        self._scopes = texts.SCOPES[repository.name]
        self._merged_titles: list[str] = []
        self._team = team(repository.world)

    def _happens(self, percent: float) -> bool:
        return self._random.random() * 100 < percent

    def write(self, pull_requests: int, days: int) -> None:
        """Spread this many pull requests over these many days."""
        for created_at in self._moments(pull_requests, days):
            self._pull_request(created_at)

    def _moments(self, count: int, days: int) -> Iterator[datetime]:
        ages = sorted((self._random.uniform(0, days) for _ in range(count)), reverse=True)
        yield from sorted(self._office_hour(self._latest - timedelta(days=age)) for age in ages)

    def _office_hour(self, moment: datetime) -> datetime:
        """Most work is done from Monday to Friday, between eight and six."""
        if moment.weekday() >= SATURDAY and self._happens(90):
            moment -= timedelta(days=self._random.choice((2, 3)))
        hour, minute, second = (self._random.randrange(*span) for span in ((8, 18), (60,), (60,)))
        return min(moment.replace(hour=hour, minute=minute, second=second), self._latest)

    def _later(self, moment: datetime, hours: float) -> datetime:
        waited = timedelta(seconds=int(self._random.expovariate(1 / hours) * 3600) + 60)
        return min(moment + waited, self._latest)

    def _pull_request(self, created_at: datetime) -> None:
        author, title = self._author_and_title()
        size = int(self._random.lognormvariate(3.5, 1.2)) + 1
        pull_request = self._repository.pull_request(
            title,
            author=author,
            body=self._random.choice(texts.BODIES),
            created_at=created_at,
            updated_at=created_at,
            head_ref_name=_branch(title),
            is_draft=self._happens(4),
            additions=size,
            deletions=self._random.randrange(size),
            changed_files=1 + size // 60,
            commits=1 + self._random.randrange(6),
        )
        self._label(pull_request)
        self._discuss(pull_request)
        self._settle(pull_request)

    def _label(self, pull_request: PullRequest) -> None:
        """By the title's kind, as many teams let a bot do."""
        kind, size = pull_request.title.partition("(")[0], pull_request.additions
        names = [texts.LABELS.get(kind), "large" if size > LARGE else None]
        for name in filter(None, names):
            pull_request.labels.append(self._repository.label(*texts.LABEL_DETAILS[name]))

    def _author_and_title(self) -> tuple[Actor, str]:
        if self._happens(12):
            return self._dependency_update()
        author = self._random.choice(self._team)
        if self._happens(3) and self._merged_titles:
            return author, f'Revert "{self._random.choice(self._merged_titles[-20:])}"'
        return author, self._random.choice(texts.HOTFIXES) if self._happens(2) else self.title()

    def title(self) -> str:
        """A title in the manner of conventional commits."""
        kind = self._random.choice(tuple(texts.ACTIONS))
        action = self._random.choice(texts.ACTIONS[kind])
        scope, thing = self._random.choice(self._scopes), self._random.choice(texts.THINGS)
        return f"{kind}({scope}): {action} {thing}"

    def _dependency_update(self) -> tuple[Actor, str]:
        world = self._repository.world
        dependency = self._random.choice(texts.DEPENDENCIES)
        major, minor = self._random.randrange(1, 9), self._random.randrange(20)
        if self._happens(60):
            versions = f"from {major}.{minor}.0 to {major}.{minor + 1}.0"
            return world.bot("dependabot"), f"chore(deps): bump {dependency} {versions}"
        return world.bot("renovate"), f"chore(deps): update dependency {dependency} to v{major + 1}"

    def _discuss(self, pull_request: PullRequest) -> None:
        moment = pull_request.created_at
        for _ in range(self._random.choice((0, 1, 1, 1, 2, 2, 3, 5))):
            moment = self._later(moment, hours=9)
            reviewer = self._random.choice(self._team)
            state = self._random.choice(REVIEW_STATES)
            if reviewer is pull_request.author:
                state = "COMMENTED"  # authors cannot approve their own
            comment = self._random.choice(texts.COMMENTS)
            pull_request.review(reviewer, state, submitted_at=moment, body=comment)
        pull_request.updated_at = moment

    def _settle(self, pull_request: PullRequest) -> None:
        age_days = (self._latest - pull_request.created_at).days
        if not self._happens(min(96, 7 * age_days)):
            return
        moment = self._later(pull_request.updated_at, hours=12)
        pull_request.updated_at = pull_request.closed_at = moment
        if self._happens(12):
            pull_request.state = "CLOSED"
            return
        pull_request.state, pull_request.merged_at = "MERGED", moment
        pull_request.merged_by = self._random.choice(self._team)
        pull_request.is_draft = False
        self._merged_titles.append(pull_request.title)


def team(world: Registry) -> list[Actor]:
    """The people who work here, or did."""
    return [world.user(login) for login in (*texts.PEOPLE, *texts.FORMER_PEOPLE)]


def _branch(title: str) -> str:
    words = "".join(character if character.isalnum() else " " for character in title.lower())
    return "-".join(words.split())[:60]
