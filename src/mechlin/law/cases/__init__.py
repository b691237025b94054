"""Worked cases of each rule: one table that the rule alone, a simulated month and a desk must all answer alike."""

import csv
from importlib.resources import files


def worked_cases(rule: str) -> list[dict[str, str]]:
    """Return the rows of the case table of ``rule``, each by its column names."""
    text = files(__name__).joinpath(f"{rule}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
