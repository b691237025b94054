"""What a background that the city's source counts is called in titles and definitions."""

_COMMON = ("majority", "minority", "native", "foreign", "other")  # words, not names of a country or a region
_INITIALS = 2  # letters: an abbreviation ("eu"), not a name


def called(code: str) -> str:
    """Return "maghreb" as "Maghreb", "eu" as "EU", "north_africa" as "North Africa"; "other" stays a word."""
    words = code.replace("_", " ")
    if words in _COMMON:
        return words
    return words.upper() if len(words) <= _INITIALS else words.title()
