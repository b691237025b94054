"""Progress outside a terminal: lines that tell how far the runs are, also while nothing has ended yet."""

import time

from mechlin.cli import shared


def test_a_log_never_falls_silent(monkeypatch, capsys):
    monkeypatch.setattr(shared, "_EVERY_SECONDS", 0.05)
    with shared.bar("Rehearsing") as progress:
        time.sleep(0.12)
        progress(0, 4)
        progress(3, 4)
        time.sleep(0.12)
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert not said.out and lines[0].startswith("Rehearsing: reading")
    assert any("0 of 4 runs" in line for line in lines) and "3 of 4 runs" in lines[-1]
