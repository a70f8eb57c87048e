"""How many pull requests to ask for in one page: as many as GitHub can serve."""

from __future__ import annotations

import math

LARGEST_PAGE = 100
"""GitHub allows no more. https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api"""

GOOD_BEFORE_TOO_MUCH = 4
"""Pages served in a row before a size that was too large is tried again."""

MOST_SET_ASIDE = 3
"""Pull requests in a row that may be too heavy even alone; more mean that GitHub has a problem."""


class PageSize:
    """Adapts the size: a page that is too heavy halves it, a served one doubles it.

    :param remembered: the size that GitHub served last time
    :param largest: the size that the settings allow
    """

    def __init__(self, remembered: int = LARGEST_PAGE, largest: int = LARGEST_PAGE) -> None:
        self.largest = largest
        self.now = min(largest, 2 * remembered)
        self._too_much: float = math.inf
        self._good = 0
        self._set_aside = 0

    def served(self, size: int) -> None:
        """GitHub served a page of this size; if it is below :attr:`now`, larger ones failed."""
        self._set_aside = 0
        if size < self.now:
            self._too_much, self._good = min(self.now, 2 * size), 0
        elif size >= self._too_much:
            self._too_much = math.inf
        self._good += 1
        self.now = size
        larger = min(self.largest, 2 * size)
        if larger < self._too_much or self._good > GOOD_BEFORE_TOO_MUCH:
            self.now, self._good = larger, 0

    def may_set_aside(self) -> bool:
        """Whether one more pull request that is too heavy even alone may be recorded as failed."""
        self._set_aside += 1
        self._good, self.now, self._too_much = 0, 1, 2
        return self._set_aside <= MOST_SET_ASIDE
