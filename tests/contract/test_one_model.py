"""What goes with a shipped city belongs to one version of the model, or is not shown."""

import pytest

from mechlin.city.tables.sources import list_cities, load_city
from mechlin.study.calibration_plan import FILE
from mechlin.study.draws import draws_of
from mechlin.study.shared_out import ATTRIBUTION_FILE, read_attribution
from mechlin.study.turning import REACTIONS_FILE, read_reactions
from mechlin.study.worlds import model_stamp, worlds


@pytest.mark.parametrize("name", list_cities())
def test_draws_that_come_with_a_city_are_of_this_model(name):
    """Draws of other beliefs are not taken, so that worlds would go back to levels and beliefs drawn apart, unseen."""
    city = load_city(name)
    draws = draws_of(city)
    if (city.folder / FILE).is_file():
        assert draws is not None and draws.model == model_stamp(), "mechlin calibrate CITY --quick --save"
        assert len(draws.cells) >= 8 and draws.levels == tuple(
            f"{o}.{n}" for o, row in city.calibration[0].items() for n in row
        )
        seen = worlds(city, 4)
        assert seen[0].params != seen[2].params and seen[0].params == seen[1].params


@pytest.mark.parametrize("name", list_cities())
def test_what_studies_found_of_another_model_does_not_come_with_a_city(name):
    folder = load_city(name).folder
    found = read_attribution(folder / ATTRIBUTION_FILE)
    assert found is None or found.model == model_stamp(), "mechlin attribute CITY, or remove the file"
    assert {r.model for r in read_reactions(folder / REACTIONS_FILE)} <= {model_stamp()}, "mechlin sensitivity --save"
