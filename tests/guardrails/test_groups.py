"""The tests that share something costly are kept together by the run."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("kept_together")
def test_a_group_of_tests_reaches_the_one_who_deals_them_out(request: pytest.FixtureRequest) -> None:
    """Versions that lose the groups say nothing: each test then goes anywhere, and what they share is made many times."""
    if not request.config.getoption("loadgroup", False):
        pytest.skip("one process runs them all")
    assert request.node.nodeid.endswith("@kept_together")
