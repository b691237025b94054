"""Invented people of an invented town: names that belong to nobody, for trying a desk on."""

import random
from datetime import date
from typing import Any

TOWN, CONTACT = "Lindeveld", "Stadhuis, Markt 1, 9999 Lindeveld"
PASSWORD = "demonstration town"  # of every account of a demonstration, and of no other
_GIVEN = (
    "Noor",
    "Liam",
    "Aya",
    "Jef",
    "Mila",
    "Adam",
    "Lotte",
    "Yusuf",
    "Fien",
    "Mats",
    "Inaya",
    "Wout",
    "Elif",
    "Cas",
    "Nina",
    "Rayan",
    "Juul",
    "Sofia",
    "Tuur",
    "Lina",
    "Arthur",
    "Zoé",
    "Bilal",
    "Marie",
    "Emre",
    "Hanne",
    "Oscar",
    "Salma",
)
_FAMILY = (
    "Peeters",
    "El Amrani",
    "Janssens",
    "Yilmaz",
    "Maes",
    "Nowak",
    "Jacobs",
    "Haddad",
    "Willems",
    "Claes",
    "Diallo",
    "Goossens",
    "Wouters",
    "Aydin",
    "De Smet",
    "Ivanova",
    "Dubois",
    "Van den Broeck",
    "Özdemir",
    "Nguyễn",
)
_STREETS = (
    "Lindelaan",
    "Molenstraat",
    "Kerkplein",
    "Vaartdijk",
    "Tuinwijk",
    "Stationsstraat",
    "Bleekhof",
    "Nieuwe Weg",
)
_ADULT_FROM, _ADULT_TO = 24, 68  # years


class People:
    """Draws invented people, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        """Begin with a seed."""
        self.rng = random.Random(seed)

    def adult(self, year: int) -> dict[str, Any]:
        """Return an adult in ``year``, as a form is filled in."""
        return self._person(date(year - self.rng.randint(_ADULT_FROM, _ADULT_TO), self.rng.randint(1, 12), 15))

    def child(self, born: int) -> dict[str, Any]:
        """Return a child born in a year."""
        return self._person(date(born, self.rng.randint(1, 12), self.rng.randint(1, 28)))

    def _person(self, born: date) -> dict[str, Any]:
        rng = self.rng
        return {
            "given": rng.choice(_GIVEN),
            "family": rng.choice(_FAMILY),
            "born": born.isoformat(),
            "street": f"{rng.choice(_STREETS)} {rng.randint(1, 140)}",
            "place": f"9999 {TOWN}",
            "reach": f"0{rng.randint(400, 499)} 00 00 {rng.randint(10, 99)}",
            "language": rng.choices(("nl", "fr", "en"), (8, 1, 1))[0],
            "post": rng.choice(("yes", "no")),
        }
