"""A round of grants: its rule is fixed before it opens; plans are ranked by it, and two people sign."""

from typing import Any

from mechlin.core.errors import Problem
from mechlin.desk.casework import lots
from mechlin.desk.casework.declare import (
    CHOICE,
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
from mechlin.desk.procedures.grants.lists import JURORS, PLANS, ROUNDS, allotted, eur, points_of, ready
from mechlin.law import grants
from mechlin.law.grants import LOT, POINTS, ROUND_BASIS

_HOW = ((grants.ARRIVAL, "In order of arrival"), (LOT, "By lot"), (POINTS, "By points of a jury"))
_SPEND = (
    (grants.PART, "The last plan gets what is left"),
    (grants.NEXT, "A plan that does not fit is passed over, and the next one that fits is paid"),
    (grants.STOP, "The first plan that does not fit ends the round"),
)
_UNREAD = ("handed_in", "incomplete", "doubtful")


def _lawful(look: Look, values: dict[str, Any]) -> list[Problem]:
    """Return what does not go together in a draft."""
    out = []
    if values["apply_from"] >= values["apply_until"]:
        out.append(Problem(f"this day does not lie after {values['apply_from']}", column="apply_until"))
    if values["how"] == LOT:
        out += [
            Problem("a lot needs a public event, named beforehand", column=name)
            for name in ("seed_source", "seed_day")
            if not values.get(name)
        ]
        if values.get("seed_day", "9999") <= values["apply_until"]:
            out.append(Problem("the seed must become known after the last day for plans", column="seed_day"))
    if values["how"] == POINTS and not values.get("criteria"):
        out.append(
            Problem("points need criteria, published beforehand", column="criteria", repair="add a row for each")
        )
    for name, column in (("areas", "area"), ("criteria", "criterion")):
        said = [row[column] for row in values.get(name, [])]
        out += [
            Problem(f"{text} stands here twice", name, n, column)
            for n, text in enumerate(said, 2)
            if text in said[: n - 2]
        ]
    return out


def _unread(look: Look) -> str:
    """Return why plans cannot be ranked yet: those that nobody has decided about, or that lack points."""
    plans = look.children(PLANS)
    open_ = [s.id for s in plans if s.stage in _UNREAD or s.waiting or s.objection]
    if open_:
        return f"{len(open_)} plans are not decided: {', '.join(open_[:5])}"
    a = look.answers
    bare = [s.id for s in plans if s.stage == "complete" and len(points_of(s)) < JURORS]
    if a["how"] == POINTS and bare:
        return f"{len(bare)} plans lack the points of {JURORS} members of the jury: {', '.join(bare[:5])}"
    return ""


def _can_rank(look: Look) -> str:
    a = look.answers
    if a["how"] == LOT and "seed" not in a:
        return f"the seed is not known: {a['seed_source']}, on {a['seed_day']}"
    return _unread(look)


def _can_freeze(look: Look) -> str:
    a = look.answers
    if a["how"] != LOT or "seed" in a:
        return "this round needs no seed" if a["how"] != LOT else "the seed is known: the list can no longer change"
    return _unread(look)


def _freeze(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    rows = sorted(s.id for s in look.children(PLANS) if s.stage == "complete")
    return lots.frozen(look, rows)


def _seed_time(look: Look) -> str:
    a = look.answers
    if a["how"] != LOT or "seed" in a:
        return "this round needs no seed" if a["how"] != LOT else "the seed is known"
    if "frozen_day" not in a:
        return "the list is not frozen yet"
    return "" if look.day >= a["seed_day"] else f"the seed is known on {a['seed_day']}"


def _can_put_off(look: Look) -> str:
    return "" if look.answers["how"] == LOT and "seed" not in look.answers else "this round waits for no seed"


def _rank(look: Look, values: dict[str, Any]) -> dict[str, Any]:
    plans = look.children(PLANS)
    points = {p.plan: p.points for p in ready(look.state, plans)}
    rows = [
        {"plan": g.plan, "rank": g.rank, "eur": eur(g.cents), "points": points[g.plan], "ticket": g.ticket}
        for g in allotted(look.state, plans)
    ]
    return {"ranking": rows, "spent_eur": sum(r["eur"] for r in rows), "plans": len(rows)}


def _same(look: Look) -> str:
    """Return why a ranking cannot be signed: what it was made from has changed."""
    now = [(g.plan, eur(g.cents)) for g in allotted(look.state, look.children(PLANS))]
    same = now == [(r["plan"], r["eur"]) for r in look.answers["ranking"]]
    return "" if same else "a plan has changed since the ranking was made: rank again"


def _give(look: Look, values: dict[str, Any]) -> list[Follow]:
    """Return what the signed ranking means for each plan."""
    a = look.answers
    shared = {"budget_eur": a["budget_eur"], "plans": a["plans"], "how": a["how"]}
    return [
        Follow(r["plan"], "ranked", {"granted_eur": r["eur"], "rank": r["rank"], "points_mean": r["points"], **shared})
        for r in a["ranking"]
    ]


def _unsettled(look: Look) -> str:
    open_ = [s.id for s in look.children(PLANS) if not s.closed]
    return f"{len(open_)} plans are not settled: {', '.join(open_[:5])}" if open_ else ""


def shown(look: Look) -> list[Part]:
    """Return the public page of a round: its rule, its days, what each plan got, and how many met."""
    a = look.answers
    rule = [
        say("Plans are taken from {first} to {last}.", first=a["apply_from"], last=a["apply_until"]),
        say("There are {eur} euros.", eur=a["budget_eur"]),
        say(
            "A street gets at most {street} euros, a neighbourhood {wide} euros.",
            street=a["street_eur"],
            wide=a["neighbourhood_eur"],
        ),
        say("Everybody who lives in the street or neighbourhood must be invited. Nobody is asked who they are."),
        say(
            "A plan is handed in at least {days} days before, by people of at least {addresses} addresses.",
            days=a["days_ahead"],
            addresses=a["addresses_least"],
        ),
    ]  # the order in which somebody would ask
    if a["how"] == LOT:
        rule.append(say("The seed: {source}, on {day}.", source=a["seed_source"], day=a["seed_day"]))
    fixed = (
        (say("How are plans ranked?"), say(dict(_HOW)[a["how"]])),
        (say("What if the money left does not cover a plan?"), say(dict(_SPEND)[a["spend"]])),
    )
    parts = [Part(say("{title}", title=a["title"]), tuple(rule), (), fixed)]
    if a.get("criteria"):
        most = tuple((r["criterion"], r["most"]) for r in a["criteria"])
        parts.append(Part(say("What points are given for"), (), ("Criterion", "Most points"), most))
    if "ranking" in a and look.state.stage in ("signed", "ended"):
        heads = ("Rank", "Plan", "Points", "Ticket", "Euros")
        rows = tuple((r["rank"], r["plan"], r["points"], r["ticket"] or "–", r["eur"]) for r in a["ranking"])
        spent = say("{spent} of {budget} euros are granted.", spent=a["spent_eur"], budget=a["budget_eur"])
        parts.append(Part(say("What each plan gets"), (spent,), heads, rows))
    met = [s.answers for s in look.children(PLANS) if "came" in s.answers]
    if met:
        counted = say(
            "{n} activities were held; {came} people came, and {new} met somebody new.",
            n=len(met),
            came=sum(m["came"] for m in met),
            new=sum(m["met_new"] for m in met),
        )
        parts.append(Part(say("Who met"), (counted, say("Counted with tokens or a tally: no names, nothing else."))))
    return parts


def published(look: Look) -> dict[str, Any]:
    """Return what anybody may have of a round to repeat its ranking."""
    a = look.answers
    names = (
        "how",
        "spend",
        "budget_eur",
        "street_eur",
        "neighbourhood_eur",
        "seed_source",
        "seed_day",
        "list",
        "frozen_hash",
        "frozen_day",
        "seed",
    )
    out = {"round": look.state.id, "stage": look.state.stage, **{n: a[n] for n in names if n in a}}
    if look.state.stage in ("signed", "ended"):
        plans = ready(look.state, look.children(PLANS))
        out["plans"] = [p._asdict() for p in plans] or a["ranking"]
        out["ranking"] = a["ranking"]
    return out


ROUND = Procedure(
    ROUNDS,
    "G",
    "Round of grants where people meet",
    "mechlin.law.grants",
    lambda day: grants.form_of(day).name,
    stages=(
        Stage("drafted"),
        Stage("open", "open for plans"),
        Stage("closed"),
        Stage("ranked", "plans ranked"),
        Stage("signed"),
        Stage("ended", ends=True),
    ),
    actions=(
        Action(
            "drafted",
            "Draft a round of grants",
            ("clerk",),
            after="drafted",
            fields=(
                Field("title", "Title", PUBLIC_TEXT, longest=120),
                Field("budget_eur", "Money in the round, euros", NUMBER, low=0, high=10_000_000),
                Field("street_eur", "Most for a street, euros", NUMBER, low=0, high=100_000),
                Field("neighbourhood_eur", "Most for a neighbourhood, euros", NUMBER, low=0, high=100_000),
                Field("how", "How are plans ranked?", CHOICE, choices=_HOW),
                Field("spend", "What if the money left does not cover a plan?", CHOICE, choices=_SPEND),
                Field("first_share", "Share paid before the activity", NUMBER, low=0, high=1),
                Field("days_ahead", "Days before the activity to hand in a plan", WHOLE, low=0, high=365),
                Field("addresses_least", "Addresses at which organisers must live, at least", WHOLE, low=1, high=12),
                Field("apply_from", "First day for plans", DAY),
                Field("apply_until", "Last day for plans", DAY),
                Field(
                    "areas",
                    "Areas of the round",
                    TABLE,
                    columns=(Field("area", "Street, neighbourhood or quarter", PUBLIC_TEXT, longest=80),),
                ),
                Field(
                    "criteria",
                    "Criteria, where a jury gives points",
                    TABLE,
                    False,
                    columns=(
                        Field("criterion", "What is looked at", PUBLIC_TEXT, longest=120),
                        Field("most", "Most points", WHOLE, low=1, high=100),
                    ),
                ),
                Field("seed_source", "The public event that gives the seed", PUBLIC_TEXT, False, longest=300),
                Field("seed_day", "Day of that event", DAY, False),
            ),
            article=ROUND_BASIS,
            consequence="Nothing is public as a call yet; when it opens, the rule is fixed.",
            check=_lawful,
        ),
        Action(
            "opened",
            "Open for plans",
            ("clerk",),
            ("drafted",),
            "open",
            article=ROUND_BASIS,
            consequence="Plans can be handed in, and the rule can no longer change.",
            possible=lots.not_before("apply_from", "plans are taken from"),
        ),
        Action(
            "closed",
            "Close",
            ("clerk",),
            ("open",),
            "closed",
            article=ROUND_BASIS,
            consequence="No plan can be handed in any more.",
            possible=lots.not_until("apply_until", "plans are taken until"),
        ),
        Action(
            "frozen",
            "Freeze the list, for a lot",
            ("clerk",),
            ("closed",),
            article=ROUND_BASIS,
            consequence="The numbers of those who take part in the lot are public and cannot change.",
            possible=_can_freeze,
            works_out=_freeze,
        ),
        lots.seed_put_off(ROUND_BASIS, ("closed",), _can_put_off),
        lots.seeded(ROUND_BASIS, ("closed",), possible=_seed_time),
        Action(
            "ranked",
            "Rank the plans",
            ("clerk",),
            ("closed", "ranked"),
            "ranked",
            article=ROUND_BASIS,
            consequence="The rule of the round gives the order and the amounts; nothing is promised yet.",
            works_out=_rank,
            possible=_can_rank,
        ),
        Action(
            "signed",
            "Sign the ranking",
            ("clerk",),
            ("ranked",),
            "signed",
            article=ROUND_BASIS,
            consequence="Every plan gets its answer in a letter.",
            signed_by=("signer",),
            possible=_same,
            then=_give,
        ),
        Action(
            "ended",
            "End the round",
            ("clerk",),
            ("signed",),
            "ended",
            article=ROUND_BASIS,
            consequence="The page of the round stays.",
            possible=_unsettled,
        ),
    ),
    public=shown,
    data=published,
    keep_years=10,
)
