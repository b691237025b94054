"""The words that no programme, field, filter or export may hold, in one place."""

import re
from collections.abc import Iterable

GROUP = re.compile(r"background|nationalit|religio|\borigins?\b|origin_|_origin|ethnic|muslim|migrant", re.IGNORECASE)


def named(texts: Iterable[str]) -> list[str]:
    """Return those of ``texts`` that name a group."""
    return [text for text in texts if GROUP.search(text)]
