"""Whatever is done to a published file, it is taken in or refused with its problems; nothing else ever happens."""

import random

import pytest

from mechlin.city.importing.mapping import read_mapping
from mechlin.city.importing.proposal_text import mapping_text
from mechlin.city.importing.propose import propose
from mechlin.city.importing.steps import draft_of
from mechlin.core.errors import MechlinError

TABLE = """wijk;naam;inwoners;k_0tot18;k_18tot65;k_65plus;laag;midden;hoog
WK01;Centrum;1.200;18;62;20;30;40;31
WK02;Noord;800;25,5;60;14,5;40;40;20
WK03;Hàven;0;;;;;;
Totaal;;2.000;20;62;18;34;40;26
"""
PIECES = (
    b'"',
    b";",
    b",",
    b"\n",
    b"\r\r\n",
    b"\x00",
    b"\xff",
    b"{",
    b"-",
    b"Totaal",
    b"1.234.567,8",
    b"1e999",
    b"(",
    b"2016",
)


def spoiled(data, chance):
    """Return bytes with one or two things done to them as editors, exports and post do."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 2)):
        at, lines = chance.randrange(len(data)), bytes(data).split(b"\n")
        match chance.randrange(7):
            case 0:
                del data[at : at + chance.randint(1, 30)]
            case 1:
                data[at:at] = chance.choice(PIECES)
            case 2:
                data[at] = chance.randrange(256)
            case 3:
                chance.shuffle(lines)
                data = bytearray(b"\n".join(lines))
            case 4:
                lines.insert(chance.randrange(len(lines)), chance.choice(lines))
                data = bytearray(b"\n".join(lines))
            case 5:
                data = data.replace(chance.choice((b";", b",", b"0")), chance.choice((b";", b",", b"\t", b"")))
            case 6:
                data = bytearray(b"\n".join(lines[: chance.randint(1, 4)]))
        data = data or bytearray(b"x")
    return bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 3])
def test_a_spoiled_file_is_taken_in_or_refused(tmp_path, seed):
    chance, refused = random.Random(seed), 0
    for _ in range(10):
        (tmp_path / "t.csv").write_bytes(spoiled(TABLE.encode(chance.choice(("utf-8", "cp1252"))), chance))
        try:
            text = mapping_text(propose([tmp_path / "t.csv"], "NL"), "NL", "Ergens", folder=tmp_path)
            (tmp_path / "m.toml").write_text(text)
            draft_of(read_mapping(tmp_path / "m.toml"))
        except MechlinError as error:
            refused += 1
            assert str(error)
    assert refused < 10  # most are taken in


def test_a_number_without_end_is_none(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE.replace("18;62;20", "1e999;62;20"))
    (tmp_path / "m.toml").write_text(mapping_text(propose([tmp_path / "t.csv"], "NL"), "NL", "Ergens", folder=tmp_path))
    with pytest.raises(MechlinError, match="1e999"):
        draft_of(read_mapping(tmp_path / "m.toml"))
