"""The ballot is secret: what somebody voted, and whose passport they hold, is known to elections alone."""

from mechlin.indicators import catalogue as indicators
from mechlin.measures import catalogue as programmes
from mechlin.mechanisms import catalogue as mechanisms

SECRET = {"people.last_vote", "people.voter_cell", "people.has_nationality"}
OTHERS = {**{n: m for n, m in mechanisms().items() if n != "elections"}, **programmes(), **indicators(("a", "b"))}


def test_the_columns_exist():
    assert {f.name for f in mechanisms()["elections"].fields} >= SECRET


def test_nobody_else_reads_a_vote():
    assert OTHERS and not [name for name, declaration in OTHERS.items() if SECRET & set(declaration.reads)]
