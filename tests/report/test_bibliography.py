"""What a run rests on is listed with its strength and how it was read; a package can be explained with its sources."""

import json

import pytest

from mechlin.cli.main import main
from mechlin.evidence.registry import evidence
from mechlin.report.bibliography import bibliography, sources_table


def test_firm_sources_come_first_and_every_source_says_how_it_was_read():
    rows = bibliography(["street_renewal", "shop_revival"])
    order = ["firm", "weak", "assumption"]
    assert [order.index(r["strength"]) for r in rows] == sorted(order.index(r["strength"]) for r in rows)
    assert all(r["source"] and r["read"] and r["behind"] and r["finding"] for r in rows)
    cleaning = next(r for r in rows if "upkeep.cleaning_most" in r["behind"])
    assert cleaning["doi"] == "10.1073/pnas.1718503115" and cleaning["read"] == "abstract"


def test_a_measure_that_takes_part_brings_its_own_sources():
    without, with_it = bibliography([]), bibliography(["service_tenancy"])
    extra = {r["finding"] for r in with_it} - {r["finding"] for r in without}
    own = [
        e
        for e in evidence().values()
        if any("service_tenancy" in r["behind"] and r["finding"] == e.finding for r in with_it)
    ]
    assert extra and extra <= {e.finding for e in own}


def test_the_table_of_a_page_is_safe_and_complete():
    html = sources_table(["street_renewal"])
    assert html.count('<th scope="row">') == len(bibliography(["street_renewal"])) and "&amp;" in html


def test_transport_and_packages_can_be_explained(capsys, tmp_path):
    assert main(["explain", "transport", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "upkeep.cleaning_most" in told["text"] and told["parameters"][0]["believed"] == "0.3 to 0.9"
    assert main(["explain", "as-it-went"]) == 0
    said = capsys.readouterr().out
    assert (
        "a package" in said
        and "doi:10.1073/pnas.1718503115 (assumption; randomised; read: abstract; size: judged)" in said
    )
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"\n[service_tenancy]\nhomes = 20\n', encoding="utf-8")
    assert main(["explain", str(file)]) == 0 and "Homes let in return" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "believed", "transport"),
    [
        ("upkeep.cleaning_most", "0.1 to 0.45", "towards 0"),
        ("housing.tipping", "either", ""),
        ("housing.viewings", "as it is", ""),
    ],
)
def test_a_number_says_what_is_believed_and_whether_transport_moves_it(name, believed, transport, capsys):
    assert main(["explain", name, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["parameters"]
    assert (row["believed"], row["transport"]) == (believed, transport)


def test_a_package_that_is_nearly_named_is_suggested(capsys):
    assert main(["explain", "as-it-wnt"]) == 2
    assert "as-it-went" in capsys.readouterr().err
