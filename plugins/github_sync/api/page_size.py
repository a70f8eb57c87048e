"""How many pull requests to ask for at once: as many as GitHub manages."""

from __future__ import annotations

import math

LARGEST_PAGE = 100
"""As many as GitHub allows. https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api"""

GOOD_BEFORE_TOO_MUCH = 4
"""Pages served in a row before what was too much is tried again, at the risk of a request."""

MOST_SET_ASIDE = 3
"""Pull requests in a row that may be too heavy even alone, before it is GitHub that is too weak."""


class PageSize:
    """Adapts the size: halved by what is too heavy, doubled by what is served.

    :param remembered: what GitHub managed last time
    :param largest: what the settings allow
    """

    def __init__(self, remembered: int = LARGEST_PAGE, largest: int = LARGEST_PAGE) -> None:
        self.largest = largest
        self.now = min(largest, 2 * remembered)
        self._too_much: float = math.inf
        self._good = 0
        self._set_aside = 0

    def served(self, size: int) -> None:
        """GitHub served a page of this size; of a larger one it was asked for in vain."""
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
        """Whether one more pull request that GitHub cannot serve even alone may be left out."""
        self._set_aside += 1
        self._good, self.now, self._too_much = 0, 1, 2
        return self._set_aside <= MOST_SET_ASIDE
