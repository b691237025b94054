"""What the tests share: small generated cities, and nothing downloaded, nothing random by the clock."""

import pytest
from hypothesis import settings

# Compiled code is slow the first time; a deadline would blame the property for it. Derandomised: the same
# cases on every machine, every time.
settings.register_profile("mechlin", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("mechlin")


@pytest.fixture(scope="session")
def toy():
    """Return the small generated city."""
    from mechlin.city.toy import toy_city

    return toy_city()
