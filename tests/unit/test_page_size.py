"""The page size halves, remembers, and grows back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from github_sync.api.page_size import GOOD_BEFORE_TOO_MUCH, MOST_SET_ASIDE, PageSize


def test_it_begins_with_twice_what_is_remembered() -> None:
    assert [PageSize(remembered).now for remembered in (1, 12, 50, 100)] == [2, 24, 100, 100]
    assert PageSize(100, largest=30).now == 30


def test_it_doubles_with_each_page_until_something_was_too_much() -> None:
    size = PageSize(5)
    asked = []
    for _ in range(4):
        asked.append(size.now)
        size.served(size.now)
    assert asked == [10, 20, 40, 80]


def test_what_was_too_much_is_tried_again_after_a_while() -> None:
    size = PageSize(100)
    size.served(50)
    asked = []
    for _ in range(GOOD_BEFORE_TOO_MUCH + 1):
        asked.append(size.now)
        size.served(size.now)
    assert asked == [50] * GOOD_BEFORE_TOO_MUCH + [100]


def test_a_few_in_a_row_may_be_set_aside() -> None:
    size = PageSize(100)
    assert [size.may_set_aside() for _ in range(MOST_SET_ASIDE + 1)] == [True] * 3 + [False]
    size.served(1)
    assert size.may_set_aside()
    assert size.now == 1


@given(
    remembered=st.integers(1, 100),
    largest=st.integers(1, 100),
    events=st.lists(st.floats(0, 1)),
)
def test_it_stays_within_its_bounds(remembered: int, largest: int, events: list[float]) -> None:
    size = PageSize(remembered, largest)
    for event in events:
        assert 1 <= size.now <= largest
        if event < 0.1:
            size.may_set_aside()
        else:
            size.served(max(1, int(size.now * event)))
