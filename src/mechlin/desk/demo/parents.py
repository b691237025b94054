"""Parents: measures of their own, a plan that was kept, one without a report, a fine after an appeal; and two files now."""

from collections.abc import Callable
from datetime import date, timedelta

from mechlin.desk.demo.town import Event, Town

AGE = 15  # years that a minor reaches in the year of the facts; the invented by-law applies from 14
FACTS = ("Loud music on the square at night.", "A bus shelter was broken.", "Fireworks thrown at a shop window.")
REPORT = "The guidance service says that every session was attended."


def plans(town: Town) -> list[Event]:
    """Return what happens, day by day."""
    year, today = town.year, town.today
    out = _own_measures(year) + _plan(year, kept=True) + _plan(year, kept=False) + _fine(year)
    warned, asked = _File(), _File()
    return out + [
        (today - timedelta(days=40), warned.report(0, "no")),
        (today - timedelta(days=10), asked.report(1, "yes")),
        (today - timedelta(days=8), asked.lawyer),
    ]


class _File:
    """The file of one minor, whose number is known once it is opened."""

    case = ""

    def report(self, what: int, grave: str) -> Callable[[Town], None]:
        """Return what opens the file, or adds to it."""

        def happens(town: Town) -> None:
            facts = {"facts_on": town.day(-1), "grave": grave, "facts": FACTS[what]}
            if self.case:
                town.act("police", "found_again", self.case, facts)
                return
            people = {
                "minor": town.people.child(int(town.day()[:4]) - AGE),
                "parent": town.people.adult(town.year),
                "by_law_age": "14",
            }
            self.case = town.act("police", "found", procedure="parents", answers={**people, **facts})

        return happens

    def lawyer(self, town: Town) -> None:
        """Ask a lawyer for the minor, before anybody talks with the family."""
        town.act("clerk", "lawyer_asked", self.case, {"lawyer_on": town.day()})

    def talk(self, town: Town) -> None:
        """Note what the parents said."""
        told = {"talk_on": town.day(), "talk": "They knew nothing of it, and will see to it that it ends."}
        town.act("clerk", "talked", self.case, told)

    def offer(self, town: Town) -> None:
        """Start the procedure and offer mediation."""
        town.act("official", "started", self.case)
        town.act("mediator", "mediation_offered", self.case, {"offered_on": town.day()})

    def step(self, who: str, action: str, day: str = "", **answers: object) -> Callable[[Town], None]:
        """Return a step; ``day`` names the answer that is the day itself."""

        def happens(town: Town) -> None:
            town.act(who, action, self.case, {**answers, **({day: town.day()} if day else {})})

        return happens

    def fine(self, town: Town) -> None:
        """Impose a fine: prepared by one person, signed by the official."""
        answers = {
            "fine_eur": 100,
            "fine_why": "Nothing that was offered was taken up, and the window is not paid for.",
        }
        town.sign(town.act("clerk", "fine", self.case, answers), "official")


def _own_measures(year: int) -> list[Event]:
    file = _File()
    return [
        (date(year, 2, 3), file.report(0, "no")),  # a warning, and nothing more
        (date(year, 3, 20), file.report(0, "no")),
        (date(year, 3, 23), file.lawyer),
        (date(year, 3, 30), file.talk),
        (date(year, 4, 2), file.step("official", "own_measures")),
    ]


def _plan(year: int, kept: bool) -> list[Event]:
    file = _File()
    out: list[Event] = [
        (date(year, 5, 5), file.report(1, "yes")),
        (date(year, 5, 6), file.lawyer),
        (date(year, 5, 14), file.talk),
        (date(year, 5, 19), file.offer),
        (date(year, 6, 3), file.step("mediator", "accepted", plan="Six sessions of guidance for the whole family.")),
        (date(year, 6, 11), file.step("mediator", "place_found")),
    ]
    if kept:
        return [*out, (date(year, 11, 16), file.step("mediator", "kept", report=REPORT))]
    return [*out, (date(year, 12, 21), file.step("official", "deadline_passed"))]  # half a year, and no word


def _fine(year: int) -> list[Event]:
    file = _File()
    return [
        (date(year, 3, 10), file.report(2, "yes")),
        (date(year, 3, 11), file.lawyer),
        (date(year, 3, 24), file.offer),
        (date(year, 4, 8), file.step("mediator", "refused")),  # mediation
        (date(year, 4, 20), file.step("mediator", "refused")),  # and service
        (date(year, 4, 27), file.fine),
        (date(year, 4, 29), file.step("clerk", "notified", "notified_on")),
        (date(year, 5, 15), file.step("clerk", "appealed")),
        (date(year, 9, 1), file.step("clerk", "appeal_rejected", court_eur=60)),
        (date(year, 9, 21), file.step("clerk", "paid", "paid_on")),
    ]
