"""Cards and observations: what is refused, what a new edition moves, and that nothing is ever overwritten."""

import csv
import json
from datetime import date

import numpy as np
import pytest

from mechlin import indicators
from mechlin.city.tables.sources import load_city
from mechlin.core.declare import Card
from mechlin.core.errors import InputError, UsageError
from mechlin.engine.cards import cards_of
from mechlin.evaluation.catalogue import catalogue, data_package
from mechlin.evaluation.observations import add, current, looked_through, read_measured
from mechlin.study.foreseen import check_measured, open_measured
from mechlin.study.measured_folder import new_folder

TODAY = date(2029, 1, 1)
HEAD = "indicator,place,period,value,low,high,n,edition,published_on,status,source\n"


def table(folder, rows, head=HEAD):
    """Return a file of new editions."""
    file = folder.parent / "new.csv"
    file.write_text(head + rows, encoding="utf-8")
    return file


def problems_of(folder, rows, head=HEAD):
    with pytest.raises(InputError) as wrong:
        add(read_measured(folder), table(folder, rows, head), TODAY)
    return wrong.value.problems


def test_a_new_edition_supersedes_and_says_what_moved(folder):
    before = (folder / "observations.csv").read_text()
    rows = "trust_share,toy,2026,0.56,0.53,0.59,940,2026 corrected,2027-09-01,revised,City monitor\n"
    (moved,) = add(read_measured(folder), table(folder, rows), TODAY)
    assert moved.by == pytest.approx(0.01) and moved.observation.supersedes == "2026"
    after = (folder / "observations.csv").read_text()
    assert after.startswith(before) and after.count("\n") == before.count("\n") + 1
    measured = read_measured(folder)
    assert [o.value for o in measured.current("trust_share", "toy")] == [0.50, 0.53, 0.56]
    assert measured.first_published("trust_share", "toy", 2026).value == 0.55


def test_what_is_there_to_the_digit_is_passed_by(folder):
    before = (folder / "observations.csv").read_bytes()
    rows = before.decode().split("\n", 1)[1]
    assert add(read_measured(folder), table(folder, rows), TODAY) == []
    assert (folder / "observations.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "trust_share,toy,2026,0.61,,,,2026,2027-05-12,final,",
            "the folder says 0.55; repair: give a corrected number",
        ),
        ("trust_share,toy,2026,0.61,,,,early,2027-01-12,final,", "before edition '2026'"),
        ("trust_share,toy,2027,61,,,,2027,2028-05-12,final,", "61 is more than all of it"),
        ("trust_share,toy,2027,0.6,0.7,,,2027,2028-05-12,final,", "the low 0.7 is above the value"),
        ("trust,toy,2027,0.6,,,,2027,2028-05-12,final,", "did you mean 'trust_share'"),
        ("trust_share,toy,27,0.6,,,,2027,2028-05-12,final,", "'27' is no year"),
        ("trust_share,toy,2027,0.6,,,,2027,12/05/2028,final,", "is no date; repair: write it like"),
        ("trust_share,toy,2027,0.6,,,,2027,2026-05-12,final,", "before 2027 began"),
        ("trust_share,toy,2027,0.6,,,,2027,2031-05-12,final,", "not there yet"),
        ("trust_share,toy,2027,0.6,,,,2027,2028-05-12,definitive,", "is no status"),
        ("trust_share,toy,2027,,,,,2027,2028-05-12,final,", "the cell is empty; repair: leave the row out"),
        ("trust_share,toy,2027,inf,,,,2027,2028-05-12,final,", "'inf' is not a number"),
        ("trust_share,toy,2027,0.6,,,12.5,2027,2028-05-12,final,", "no number of people"),
        ("population,toy,2027,-5,,,,2027,2028-05-12,final,", "is negative"),
        ("trust_share,toy,2027,0.6,,,,2027,2028-05-12,final", "the row has 10 cells"),
        ("trust_share,toy,2027,0,6,,,,2027,2028-05-12,final,Monitor", "the row has 12 cells"),
    ],
)
def test_what_is_wrong_is_told_with_row_and_repair_and_nothing_is_added(folder, row, said):
    before = (folder / "observations.csv").read_bytes()
    text = "\n".join(map(str, problems_of(folder, row + "\n")))
    assert said in text and "new.csv, row 2" in text
    assert (folder / "observations.csv").read_bytes() == before


def test_everything_is_said_at_once(folder):
    rows = "trust,toy,2027,0.6,,,,2027,2028-05-12,final,\ntrust_share,toy,2027,61,,,,2027,yesterday,perhaps,\n"
    assert len(problems_of(folder, rows)) == 4


def test_a_year_twice_in_one_file_and_shares_among_per_cents_are_refused(folder):
    same = "trust_share,toy,2027,0.6,,,,2027,2028-05-12,final,\ntrust_share,toy,2027,0.7,,,,2027,2028-05-12,final,\n"
    assert "row 2 says 0.6" in str(problems_of(folder, same)[0])
    cards = folder / "indicators.csv"
    cards.write_text(cards.read_text().replace("5,share,up", "5,%,up"))
    seen = folder / "observations.csv"
    seen.write_text(
        seen.read_text()
        .replace("0.50,0.47,0.53", "50,,")
        .replace("0.53,0.50,0.56", "53,,")
        .replace("0.55,0.52,0.58", "55,,")
    )
    (wrong,) = problems_of(folder, "trust_share,toy,2027,0.56,,,,2027,2028-05-12,final,\n")
    assert "0.56 %, where the folder has 50 to 55 %" in str(wrong) and "per cents here: 56" in str(wrong)


def test_the_folder_itself_is_looked_through(folder):
    cards = folder / "indicators.csv"
    cards.write_text(cards.read_text().replace("share,up", "share,upwards") + cards.read_text().splitlines()[1] + "\n")
    (folder / "breaks.csv").write_text("indicator,period,what\ntrust_shar,2024,another questionnaire\n")
    (folder / "measured.toml").write_text('title = "x"\npublisher = "y"\nplace = "toy"\n')
    text = "\n".join(map(str, looked_through(folder)[1]))
    for said in ("'upwards' is no better", "stands twice", "there is no card of 'trust_shar'"):
        assert said in text
    with pytest.raises(UsageError, match="mechlin measure indicators new"):
        read_measured(folder.parent / "nothing")
    (folder / "measured.toml").write_text('titel = "x"\n')
    with pytest.raises(InputError, match=r"publisher is missing(.|\n)*did you mean 'title'"):
        read_measured(folder)


def test_an_indicator_has_one_name_in_card_simulation_forecast_and_observation():
    """What is counted in the city goes by the name under which it is simulated, in a unit that can be turned into it."""
    city = load_city("mechelen")
    simulated = cards_of(indicators.catalogue(city.backgrounds), city.backgrounds)
    mapped = {name for name, _ in city.indicator_map.values() if name}
    assert mapped <= set(simulated)
    for observed, (name, why) in city.indicator_map.items():
        assert name in simulated or why, observed


def test_a_folder_for_a_city_has_its_cards_under_the_names_of_the_simulation(tmp_path):
    city = load_city("mechelen")
    simulated = cards_of(indicators.catalogue(city.backgrounds), city.backgrounds)
    place = new_folder(tmp_path / "measured", "mechelen", today=TODAY)
    assert check_measured(place) == []
    measured = open_measured(place)
    assert set(measured.cards) <= set(simulated) and measured.observations
    assert {name: card.unit for name, card in measured.cards.items()} == {n: simulated[n].unit for n in measured.cards}
    with pytest.raises(UsageError, match="already"):
        new_folder(place, "mechelen")


def test_a_card_in_another_unit_than_the_simulations_is_refused(folder):
    wrong = looked_through(folder, {"population": Card("population", "Residents", "households")})[1]
    assert "not the unit in which the simulation counts it" in str(wrong[0])
    assert looked_through(folder, {"trust_share": Card("trust_share", "Trust", "% of residents")})[1] == []


def test_an_observed_name_is_turned_into_the_simulated_one(folder):
    rows = "trust in the city,toy,2027,0.6,,,,2027,2028-05-12,final,\n"
    names = {"trust in the city": ("trust_share", "")}
    (moved,) = add(read_measured(folder), table(folder, rows), TODAY, names)
    assert moved.observation.indicator == "trust_share" and moved.before is None


def test_the_order_of_rows_moves_nothing(folder):
    lines = (folder / "observations.csv").read_text().splitlines()
    first = [o._replace(row=0) for o in read_measured(folder).current()]
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(lines) - 1)
        (folder / "observations.csv").write_text("\n".join([lines[0], *(lines[1 + n] for n in order), ""]))
        assert [o._replace(row=0) for o in current(read_measured(folder).observations)] == first


def test_the_descriptor_says_what_the_tables_hold(folder):
    found = data_package(read_measured(folder))
    assert found["licenses"] == [{"title": "CC BY 4.0"}, {"title": "CC0"}]
    for resource in found["resources"]:
        text = (folder / resource["path"]).read_text()
        rows = list(csv.DictReader(text.splitlines()))
        fields = {f["name"]: f for f in resource["schema"]["fields"]}
        assert list(fields) == list(rows[0]) and resource["bytes"] == len(text.encode())
        for row in rows:
            for name, value in row.items():
                if fields[name]["type"] == "number" and value:
                    float(value)
                if fields[name].get("constraints", {}).get("enum"):
                    assert value in fields[name]["constraints"]["enum"]
        keys = [tuple(row[k] for k in resource["schema"]["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys)


def test_the_catalogue_has_what_dcat_ap_asks_of_a_data_set(folder):
    found = json.loads(json.dumps(catalogue(read_measured(folder))))
    assert found["@type"] == "dcat:Catalog" and {"dct:title", "dct:description", "dct:publisher"} <= set(found)
    for one in found["dcat:dataset"]:
        assert {"dct:title", "dct:description", "dct:identifier", "dcat:distribution"} <= set(one)
        assert all(d["dct:license"] and d["dcat:accessURL"] for d in one["dcat:distribution"])
    assert found["dcat:dataset"][0]["dct:temporal"]["dcat:startDate"]["@value"] == "2020-01-01"
