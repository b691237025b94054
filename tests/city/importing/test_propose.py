"""A first mapping is right for nearly all columns of the files that offices gave, and can be imported as it is."""

import re

import pytest
from typer.testing import CliRunner

from mechlin.city.importing.mapping import read_mapping
from mechlin.city.importing.proposal_text import mapping_text
from mechlin.city.importing.propose import propose
from mechlin.city.importing.steps import draft_of
from mechlin.city.importing.vocabulary import age_band, cell_target, heading_meaning
from mechlin.cli.main import app
from mechlin.core.errors import InputError, UsageError

# Headings as published, with two areas' figures: Amsterdam (Onderzoek en Statistiek, BBGA 2016), Malmö (Statistics Sweden).
AMSTERDAM = """bc_code,bc_name,year,population,imm_Sur,imm_Ant,imm_Tur,imm_Mar,imm_otherNW,imm_W,imm_autoch,age_0t18,age_18t26,\
age_27t65,age_66plus,edu_low,edu_mid,edu_high,unempl,stichting_count,vereniging_count,leisure_count,stichting_density,\
vereniging_density,leisure_density
A00,Burgwallen-Oude Zijde,2016,4290,1.9,0.9,0.8,0.6,10.8,29.6,55.3,6.9,23.1,62.7,7.5,10,34,56,5.9,377,121,443,87.8,28.2,103.2
A01,Burgwallen-Nieuwe Zijde,2016,3981,1.6,0.8,0.9,0.8,12.1,31.5,52.3,6.5,22.6,65,6.4,7,32,61,5.5,265,97,317,66.5,24.3,79.6
"""
BORN = """"region","födelseregion","kön","Antal 2020","Antal 2021"
"Malmö (RegSO-Almvik)","Sverige","totalt",1586,1530
"Malmö (RegSO-Almvik)","totalt","totalt",3348,3319
"Malmö (RegSO-Östervärn)","Sverige","totalt",1732,1737
"Malmö (RegSO-Östervärn)","totalt","totalt",2936,2921
"""
TENURE = """"region","upplåtelseform","Antal 2020","Antal 2021"
"Malmö (RegSO-Almvik)","hyresrätt",723,723
"Malmö (RegSO-Almvik)","bostadsrätt",552,552
"Malmö (RegSO-Almvik)","äganderätt",12,13
"Malmö (RegSO-Almvik)","uppgift saknas",0,0
"Malmö (RegSO-Östervärn)","hyresrätt",543,543
"Malmö (RegSO-Östervärn)","bostadsrätt",1380,1381
"Malmö (RegSO-Östervärn)","äganderätt",0,0
"Malmö (RegSO-Östervärn)","uppgift saknas",0,0
"""
INCOME = """"region","inkomstkomponent","kön","Medelvärde för samtliga, tkr 2020","Medelvärde för samtliga, tkr 2021"
"Malmö (RegSO-Almvik)","löneinkomst ","totalt",199.6,204.6
"Malmö (RegSO-Östervärn)","löneinkomst ","totalt",189.6,189.5
"""
# What each column is, said by a person who read the offices' own descriptions.
TRUTH = {
    "amsterdam": {
        "bc_code": "code", "bc_name": "name", "year": "year", "population": "people", "imm_Sur": "background.surinamese",
        "imm_Ant": "background.antillean", "imm_Tur": "background.turkish", "imm_Mar": "background.moroccan",
        "imm_otherNW": "background.other", "imm_W": "background.western", "imm_autoch": "background.majority",
        "age_0t18": "age.0-18", "age_18t26": "age.18-26", "age_27t65": "age.27-65", "age_66plus": "age.66+",
        "edu_low": "education.low", "edu_mid": "education.mid", "edu_high": "education.high", "unempl": "-",
        "stichting_count": "-", "vereniging_count": "-", "leisure_count": "-", "stichting_density": "-",
        "vereniging_density": "-", "leisure_density": "-"},
    "born": {"region": "area", "födelseregion": "dimension", "kön": "dimension", "Antal": "people"},
    "tenure": {"region": "area", "upplåtelseform": "dimension", "Antal": "homes.owner"},
    "income": {"region": "area", "inkomstkomponent": "dimension", "kön": "dimension",
               "Medelvärde för samtliga, tkr": "income_median_eur"},
}  # fmt: skip
# Headings of other offices, never seen by whoever wrote the words.
ELSEWHERE = {
    "AantalInwoners_5": "people", "k_0Tot15Jaar_8": "age.0-15", "k_65JaarOfOuder_12": "age.65+",
    "HuishoudensTotaal_28": "households", "Woningvoorraad_34": "homes.total", "Koopwoningen_40": "homes.owner",
    "InBezitWoningcorporatie_42": "homes.social", "PercentageOnbewoond_38": "homes.vacant", "P18_POP": "people",
    "P18_POP0014": "age.0-14", "P18_MEN": "households", "P18_LOGVAC": "homes.vacant", "DISP_MED18": "income_median_eur",
    "IRIS": "code", "LIBIRIS": "name", "Folkmängd": "people", "65 år och äldre": "age.65+", "Einwohner": "people",
    "Haushalte": "households", "Stadtteil": "name", "All usual residents": "people", "Aged 16 to 24 years, age": "age.16-24",
    "WestersTotaal_17": "background.western", "Marokko_19": "background.moroccan", "Turkije_22": "background.turkish",
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    """Return the folder with the published files."""
    for name, text in (("amsterdam", AMSTERDAM), ("born", BORN), ("tenure", TENURE), ("income", INCOME)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return tmp_path


def test_at_least_eight_in_ten_columns_of_the_given_files_are_recognised(files):
    right, total = 0, 0
    for name, truth in TRUTH.items():
        guesses = {}
        for guess in propose([files / f"{name}.csv"]).guesses:
            guesses.setdefault(guess.column, guess.target)
        right += sum(guesses.get(column) == target for column, target in truth.items())
        total += len(truth)
    assert right >= 0.8 * total, f"{right} of {total}"
    assert right >= 35  # what is reached now


def test_headings_of_other_offices_are_recognised_too():
    found = {heading: heading_meaning(heading).target for heading in ELSEWHERE}
    right = [heading for heading, target in ELSEWHERE.items() if found[heading] == target]
    assert len(right) >= 0.8 * len(ELSEWHERE), {h: t for h, t in found.items() if h not in right}


@pytest.mark.parametrize(("text", "band"), [
    ("age_0t18", "0-18"), ("k_15Tot25Jaar", "15-25"), ("0-4 år", "0-4"), ("80+", "80+"), ("65 ans et plus", "65+"),
    ("P18_POP1529", "15-29"), ("2016", ""), ("population", "")])  # fmt: skip
def test_bands_of_ages_are_found_in_headings(text, band):
    assert age_band(text) == band


@pytest.mark.parametrize(("cell", "target"), [
    ("particuliere huur", "homes.private_rent"), ("Overige verhuurders", "homes.private_rent"), ("hyresrätt", "homes.rent"),
    ("hyresrätt, kommunal", "homes.social"), ("Miete", "homes.rent"), ("Genossenschaft", "homes.social"),
    ("koopwoning", "homes.owner"), ("huurwoning", "homes.rent"), ("zzz", "")])  # fmt: skip
def test_words_for_tenures_are_those_of_the_countries_profiles(cell, target):
    assert cell_target("homes", cell) == target


def test_a_proposal_says_how_sure_it_is_and_why_and_imports_as_it_is(files):
    found = propose([files / f"{n}.csv" for n in ("born", "tenure", "income")], "SE")
    text = mapping_text(found, "SE", "Malmö", folder=files)
    (files / "malmo.toml").write_text(text)
    made = draft_of(read_mapping(files / "malmo.toml"))
    assert made.columns["people"].tolist() == [3348, 2936] and made.columns["homes_owner"].tolist() == [564, 1380]
    assert made.columns["homes_social"][0] == pytest.approx(0.45 * 723, abs=1)
    lines = [line for line in text.splitlines() if line.startswith(("people", "homes", "background", "income"))]
    assert len(lines) == 7 and all(re.search(r"# \d+% sure: ", line) for line in lines)


def test_a_style_of_a_map_tells_no_rows_apart(tmp_path):
    (tmp_path / "wijken.csv").write_text("wijk,inwoners,_styleId,geslacht\nA,100,region,totaal\nB,200,region,totaal\n")
    targets = {g.column: g.target for g in propose([tmp_path / "wijken.csv"], "NL").guesses}
    assert targets["_styleId"] == "-" and targets["geslacht"] == "dimension"


def test_a_dutch_extract_needs_at_most_twenty_lines(files):
    text = mapping_text(propose([files / "amsterdam.csv"], "NL"), "NL", "Amsterdam", folder=files)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) <= 20
    (files / "a.toml").write_text(text)
    made = draft_of(read_mapping(files / "a.toml"))
    assert made.codes == ["A00", "A01"] and len({*made.columns} - {"x_km", "y_km", "area_km2"}) == 15


def test_a_column_that_nobody_knows_is_a_remark_and_not_a_guess(files):
    (files / "odd.csv").write_text("wijk,inwoners,zzz\nA,100,1.5\nB,200,2.5\n")
    text = mapping_text(propose([files / "odd.csv"], "NL"), "NL", "Odd", folder=files)
    assert "# Not used" in text and "#   odd: 'zzz'" in text


@pytest.mark.slow
def test_the_command_writes_a_mapping_and_never_over_one(files, monkeypatch):
    monkeypatch.chdir(files)
    said = CliRunner().invoke(app, ["city", "new", "--country", "nl", "--name", "Adam", "--from", "amsterdam.csv"])
    assert said.exit_code == 0 and "25 of 25 columns" in said.output and (files / "adam.toml").is_file()
    again = ["city", "new", "--country", "nl", "--name", "Amsterdam", "--from", "amsterdam.csv"]
    assert (
        "city import amsterdam.toml --out my-amsterdam" in CliRunner().invoke(app, again).output
    )  # that name is taken
    with pytest.raises(UsageError, match="exists already"):
        CliRunner().invoke(
            app, ["city", "new", "--country", "nl", "--name", "Adam", "--from", "amsterdam.csv"], catch_exceptions=False
        )
    with pytest.raises(UsageError, match="--country"):
        CliRunner().invoke(app, ["city", "new", "--from", "amsterdam.csv"], catch_exceptions=False)


def test_files_that_cannot_be_read_are_told_all_at_once(files):
    (files / "empty.csv").write_text("")
    (files / "broken.json").write_text("{")
    with pytest.raises(InputError) as error:
        propose([files / "empty.csv", files / "broken.json"])
    assert {p.file for p in error.value.problems} == {"empty.csv", "broken.json"}
    with pytest.raises(UsageError, match="no files are named"):
        propose([])
