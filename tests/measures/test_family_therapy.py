"""Family therapy, worked by hand."""

from tests.measures.conftest import pulled


def test_therapy_places_are_families_by_their_stay(toy):
    _, levers = pulled(toy, {"family_therapy": {"families": 24.0, "stay_months": 3.0}})
    assert levers["safety.therapy_places"].tolist() == [6.0]
