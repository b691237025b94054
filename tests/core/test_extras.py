"""A library that is missing is named, with the command that installs it."""

import pytest

from mechlin.core.errors import UsageError
from mechlin.core.extras import extra


def test_what_is_there_is_returned_and_what_is_missing_is_said():
    assert extra("json", "study").dumps([1]) == "[1]"
    with pytest.raises(UsageError, match=r"no_such_library.*mechlin\[study\]"):
        extra("no_such_library.part", "study")
