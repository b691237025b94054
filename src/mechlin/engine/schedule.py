"""The order of a month. It is a claim about the world, so it stands here, alone, to be read."""

SCHEDULE: tuple[str, ...] = (
    "demography",
    "economy",
    "upkeep",
    "safety",
    "housing",
    "schools",
    "encounters",
    "attitudes",
    "elections",
    "census",
)
