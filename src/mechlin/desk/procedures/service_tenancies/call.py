"""A call for homes let in return for community work: its homes, conditions and criteria are public before anybody applies."""

from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk.casework import lots
from mechlin.desk.casework.declare import (
    DAY,
    NUMBER,
    PUBLIC_TEXT,
    TABLE,
    WHOLE,
    Action,
    Field,
    Follow,
    Look,
    Part,
    Procedure,
    Stage,
    say,
)
from mechlin.desk.procedures.service_tenancies.lists import (
    ARTICLE,
    CALLS,
    TENANCIES,
    confirmed,
    drawn,
    entries,
    hours_a_month,
    struck,
)
from mechlin.law import service_tenancy as law

_DATES = ("apply_from", "apply_until", "seed_day")
_READ = ("refused", "withdrawn", "motivated")  # where nothing must be decided before the list is frozen


def _lawful(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what does not go together in a draft; an upper age without its reason is not lawful."""
    out = []
    if values.get("upper_age") is not None and not values.get("upper_reason"):
        out.append(
            Problem(
                "age is a protected ground: an upper age needs the reason that the by-law gives",
                column="upper_reason",
                repair="write the by-law's reason, or leave the upper age out",
            )
        )
    for before, after in zip(_DATES, _DATES[1:], strict=False):
        if values[before] >= values[after]:
            out.append(Problem(f"this day does not lie after {values[before]}", column=after))
    for name, column in (("homes", "home"), ("criteria", "criterion")):
        said = [row[column] for row in values[name]]
        out += [
            Problem(f"{text} stands here twice", name, n, column)
            for n, text in enumerate(said, 2)
            if text in said[: n - 2]
        ]
    return out


def _undecided(look: Look) -> str:
    open_ = [s.id for s in look.children(TENANCIES) if s.stage not in _READ or s.waiting or s.objection]
    return f"{len(open_)} households are not decided: {', '.join(open_[:5])}" if open_ else ""


def _freeze(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    rows = sorted(s.id for s in look.children(TENANCIES) if s.stage == "motivated")
    return lots.frozen(look, rows)


def _draw(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    return {"order": drawn(look.state, look.answers["seed"], look.answers["list"])}


def _again(look: Look) -> str:
    same = drawn(look.state, look.answers["seed"], look.answers["list"]) == look.answers["order"]
    return "" if same else "the order is not the one that the seed gives"


def _rank(look: Look, values: dict[str, Any]) -> list[Follow]:
    a, all_homes = look.answers, len(look.answers["homes"])
    return [
        Follow(number, "drawn", {"rank": n, "households": len(a["order"]), "homes_in_call": all_homes})
        for n, number in enumerate(a["order"], 1)
    ]


def _still_offered(look: Look) -> str:
    open_ = [s.id for s in look.children(TENANCIES) if s.stage in ("offered", "accepted")]
    return f"{', '.join(open_[:5])} have an offer open" if open_ else ""


def shown(look: Look) -> list[Part]:
    """Return the public page of a call: what is asked, what is given, the lottery, and hours worked so far."""
    a = look.answers
    asked = [
        say("Applying begins on {day}.", day=a["apply_from"]),
        say("It ends on {day}; when you apply before that does not matter.", day=a["apply_until"]),
        say(
            "Each household works {hours} hours a month for the estate, for at most six years.",
            hours=hours_a_month(look.state),
        ),
        say("The rent is {share} % below that of the market.", share=round(100 * a["discount_share"], 1)),
    ]  # what somebody wants to know first
    if a.get("upper_age") is not None:
        because = say(
            "The oldest adult is not yet {age}, because: {reason}", age=a["upper_age"], reason=a["upper_reason"]
        )
        asked.append(because)
    asked.append(say("Two people read each motivation against the criteria; then a lot decides."))
    rows = tuple((r["home"], r["estate"], r["market_eur"]) for r in a["homes"])
    parts = [
        Part(say("{title}", title=a["title"]), tuple(asked)),
        Part(say("Homes"), (), ("Home", "Estate", "Rent on the market, euros"), rows),
        Part(say("What a motivation is read for"), (), ("Criterion",), tuple((r["criterion"],) for r in a["criteria"])),
    ]
    facts: list[tuple[Any, ...]] = [(say("The public event that gives the seed"), a["seed_source"])]
    facts += [(say("Digest of the frozen list"), a["frozen_hash"])] if "frozen_hash" in a else []
    facts += [(say("Seed"), a["seed"])] if "seed" in a else []
    order = tuple((n, number) for n, number in enumerate(a.get("order", ()), 1))
    parts.append(Part(say("The lottery"), (), (), tuple(facts)))
    if order and look.state.stage in ("letting", "ended"):
        parts.append(Part(None, (), ("Rank", "Household"), order))
    hours = sum(_hours(s) for s in look.children(TENANCIES))
    if hours:
        parts.append(Part(say("Hours worked for the estates"), (say("{n} hours so far.", n=round(hours, 1)),)))
    return parts


def _hours(state: Any) -> float:
    sure = confirmed(state) - struck(state)
    return float(sum(e.body["answers"]["minutes"] for e in entries(state) if e.seq in sure) / 60)


def published(look: Look) -> dict[str, Any]:
    """Return what anybody needs to repeat the lottery, and no name."""
    a = look.answers
    names = ("list", "frozen_hash", "frozen_day", "seed_source", "seed_day", "seed", "order")
    return {"call": look.state.id, "stage": look.state.stage, **{n: a[n] for n in names if n in a}}


CALL = Procedure(
    CALLS,
    "H",
    "Call for service tenancies",
    "mechlin.law.service_tenancy",
    lambda day: law.form_of(day).name,
    stages=(
        Stage("drafted"),
        Stage("open", "open for applications"),
        Stage("closed"),
        Stage("frozen", "list frozen"),
        Stage("seed", "seed known"),
        Stage("drawn"),
        Stage("letting", "homes are let"),
        Stage("ended", ends=True),
    ),
    actions=(
        Action(
            "drafted",
            "Draft a call for service tenancies",
            ("clerk",),
            after="drafted",
            fields=(
                Field("title", "Title", PUBLIC_TEXT, longest=120),
                Field(
                    "homes",
                    "Homes",
                    TABLE,
                    columns=(
                        Field("home", "Code of the home", PUBLIC_TEXT, longest=20),
                        Field("estate", "Estate", PUBLIC_TEXT, longest=80),
                        Field("market_eur", "Rent on the market, euros a month", NUMBER, low=1, high=10_000),
                    ),
                ),
                Field("discount_share", "Share taken off the rent", NUMBER, low=0, high=1),
                Field("hours_week", "Hours of community work a week", NUMBER, low=0, high=40),
                Field("weeks_a_month", "Weeks that count in a month", NUMBER, low=4, high=4.4),
                Field(
                    "criteria",
                    "Criteria for the motivation",
                    TABLE,
                    columns=(Field("criterion", "Criterion", PUBLIC_TEXT, longest=160),),
                ),
                Field(
                    "upper_age",
                    "Upper age of the oldest adult, only if the by-law has one",
                    WHOLE,
                    False,
                    low=18,
                    high=120,
                ),
                Field("upper_reason", "The reason that the by-law gives for it", PUBLIC_TEXT, False, longest=300),
                Field("seed_source", "The public event that gives the seed", PUBLIC_TEXT, longest=300),
                Field("apply_from", "First day to apply", DAY),
                Field("apply_until", "Last day to apply", DAY),
                Field("seed_day", "Day of that event", DAY),
            ),
            article=ARTICLE,
            consequence="Nothing can be applied for yet.",
            check=_lawful,
        ),
        Action(
            "opened",
            "Open for applications",
            ("clerk",),
            ("drafted",),
            "open",
            article=ARTICLE,
            consequence="Households can apply; homes, conditions and criteria can no longer change.",
            possible=lots.not_before("apply_from", "applying begins on"),
        ),
        Action(
            "closed",
            "Close",
            ("clerk",),
            ("open",),
            "closed",
            article=ARTICLE,
            consequence="Nobody can apply any more.",
            possible=lots.not_until("apply_until", "applying ends on"),
        ),
        Action(
            "frozen",
            "Freeze the list",
            ("clerk",),
            ("closed",),
            "frozen",
            article=ARTICLE,
            consequence="The numbers of those who take part in the lottery are public and cannot change.",
            possible=_undecided,
            works_out=_freeze,
        ),
        lots.seeded(ARTICLE, ("frozen",), "seed"),
        lots.seed_put_off(ARTICLE, ("closed", "frozen")),
        Action(
            "drawn",
            "Draw",
            ("clerk",),
            ("seed",),
            "drawn",
            article=ARTICLE,
            consequence="The seed gives the order.",
            works_out=_draw,
        ),
        Action(
            "signed",
            "Sign the lottery",
            ("clerk",),
            ("drawn",),
            "letting",
            article=ARTICLE,
            consequence="Every household gets its place in the order in a letter; homes are offered in that order.",
            signed_by=("signer",),
            possible=_again,
            then=_rank,
        ),
        Action(
            "ended",
            "End the programme",
            ("clerk",),
            ("letting",),
            "ended",
            article=ARTICLE,
            consequence="No home is offered any more; contracts have reached their term.",
            signed_by=("signer",),
            possible=_still_offered,
        ),
    ),
    public=shown,
    data=published,
    keep_years=10,
)
