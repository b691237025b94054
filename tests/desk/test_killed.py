"""Twenty writers are killed in the middle of their work; the full count is in benchmarks/desk_kills.py."""

import pytest

from tests.desk import conftest
from tests.desk.killing import kills

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own


def test_nothing_acknowledged_is_lost_when_writers_are_killed(desk):
    url = "" if desk.office.home.database.is_sqlite else conftest.POSTGRES
    assert kills(desk, url, times=3, writers=4) >= 12
