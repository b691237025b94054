"""Controls come from declarations: every measure has them, and its bands are sizes that it accepts."""

import pytest

from mechlin import measures
from mechlin.core.declare import declared, fill
from mechlin.study.controls import PILLARS, controls, mean_of, of_pillar
from mechlin.study.scenario import checked, presets, usual

CONTROLS = {c.name: c for c in controls({})}
PROGRAMMES = measures.catalogue()


def test_every_measure_has_a_control_and_controls_stand_by_pillar():
    assert set(CONTROLS) == set(PROGRAMMES)
    order = [PILLARS.index(c.pillar) for c in CONTROLS.values()]
    assert order == sorted(order)


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_control_says_what_its_measure_says(name):
    control, programme = CONTROLS[name], PROGRAMMES[name]
    assert [d.name for d in control.doses] == [d.name for d in declared(programme.params) if d.name in programme.inert]
    assert control.doses and control.said["Who"] and control.said["Doubt"]
    assert control.strength in ("firm", "weak", "assumption")


@pytest.mark.parametrize("name", PROGRAMMES)
def test_bands_are_possible_and_lie_on_the_slider(name):
    control, programme = CONTROLS[name], PROGRAMMES[name]
    for band in ("none", "pilot", "usual", "large"):
        values = {d.name: d.bands[band] for d in control.doses}
        checked({name: values})
        _, wrong = fill(programme.params, values)
        assert wrong == []
    for dose in control.doses:
        assert dose.low <= min(dose.bands.values()) and max(dose.bands.values()) <= dose.high
        assert dose.step > 0 and dose.bands["none"] == programme.inert[dose.name]
        assert dose.bands["usual"] == pytest.approx(float(dose.default))


@pytest.mark.parametrize("name", PROGRAMMES)
def test_no_band_but_none_is_inert(name):
    """A pilot that does nothing would not be one, unless the usual is nothing too."""
    programme, control = PROGRAMMES[name], CONTROLS[name]
    for band in ("pilot", "large"):
        assert {d.name: d.bands[band] for d in control.doses} != programme.inert


def test_a_dose_year_by_year_is_shown_as_its_mean():
    went = {"home_renovation": {"homes_per_year": {"2001-01": 20, "2002-01": 40}}}
    control = next(c for c in controls(went) if c.name == "home_renovation")
    assert control.usual == "as it went" and control.doses[0].series
    assert control.doses[0].bands["usual"] == 30.0 == mean_of(went["home_renovation"]["homes_per_year"])


def test_presets_are_the_city_s_packages_its_pillars_and_nothing(bench):
    found = presets(bench.city)
    assert next(iter(found)) == "nothing" and usual(found) == "as-it-went"
    assert {"nothing", "as-it-went", "example"} <= set(found)
    assert usual({"nothing": None}) == "nothing"
    assert of_pillar("streets", found["as-it-went"].settings).keys() == {"street_renewal"}
