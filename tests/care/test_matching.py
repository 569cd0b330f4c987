"""Same patient: both sites must have said so, in whatever order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from care.matching import How, Occasion, sites_missing

SITES = st.lists(st.sampled_from(["practice", "center", "elsewhere"]), max_size=6)


@given(recorded=SITES)
def test_nothing_is_missing_only_once_both_sites_recorded(recorded: list[str]) -> None:
    missing = sites_missing(recorded, "practice", "center")

    assert (not missing) == ({"practice", "center"} <= set(recorded))
    assert not set(missing) & set(recorded)


@given(recorded=SITES)
def test_the_first_wanted_site_that_is_missing_is_named_first(
    recorded: list[str],
) -> None:
    missing = sites_missing(recorded, "practice", "center")

    assert list(missing) == sorted(missing, key=["practice", "center"].index)


def test_its_words_are_those_that_are_kept() -> None:
    assert [str(one) for one in How] == ["by phone", "by record"]
    assert [str(one) for one in Occasion] == ["evaluation", "return"]
