"""The log, the vault, accounts: nothing is changed unseen, nobody signs twice, and people can go."""

import random
import re
import sqlite3
import zipfile

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mechlin.core.errors import InputError, MechlinError, UsageError
from mechlin.desk.casework import keeping, letters
from mechlin.desk.casework.office import ChangedMeanwhileError, NotAllowedError, NotLawfulError, Office
from mechlin.desk.casework.verify import rebuild, verify, verify_within
from mechlin.desk.ground import accounts, backup, heads, home, log, vault
from mechlin.desk.ground.canonical import chained
from mechlin.desk.ground.log import Entry, IncompleteDecision
from mechlin.desk.ground.roles import RoleGiven
from mechlin.desk.ground.tables import METADATA, cases
from mechlin.desk.web.serve import brought_up_to_date
from tests.desk.conftest import BENCHES, NOW, PASSWORD, PERSON_GIVEN


def database(desk):
    return desk.office.home.database


def sound(desk, *held):
    return verify(desk.office, held)


def test_a_desk_of_an_earlier_version_gets_the_tables_of_this_one(desk):
    """As ``serve`` does when it begins; what an earlier version did not keep of a case is folded from the log."""
    case = desk.ask().case
    desk.decided(case, open_to_all="no")
    desk.act("resident", "objection", case, {"objection_ground": "Why?"})
    with database(desk).write() as conn:
        for name in ("procedure", "officer", "waiting", "objected"):
            conn.execute(text(f"DROP INDEX cases_by_{name}"))
        conn.execute(text("ALTER TABLE cases DROP COLUMN objected"))
        conn.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    brought_up_to_date(desk.office)
    with database(desk).read() as conn:
        assert conn.execute(cases.select()).mappings().one()["objected"] == "2026-03-02"
    assert sound(desk).sound and not database(desk).migrate()


# ------------------------------------------------------------------------------------------------ the log


def test_the_tables_are_those_that_the_migrations_make(desk):
    with database(desk).read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert database(desk).missing_triggers(conn) == []


@pytest.mark.parametrize("change", ["UPDATE event SET actor = 'x'", "DELETE FROM event", "UPDATE letter SET person = 'x'",
                                    "DELETE FROM letter", "UPDATE head SET seq = 9", "DELETE FROM head"])  # fmt: skip
def test_the_database_refuses_to_change_what_is_written(desk, change):
    desk.decided(desk.ask().case)
    desk.later(days=1)
    desk.ask()
    with pytest.raises(DBAPIError, match="written once"), database(desk).write() as conn:
        conn.execute(text(change))
    assert sound(desk).sound


def test_nothing_comes_between_or_in_the_place_of_events(desk):
    desk.ask()
    again = (
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1"
        if database(desk).is_sqlite
        else "TRUNCATE event"
    )
    for change in (again, "INSERT INTO event SELECT 99, at, 'x', version, kind, actor, role, 'y', rule, form, rule_digest,"
                   " body, prev, hash FROM event WHERE seq = 1"):  # fmt: skip
        with pytest.raises(DBAPIError, match=r"written once|follows on"), database(desk).write() as conn:
            conn.execute(text(change))


def written(n):
    """Return the rows of a log of ``n`` events, as they would be stored."""
    rows, prev = [], "0" * 64
    for seq in range(1, n + 1):
        row = {
            "seq": seq, "at": f"2026-01-01T00:{seq % 60:02d}", "case": f"B-{seq % 70}", "version": seq // 70 + 1,
            "kind": "asked", "actor": "A-0001", "role": "clerk", "form_no": None, "rule": "r", "form": "f",
            "rule_digest": "d", "body": f'{{"n":{seq}}}',
        }  # fmt: skip
        row |= {"prev": prev, "hash": chained(row, prev)}
        rows.append(row)
        prev = row["hash"]
    return rows


def test_a_changed_deleted_swapped_or_inserted_event_is_named_100_times_in_100():
    rows, rng = written(500), random.Random(7)
    assert log.first_wrong(rows) is None
    columns = [c for c in rows[0] if c not in ("seq", "form_no")]
    for trial in range(100):
        at = rng.randrange(len(rows) - 1)
        bad = [dict(r) for r in rows]
        match trial % 4:
            case 0:
                column = rng.choice(columns)
                bad[at][column] = bad[at][column] + 1 if column == "version" else f"{bad[at][column][:-1]}~"
            case 1:
                del bad[at]
            case 2:
                first, second = bad[at], bad[at + 1]
                first["seq"], second["seq"] = second["seq"], first["seq"]
                bad[at], bad[at + 1] = second, first
            case 3:
                bad.insert(at, {**bad[at], "body": "{}"})
                for n, row in enumerate(bad, 1):
                    row["seq"] = n
        assert log.first_wrong(bad)[0] == at + 1, trial


def test_an_end_that_was_cut_off_is_seen_by_every_letter_after_it(desk):
    cases = [desk.decided(desk.ask().case) for _ in range(3)]
    held = [f"{r.seq}-{row_hash(desk, r.seq)[:12]}" for r in cases]
    assert sound(desk, *held).sound
    with database(desk).engine.begin() as conn:
        drop_triggers(conn, database(desk))
        conn.execute(text("DELETE FROM event WHERE seq > :n"), {"n": cases[1].seq})
    found = sound(desk, *held)
    assert not found.sound
    assert any("cut off" in p for p in found.problems) and any("trigger" in p for p in found.problems)
    assert any(p.startswith("letter L-") for p in found.problems)


def row_hash(desk, seq):
    with database(desk).read() as conn:
        return conn.execute(text("SELECT hash FROM event WHERE seq = :n"), {"n": seq}).scalar()


def drop_triggers(conn, where):
    for table in ("event", "letter", "head"):
        if where.is_sqlite:
            conn.execute(text(f"DROP TRIGGER {table}_no_update"))
            conn.execute(text(f"DROP TRIGGER {table}_no_delete"))
        else:
            conn.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def test_a_case_changed_behind_the_log_is_named_and_made_anew(desk):
    case = desk.ask().case
    with database(desk).write() as conn:
        conn.execute(text("UPDATE cases SET stage = 'placed'"))
    assert sound(desk).problems == (f"case {case} is not stored as its events make it",)
    with database(desk).write() as conn:
        assert rebuild(conn) == 1
    assert sound(desk).sound


def test_a_decision_without_its_reasons_never_enters_the_log(desk):
    whole = {"outcome": "o", "conditions": [{"name": "n", "met": "yes", "article": "a"}], "reasons": [["r", {}]],
             "article": "a", "rule": "r", "form": "f", "rule_digest": "d"}  # fmt: skip
    entry = Entry("X-1", "decided", "a", "clerk", {"decision": whole}, "r", "f", "d")
    log.check_decision(entry)
    for name in whole:
        for nothing in ({k: v for k, v in whole.items() if k != name}, {**whole, name: ""}, {**whole, name: None}):
            with pytest.raises(IncompleteDecision), database(desk).write() as conn:
                log.append(conn, Entry("X-1", "decided", "a", "clerk", {"decision": nothing}, "r", "f", "d"))
    with pytest.raises(IncompleteDecision):
        bad = {**whole, "conditions": [{"name": "n", "met": "yes"}]}
        log.check_decision(Entry("X-1", "decided", "a", "clerk", {"decision": bad}, "r", "f", "d"))
    with database(desk).read() as conn:
        assert log.tip(conn)[0] == 0


def test_a_clock_set_back_stores_nothing(desk):
    desk.ask()
    desk.later(hours=-1)
    with pytest.raises(MechlinError, match="set the clock right"):
        desk.ask()
    desk.later(minutes=57)  # a little is only the clocks of two machines
    assert desk.ask().at >= NOW.isoformat(timespec="microseconds")
    assert sound(desk).sound


# -------------------------------------------------------------------------------------------------- steps


def test_a_case_goes_its_way_and_the_letter_says_why_in_the_persons_language(desk):
    receipt = desk.ask()
    assert re.fullmatch(r"B-2026-\d{5}", receipt.case) and len(receipt.code) == 20
    state = desk.state(receipt.case)
    assert (state.stage, state.due, state.closed) == ("asked", "2026-04-01", "")
    done = desk.decided(receipt.case, "no")
    state = desk.state(receipt.case)
    assert (state.stage, state.closed, state.objection_until) == ("refused", "2026-03-02", "2026-04-01")
    with database(desk).read() as conn:
        made = letters.of_number(desk.office.look(conn, state, "2026-03-02", desk.actor("clerk")), f"L-{done.seq}")
    assert made.language == "fr"
    for part in ("Aïcha Peeters-Özdemir", "Bruul", "article 9", f"{done.seq}-", 'lang="fr"'):
        assert part in made.html
    assert sound(desk).sound


def test_the_same_form_sent_twice_gives_the_same_receipt(desk):
    answers = {"who": PERSON_GIVEN, "why": "x", "seats": 1}
    first, second = (
        desk.act("resident", "asked", procedure="benches", answers=answers, form_no="F-1") for _ in range(2)
    )
    assert (first.case, first.seq) == (second.case, second.seq) and second.twice and not second.code
    with pytest.raises(UsageError, match="sent before"):
        desk.act("clerk", "asked", procedure="benches", answers=answers, form_no="F-1")


def test_nobody_signs_what_they_prepared_not_even_as_deputy(desk):
    with database(desk).write() as conn:
        for name, given in (("clerk", RoleGiven("signer")), ("auditor", RoleGiven("signer", deputy_of="clerk"))):
            accounts.give_role(conn, name, given, "2026-01-01")
    case = desk.ask().case
    desk.act("clerk", "decided", case, {"open": "yes", "place": "Bruul"})
    assert desk.state(case).stage == "asked"
    same_browser = type(desk.actor("signer"))(**{**vars(desk.actor("signer")), "browser": "browser of clerk"})
    for actor in (desk.actor("clerk"), desk.actor("auditor"), same_browser):
        with pytest.raises(NotAllowedError, match="somebody else"):
            desk.office.sign(actor, case, None, now=desk.now)
    with pytest.raises(NotAllowedError, match="signed by"):
        desk.office.sign(desk.actor("school"), case, None, now=desk.now)
    desk.office.sign(desk.actor("signer"), case, None, now=desk.now)
    assert desk.state(case).stage == "placed"
    assert sound(desk).sound


def test_what_was_prepared_can_be_sent_back(desk):
    case = desk.ask().case
    desk.act("clerk", "decided", case, {"open": "yes", "place": "Bruul"})
    desk.office.send_back(desk.actor("signer"), case, "Which side?", None, now=desk.now)
    assert desk.state(case).waiting is None
    with pytest.raises(NotLawfulError, match="nothing waits"):
        desk.office.sign(desk.actor("signer"), case, None, now=desk.now)


def test_two_clerks_on_one_case_the_slower_looks_again(desk):
    case = desk.ask().case
    stood = desk.state(case).changed
    desk.act("clerk", "measured", case, {"width": "2,5", "side": "left"}, changed=stood)
    with pytest.raises(ChangedMeanwhileError, match=r"clerk: measured.*nothing was stored"):
        desk.act("clerk", "measured", case, {"width": 3, "side": "left"}, changed=stood)
    assert desk.state(case).answers["width"] == 2.5


def test_reading_a_file_is_an_event_and_in_nobodys_way(desk):
    case = desk.ask().case
    stood = desk.state(case).changed
    for _ in range(2):
        desk.office.note_read(desk.actor("auditor"), desk.state(case), desk.now)
    assert [e.kind for e in desk.state(case).events] == ["asked", "read"]
    with database(desk).write():  # somebody is writing: whose reading is noted already waits for nobody
        desk.office.note_read(desk.actor("auditor"), desk.state(case), desk.now)
    desk.act("clerk", "measured", case, {"width": 3, "side": "left"}, changed=stood)


def test_numbers_go_on_after_the_last_of_five_digits(desk):
    assert [desk.ask().case[-6:] for _ in range(2)] == ["-00001", "-00002"]
    with database(desk).write() as conn:
        known = conn.execute(cases.select()).first()._asdict()
        conn.execute(cases.insert().values({**known, "id": known["id"].replace("-00001", "-99999")}))
        conn.execute(cases.insert().values({**known, "id": "B-2027-00001"}))  # of another year
    assert [desk.ask().case for _ in range(3)] == ["B-2026-100000", "B-2026-100001", "B-2026-100002"]


def test_everything_wrong_with_answers_is_said_at_once(desk):
    with pytest.raises(InputError) as error:
        desk.act("resident", "asked", procedure="benches", answers={
            "who": {**PERSON_GIVEN, "born": "31/02/2020", "language": "de"}, "why": "a\x00b", "seats": "12", "colour": "red"
        })  # fmt: skip
    assert [p.column for p in error.value.problems] == ["who.born", "who.language", "why", "seats", "colour"]
    with pytest.raises(InputError, match="2,000"):
        desk.ask(why="x" * 10_000)
    with database(desk).read() as conn:
        assert log.tip(conn)[0] == 0


def test_a_step_that_cannot_follow_says_on_what_it_follows(desk):
    case = desk.ask().case
    desk.decided(case)
    with pytest.raises(NotLawfulError, match=r"cannot follow on 'placed'.*'asked for'"):
        desk.act("clerk", "measured", case, {"width": 3, "side": "left"})


def test_deciding_otherwise_needs_a_code_a_sentence_and_is_counted(desk):
    case = desk.ask().case
    wrong = {"outcome": "A bench is placed", "code": "because", "sentence": ""}
    with pytest.raises(InputError) as error:
        desk.act("clerk", "decided", case, {"open": "no", "place": "Bruul"}, override=wrong)
    assert {p.column for p in error.value.problems} == {"code", "sentence"}
    right = {"outcome": "A bench is placed", "code": "hardship", "sentence": "She cannot walk further."}
    desk.decided(case, "no", override=right)
    state = desk.state(case)
    assert state.stage == "placed" and state.decisions[0].body["decision"]["override"]["code"] == "hardship"
    with database(desk).read() as conn:
        (counts,) = keeping.oversight(conn, "2026-03-02")
    assert (counts["decisions"], counts["overrides"], counts["favourable"]) == (1, 1, 1)


def test_the_clock_can_stop_and_the_deadline_moves_by_as_many_days(desk):
    case = desk.ask().case
    desk.act("clerk", "clock stopped", case, {"stop_reason": "illness"})
    with pytest.raises(NotLawfulError, match="the clock"):
        desk.act("clerk", "measured", case, {"width": 3, "side": "left"})
    desk.later(days=10)
    desk.act("clerk", "clock started", case)
    assert desk.state(case).due == "2026-04-13"  # 1 April and ten days: a Saturday, so Monday
    with database(desk).read() as conn:
        assert [d.late for d in keeping.due(conn, "2026-04-14")] == [True]
        assert keeping.due(conn, "2026-03-12", days=14) == []


def test_an_objection_reopens_the_case_when_upheld_and_another_signs(desk):
    case = desk.ask().case
    with pytest.raises(NotLawfulError, match="no decision yet"):
        desk.act("resident", "objection", case, {"objection_ground": "Why?"})
    desk.decided(case, "no")
    desk.later(days=40)
    desk.act("resident", "objection", case, {"objection_ground": "Everybody may sit on it!"})
    assert desk.state(case).answers.get("objection_late") is None  # kept with the objection
    assert desk.state(case).objection.body["answers"]["objection_late"] == "yes"
    desk.act("clerk", "objection decided", case, {"objection_outcome": "objection upheld", "objection_reason": "True."})
    desk.office.sign(desk.actor("signer"), case, None, now=desk.now)
    state = desk.state(case)
    assert (state.stage, state.closed, state.objection) == ("asked", "", None)
    assert sound(desk).sound


def test_wrong_data_of_a_person_are_put_right_and_the_old_are_gone(desk):
    case = desk.ask().case
    desk.office.correct(desk.actor("clerk"), case, "who", {**PERSON_GIVEN, "family": "Janssens"}, None, desk.now)
    state = desk.state(case)
    with database(desk).read() as conn:
        told = desk.office.look(conn, state, "2026-03-02", desk.actor("clerk")).told(state.answers["who"])
    assert told["family"] == "Janssens"


# ------------------------------------------------------------------------------------------------ accounts


def test_roles_sessions_and_wrong_passwords(desk):
    with database(desk).write() as conn:
        found = accounts.sign_in(conn, "clerk", PASSWORD, "b", NOW)
        assert accounts.whose(conn, found.token, NOW).name == "clerk"
        assert accounts.end_roles(conn, "clerk", "clerk", "2026-03-02") == 1
        assert accounts.whose(conn, found.token, NOW).roles == ()  # at once, in the middle of a session
        accounts.lock(conn, "clerk")
        assert accounts.whose(conn, found.token, NOW) is None
        for _ in range(accounts.TRIES):
            assert accounts.sign_in(conn, "signer", "wrong", "b", NOW) is None
        assert accounts.sign_in(conn, "signer", PASSWORD, "b", NOW) is None
        assert accounts.sign_in(conn, "signer", PASSWORD, "b", NOW + 2 * accounts.PAUSE)
        with pytest.raises(UsageError, match="did you mean 'auditor'"):
            accounts.find(conn, "auditr")
        with pytest.raises(UsageError, match="12 characters"):
            accounts.add_account(conn, "new", "short", "2026-01-01")


# ------------------------------------------------------------------------------- people can go, and backups

LIKE = {"given": "Aïcha", "family": "Peeters-Özdemir", "street": "Bruul", "reach": "015 00 00", "why": "My knees hurt"}
PLANTED = ("Ugly bench", *(f"{text} {n}!" for n in range(10) for text in LIKE.values()))  # the design asks for fifty


def traces(desk, folder):
    """Return which planted strings stand in any file of a folder, or in any row of the database."""
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for path in list(folder.rglob("*.zip")):
        with zipfile.ZipFile(path) as file:
            texts += [file.read(name) for name in file.namelist()]
    with database(desk).read() as conn:
        for name in METADATA.tables:
            texts += [repr(tuple(row)).encode() for row in conn.execute(text(f'SELECT * FROM "{name}"'))]
        texts += ["\n".join(keeping.exported(desk.office, conn, "ALL")).encode()]
    return [s for s in PLANTED if any(s.encode() in t or ascii(s)[1:-1].encode() in t for t in texts)]


@pytest.mark.slow
def test_who_is_erased_is_found_nowhere_not_in_a_backup_restored_either(desk, tmp_path):
    marked = [{name: f"{text} {n}!" for name, text in LIKE.items()} for n in range(10)]
    gone = [desk.ask(who={**PERSON_GIVEN, **mine}, why=mine.pop("why")).case for mine in marked]
    case, other = gone[0], desk.ask(why="It rains.").case
    for number in gone:
        desk.decided(number, "no")
    assert len(traces(desk, tmp_path)) == 0  # sealed, and in nothing that is exported
    desk.act("resident", "objection", case, {"objection_ground": "Ugly bench"})
    desk.act("clerk", "objection decided", case, {"objection_outcome": "objection rejected", "objection_reason": "No."})
    desk.office.sign(desk.actor("signer"), case, None, now=desk.now)
    backup.backup(desk.office.home, tmp_path / "desk" / "before.zip")
    with pytest.raises(InputError, match="it is open"):
        keeping.prepare_destruction(desk.office, desk.actor("clerk"), [case, other], desk.now)
    desk.later(days=3700)
    with database(desk).read() as conn:
        assert keeping.must_go(desk.office, conn, desk.now.date().isoformat()) == gone
    listed = keeping.prepare_destruction(desk.office, desk.actor("clerk"), gone, desk.now)
    with pytest.raises(NotAllowedError):
        keeping.sign_destruction(desk.office, desk.actor("clerk"), listed.seq, desk.now)
    certificate = keeping.sign_destruction(desk.office, desk.actor("dpo"), listed.seq, desk.now)
    assert case in certificate and "20 keys" in certificate and "dpo" in certificate
    assert traces(desk, tmp_path) == []
    state = desk.state(case)
    with database(desk).read() as conn:
        look = desk.office.look(conn, state, "2036-03-02", desk.actor("clerk"))
        assert look.told(state.answers["who"]) is None and look.told(state.answers["why"]) is None
        assert letters.of_number(look, letters.rows_of(look)[0].id) is None
        assert keeping.must_go(desk.office, conn, desk.now.date().isoformat()) == []
        kept = desk.state(other)
        assert desk.office.look(conn, kept, "2036-03-02", desk.actor("clerk")).told(kept.answers["why"]) == "It rains."
    assert sound(desk).sound
    fresh = restored(desk, tmp_path / "desk" / "before.zip", tmp_path / "again")
    with fresh.home.database.read() as conn:
        alive = conn.execute(text("SELECT id FROM key WHERE wrapped <> '' AND subject = :s"), {"s": case})
        assert alive.all() == []
        for (name,) in conn.execute(text("SELECT id FROM sealed")).all():
            told = vault.unseal(conn, fresh.home.keys, name)
            assert told is None or "Ugly" not in str(told)
    fresh.home.database.close()


def restored(desk, path, folder):
    """Return an office on a new SQLite database filled from a backup, with the same keys."""
    import shutil

    folder.mkdir()
    shutil.copytree(desk.office.home.folder / "keys", folder / "keys")
    (folder / "desk.toml").write_text('town = "Mechelen"\n', encoding="utf-8")
    office = Office(home.open_home(folder), {"benches": BENCHES})
    backup.restore(office.home, path, lambda conn: list(verify_within(office, conn).problems))
    return office


def test_a_backup_of_either_database_comes_back_whole(desk, tmp_path):
    case = desk.ask().case
    desk.decided(case)
    desk.later(days=1)
    desk.ask()
    backup.backup(desk.office.home, tmp_path / "b.zip")
    fresh = restored(desk, tmp_path / "b.zip", tmp_path / "again")
    assert verify(fresh).sound and verify(fresh).head == sound(desk).head
    state = desk.state(case)
    with fresh.home.database.read() as conn:
        assert fresh.look(conn, state, "2026-03-02", desk.actor("clerk")).told(state.answers["why"]) == "My knees hurt."
        assert heads.kept(conn)
    with pytest.raises(UsageError, match="is not empty"):
        backup.restore(fresh.home, tmp_path / "b.zip", lambda conn: [])
    fresh.home.database.close()


@pytest.mark.slow
def test_a_damaged_backup_is_refused_and_nothing_of_it_is_stored(desk, tmp_path):
    if not database(desk).is_sqlite:
        pytest.skip("what is read is a file, whichever database wrote it")
    desk.decided(desk.ask().case)
    whole = tmp_path / "b.zip"
    backup.backup(desk.office.home, whole)
    data, rng = whole.read_bytes(), random.Random(3)
    fresh = restored(desk, whole, tmp_path / "ok")
    fresh.home.database.close()
    for trial in range(25):
        at = rng.randrange(len(data))
        bad = data[:at] if trial % 2 else data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        (tmp_path / "bad.zip").write_bytes(bad)
        try:
            office = restored(desk, tmp_path / "bad.zip", tmp_path / f"bad{trial}")
        except MechlinError:
            continue
        assert verify(office).head == sound(desk).head  # a byte that says nothing, as a time in the archive
        office.home.database.close()


def test_a_file_cut_anywhere_opens_sound_or_is_refused(desk, tmp_path):
    if not database(desk).is_sqlite:
        pytest.skip("SQLite keeps its files here")
    for _ in range(3):
        desk.decided(desk.ask().case)
    database(desk).close()
    source, folder = tmp_path / "desk" / "desk.db", tmp_path / "cut"
    with sqlite3.connect(source) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data, rng = source.read_bytes(), random.Random(5)
    folder.mkdir()
    for _ in range(12):
        (folder / "desk.db").write_bytes(data[: rng.randrange(len(data))])
        cut = Office(home.Home(folder, desk.office.home.settings, type(database(desk))(f"sqlite:///{folder / 'desk.db'}"),
                               desk.office.home.keys), {"benches": BENCHES})  # fmt: skip
        try:
            assert not verify(cut).sound or verify(cut).head == sound(desk).head
        except MechlinError as error:
            assert "nothing was stored" in str(error) or "no desk" in str(error)
        cut.home.database.close()
        for rest in folder.iterdir():
            rest.unlink()
