"""A round of school places: from its draft to the end of its waiting lists. Nothing can be skipped."""

from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk import check_draw
from mechlin.desk.casework import lots
from mechlin.desk.casework.declare import (
    DAY,
    NUMBER,
    PUBLIC_TEXT,
    TABLE,
    WHOLE,
    YES,
    YES_NO,
    Action,
    Field,
    Follow,
    Look,
    Procedure,
    Stage,
)
from mechlin.desk.ground.canonical import canonical, digest
from mechlin.desk.procedures.school_places.lists import (
    APPLICATIONS,
    HAS_PLACE,
    ROUNDS,
    child_of,
    names,
    rows_of,
    schools,
)
from mechlin.desk.procedures.school_places.shown import doses, published, shown
from mechlin.law import school_draw
from mechlin.law.school_draw import Place, as_rows, from_rows

_DATES = ("apply_from", "apply_until", "seed_day", "take_up_until", "lists_until")
_COLUMNS = (
    Field("school", "Code of the school", PUBLIC_TEXT, longest=20),
    Field("name", "Name of the school", PUBLIC_TEXT, longest=120),
    Field("born", "Year of birth", WHOLE, low=1990, high=2100),
    Field("places", "Free places", WHOLE, low=0, high=1000),
)


def _lawful(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what the form of the law and the calendar forbid in a draft."""
    form = school_draw.form_of(values["school_year"])
    out = []
    if values["reserved_share"] > form.reserved_most:
        out.append(
            Problem(
                f"more is held for a group than the form {form.name} allows",
                column="reserved_share",
                allowed=f"0 to {form.reserved_most:g}",
            )
        )
    if form.council and values["reserved_share"] > 0 and values["council_approved"] != YES:
        out.append(
            Problem(
                "places are held for a group only where the council approves",
                column="council_approved",
                repair="ask the council first, or hold none",
            )
        )
    for before, after in zip(_DATES, _DATES[1:], strict=False):
        if values[before] >= values[after]:
            out.append(Problem(f"this day does not lie after {values[before]}", column=after))
    return out


def _capacity(look: Look, values: dict[str, Any]) -> list[Problem]:
    seen: set[tuple[str, int]] = set()
    called: dict[str, str] = {}
    out = []
    for row, line in enumerate(values["capacity"], 2):
        key = line["school"], line["born"]
        if key in seen:
            out.append(Problem(f"{key[0]}, born {key[1]}, stands here twice", "capacity", row, "school"))
        if called.setdefault(line["school"], line["name"]) != line["name"]:
            out.append(Problem(f"{line['school']} is called {called[line['school']]} above", "capacity", row, "name"))
        seen.add(key)
    return out


def _unfinished(look: Look) -> str:
    """Return why the list cannot be closed to changes: applications that nobody has completed."""
    open_ = [s.id for s in look.children(APPLICATIONS) if s.stage in ("applied", "incomplete")]
    return f"{len(open_)} applications are not complete: {', '.join(open_[:5])}" if open_ else ""


def _freeze(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    rows = as_rows([child_of(s) for s in look.children(APPLICATIONS) if s.stage == "complete"])
    return lots.frozen(look, rows)


def _drawn(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    a = look.answers
    drawn = school_draw.draw(
        from_rows(a["list"]), schools(look.state), a["distance_share"], a["reserved_share"], look.state.id, a["seed"]
    )
    rows = rows_of(drawn)
    return {"places": rows, "result_hash": digest(canonical(rows))}


def _differences(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return where the second program or the check of stability disagrees with the draw."""
    a = look.answers
    out = [Problem(text, column="places") for text in check_draw.differences(published(look))[:20]]
    places = [Place(**row) for row in a["places"]]
    pairs = school_draw.unstable(
        from_rows(a["list"]),
        schools(look.state),
        a["distance_share"],
        a["reserved_share"],
        look.state.id,
        a["seed"],
        places,
    )
    return out + [
        Problem(f"{name} and {school} would rather have each other", column="places") for name, school in pairs[:20]
    ]


def _give(look: Look, values: dict[str, Any]) -> list[Follow]:
    """Return what the signed draw means for each child, with the reason for each wish."""
    a = look.answers
    children, places = from_rows(a["list"]), [Place(**row) for row in a["places"]]
    why = school_draw.explain(
        children, schools(look.state), a["distance_share"], a["reserved_share"], look.state.id, a["seed"], places
    )
    called = names(look.state)
    until = {"take_up_until": a["take_up_until"], "children": len(children)}
    return [
        Follow(
            p.application,
            "placed",
            {
                "school": p.school,
                "school_name": called.get(p.school, ""),
                "wish": p.wish,
                "why": rows_of(why[p.application]),
                **until,
            },
        )
        for p in places
    ]


def _lapse(look: Look, values: dict[str, Any]) -> list[Follow]:
    return [Follow(s.id, "lapsed") for s in look.children(APPLICATIONS) if s.stage == "placed"]


def _end(look: Look, values: dict[str, Any]) -> list[Follow]:
    return [
        Follow(s.id, "enrolled" if s.stage in HAS_PLACE else "list_ended")
        for s in look.children(APPLICATIONS)
        if s.stage in (*HAS_PLACE, "unplaced")
    ]


def _nobody_called(look: Look) -> str:
    called = [s.id for s in look.children(APPLICATIONS) if s.stage == "called"]
    return f"{', '.join(called[:5])} were called and have not answered" if called else ""


ROUND = Procedure(
    ROUNDS,
    "R",
    "Round of school places",
    "mechlin.law.school_draw",
    lambda day: school_draw.form_of(int(day[:4])).name,
    stages=(
        Stage("drafted"),
        Stage("capacity", "capacity published"),
        Stage("open", "open for applications"),
        Stage("closed"),
        Stage("checked"),
        Stage("frozen", "list frozen"),
        Stage("seed", "seed known"),
        Stage("drawn"),
        Stage("verified"),
        Stage("signed"),
        Stage("taking_up", "places are taken up"),
        Stage("waiting_list", "waiting lists"),
        Stage("ended", ends=True),
    ),
    actions=(
        Action(
            "drafted",
            "Draft a round",
            ("clerk",),
            after="drafted",
            fields=(
                Field("title", "Title", PUBLIC_TEXT, longest=120),
                Field("school_year", "School year that begins in September of", WHOLE, low=2007, high=2100),
                Field("wishes_most", "Most wishes of a child", WHOLE, low=1, high=10),
                Field(
                    "distance_share",
                    "Share of places by distance",
                    NUMBER,
                    low=0,
                    high=1,
                    hint="The rest goes by lot: 0.5 is half and half.",
                ),
                Field("reserved_share", "Share of places held for a group", NUMBER, low=0, high=1),
                Field("council_approved", "Has the council approved that group?", YES_NO),
                Field(
                    "seed_source",
                    "The public event that gives the seed",
                    PUBLIC_TEXT,
                    longest=300,
                    hint="Named now, known later: a national lottery draw, a notary's dice.",
                ),
                *(
                    Field(name, label, DAY)
                    for name, label in zip(
                        _DATES,
                        (
                            "First day to apply",
                            "Last day to apply",
                            "Day of that event",
                            "Last day to take up a place",
                            "Last day of the waiting lists",
                        ),
                        strict=True,
                    )
                ),
            ),
            article=school_draw.BASIS,
            consequence="Nothing is public yet.",
            check=_lawful,
        ),
        Action(
            "capacity",
            "Publish the capacity",
            ("clerk",),
            ("drafted",),
            "capacity",
            (Field("capacity", "Free places", TABLE, columns=_COLUMNS),),
            school_draw.BASIS,
            "Everybody sees how many places there are, before anybody applies.",
            check=_capacity,
        ),
        Action(
            "opened",
            "Open for applications",
            ("clerk",),
            ("capacity",),
            "open",
            (),
            school_draw.BASIS,
            "Parents can apply; the hour does not count.",
            possible=lots.not_before("apply_from", "applying begins on"),
        ),
        Action(
            "closed",
            "Close",
            ("clerk",),
            ("open",),
            "closed",
            (),
            school_draw.BASIS,
            "Nobody can apply any more.",
            possible=lots.not_until("apply_until", "applying ends on"),
        ),
        Action(
            "checked",
            "Applications are checked",
            ("clerk",),
            ("closed",),
            "checked",
            (),
            school_draw.BASIS,
            "Every application is complete.",
            possible=_unfinished,
        ),
        Action(
            "frozen",
            "Freeze the list",
            ("clerk",),
            ("checked",),
            "frozen",
            (),
            school_draw.BASIS,
            "The list without names is public and cannot change.",
            works_out=_freeze,
        ),
        lots.seed_put_off(school_draw.BASIS, ("closed", "checked", "frozen"), before="take_up_until"),
        lots.seeded(school_draw.BASIS, ("frozen",), "seed"),
        Action(
            "drawn",
            "Draw",
            ("clerk",),
            ("seed",),
            "drawn",
            (),
            school_draw.BASIS,
            "The rule gives the places.",
            works_out=_drawn,
        ),
        Action(
            "verified",
            "Verify the draw",
            ("clerk", "auditor"),
            ("drawn",),
            "verified",
            (),
            school_draw.BASIS,
            "A second program must give the same places.",
            check=_differences,
        ),
        Action(
            "signed",
            "Sign the draw",
            ("clerk",),
            ("verified",),
            "signed",
            (),
            school_draw.BASIS,
            "Every child gets its place, and every family a letter.",
            ("signer",),
            then=_give,
        ),
        Action(
            "letters",
            "Letters are sent",
            ("clerk",),
            ("signed",),
            "taking_up",
            (),
            school_draw.BASIS,
            "Families take up their places at the school.",
        ),
        Action(
            "waiting",
            "Taking up has ended",
            ("clerk",),
            ("taking_up",),
            "waiting_list",
            (),
            school_draw.BASIS,
            "Places not taken up lapse, and waiting lists are called.",
            then=_lapse,
            possible=lots.not_until("take_up_until", "places can be taken up until"),
        ),
        Action(
            "ended",
            "End the waiting lists",
            ("clerk",),
            ("waiting_list",),
            "ended",
            (),
            school_draw.BASIS,
            "From now on schools enrol in order of arrival.",
            then=_end,
            possible=lambda look: (
                _nobody_called(look)
                if look.day > look.answers["lists_until"]
                else f"waiting lists end on {look.answers['lists_until']}"
            ),
        ),
    ),
    form_by=lambda look, values: school_draw.form_of(values["school_year"]).name,
    public=shown,
    data=published,
    doses=doses,
    keep_years=10,
)
