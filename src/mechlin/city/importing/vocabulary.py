"""What headings and cells mean, in the words of offices: English, Dutch, French, German and Swedish.

Each entry is a pattern for a heading or a cell in small letters, what it stands for in a mapping, and how sure that is
when nothing else is known. Earlier entries hold before later ones.
"""

import re
from functools import cache
from typing import NamedTuple

from mechlin.city.importing.mapping import band_of
from mechlin.city.tables.countries import country_codes, country_of
from mechlin.city.tables.reading import TABLES


class Meaning(NamedTuple):
    """What a word stands for: a place in the mapping, and how sure that is (0 to 1)."""

    target: str
    sure: float
    word: str


_HEADINGS = (
    (r"^(?:jaar|year|år|jahr|ann[eé]e|perioden?|tid|time_period)$", "year", 0.95),
    (
        r"^(?:bc_code|gwb_?code.*|wijk_?code|buurt_?code|wijkenenbuurten|cd_sector|cd_refnis|iris|com|geo|geo_?code|ref_area|"
        r"regso_?kod|deso_?kod|(?:area|region|ward|lsoa|msoa|district)[_ ]?code.*|.*regiocode.*|code|kod|objekt_?id|codering.*)$",
        "code",
        0.9,
    ),
    (
        r"^(?:bc_name|(?:wijk|buurt|gebieds?)_?na(?:a)?m|gwb_naam|tx_descr.*|lib(?:iris|com|elle|ellé).*|(?:area|region|ward|"
        r"district)[_ ]?name|na(?:a)?m|name|namn|nom|bezeichnung|stadtteil|quartier|gemeentenaam.*|wijken|regio'?s?)$",
        "name",
        0.85,
    ),
    (r"^(?:region|område|stadsdel|regso|deso|area|gebied|wijk|buurt|sector|secteur|ward|bezirk|gebiet)$", "area", 0.85),
    (r"dens|dicht|täthet|densit", "-", 0.7),
    (r"huish.*(?:gr|grootte|size)|gemiddeldehuishoud|taille", "-", 0.7),
    (r"huish|households|hushåll|haushalt|m[eé]nages|(?:^|_)men$", "households", 0.85),
    (r"leeg|onbewoond|vacan|logvac|leerst|\btomma", "homes.vacant", 0.8),
    (r"corporatie|social.*(?:rent|hous|huur)|sociale|hlm|allmännytt|kommunalt ägd|council", "homes.social", 0.8),
    (r"koop|owner|eigen(?:dom|aar|tum)|äganderätt|bostadsrätt|propri|rp_prop|eigentümer", "homes.owner", 0.8),
    (
        r"particuliere? ?(?:huur|verhuur)|private? ?rent|overigeverhuurders|privathyres|priv[eé]",
        "homes.private_rent",
        0.8,
    ),
    (r"huurwon|hyresrätt|rented|\brent\b|locataire|rp_loc$|miet", "homes.rent", 0.75),
    (r"woning(?:en|voorraad)|dwellings|bostäder|logements|(?:^|_)log$|wohnungen|\bhomes\b", "homes.total", 0.75),
    (r"ink|income|revenu|einkommen|lön|wage|salar|salaire|lohn|disp_med|medelvärde.*tkr", "income_median_eur", 0.7),
    (
        r"edu.*(?:low|laag)|(?:laag|low|lager).*(?:opgel|opleid|edu|onderwijs)|opleidingsniveaulaag|onderwijs.*laag|förgymn|"
        r"grundskol",
        "education.low",
        0.85,
    ),
    (
        r"edu.*mid|(?:midd?el).*(?:opgel|opleid|edu)|opleidingsniveaumiddel|onderwijs.*midd|gymnasial utb",
        "education.mid",
        0.85,
    ),
    (
        r"edu.*high|(?:hoog|high|hoger).*(?:opgel|opleid|edu)|opleidingsniveauhoog|onderwijs.*hoog|eftergymn",
        "education.high",
        0.85,
    ),
    (r"stichting|vereniging|leisure|verein|förening|associat|club", "-", 0.9),
    (r"unempl|werkl(?:oos|ozen)|werkloosheid|arbetslös|chôm|arbeitslos", "-", 0.8),
    (r"oppervlakte.*water|water", "-", 0.8),
    (r"oppervlakte|superficie|fläche|areal|\barea_?(?:km2|ha)|km2|km²|opp_", "area_km2", 0.75),
    (r"winkels|\bshops|commerces|butiker|läden", "shops", 0.7),
    (r"turk|turc|türk|(?:^|_)tur$", "background.turkish", 0.8),
    (r"mar(?:ok|oc)|mor(?:occ)|(?:^|_)mar$", "background.moroccan", 0.8),
    (r"suri|(?:^|_)sur$", "background.surinamese", 0.8),
    (r"antil|(?:^|_)ant$|aruba", "background.antillean", 0.8),
    (r"overig.*niet.?west|other_?nw|nietwesters.*overig|overigniet", "background.other", 0.75),
    (r"niet.?westers|non.?western", "background.non_western", 0.7),
    (r"westers|western|(?:^|_)w$", "background.western", 0.75),
    (
        r"autoch|nederlandse? (?:acht|herk)|dutch|inrikes|född.*sverige|belg|native|fran[cç]ais|deutsche?$",
        "background.majority",
        0.75,
    ),
    (r"étrang|utrikes|foreign|ausländ|immigr", "background.abroad", 0.7),
    (
        r"man(?:nen)?\b|vrouw|women|male|kvinn|\bmän\b|hommes|femmes|männer|frauen|geboorte|birth|sterf|death|gehuwd|married|"
        r"gescheiden|divorc|verweduwd|widow",
        "-",
        0.6,
    ),
    (
        r"inwoners|population|^pop(?:ulation)?(?:_|$)|(?:^|_)pop$|residents|folkmängd|befolkning|bevolking|habitants|einwohner|"
        r"bevölkerung|aantalinw|ms_population|usual residents|personen$|people",
        "people",
        0.9,
    ),
    (r"beschrij|descript|opmerk|note|comment|style(?:id|url)?$", "-", 0.8),
)
HEADINGS = tuple((re.compile(pattern), target, sure) for pattern, target, sure in _HEADINGS)
# Columns whose cells say what is counted, in long tables.
DIMENSIONS = (
    (re.compile(r"upplåtelse|tenure|eigendom|statut d.occupation|besitz|woning.*type"), "homes"),
    (re.compile(r"födelse|herkomst|migratie|birth|nationali|origine|origin|herkunft|staatsang|bakgrund"), "background"),
    (re.compile(r"ålder|leeftijd|age|âge|alter"), "age"),
    (re.compile(r"utbild|opleiding|onderwijs|educat|dipl|bildung"), "education"),
    (re.compile(r"kön|geslacht|sex|gender|sexe|geschlecht"), "sex"),
    (re.compile(r"inkomst|inkomen|income|revenu|einkommen"), "income"),
)
# Cells of those columns.
CELLS = {
    "homes": (
        (re.compile(r"äganderätt|bostadsrätt|koop|own|propri|eigent"), "homes.owner"),
        (re.compile(r"corporatie|social|allmännytt|hlm|public"), "homes.social"),
        (re.compile(r"hyresrätt|huur|rent|locat|miet"), "homes.rent"),
        (re.compile(r"saknas|onbekend|unknown|not stated|inconnu|unbekannt"), "-"),
    ),
    "background": (
        (
            re.compile(r"sverige|inrikes|nederland|belgi|france|deutschland|born in the uk|native"),
            "background.majority",
        ),
        (re.compile(r"utrikes|abroad|foreign|étrang|ausland|buitenland"), "background.abroad"),
    ),
    "education": (
        (re.compile(r"förgymn|laag|low|grundskol|primaire"), "education.low"),
        (re.compile(r"eftergymn|hoog|high|supérieur|hoch"), "education.high"),
        (re.compile(r"gymnas|midde|mid|secondaire|mittel"), "education.mid"),
    ),
}
_BANDS = (
    re.compile(r"(?<!\d)(\d{1,2})\s*(?:t|tot|to|till|bis|t/m|tm|à|a|-|–|_)\s*(\d{1,3})(?!\d)"),
    re.compile(r"pop(\d{2})(\d{2})$"),
)
_OPEN = re.compile(
    r"(?<!\d)(\d{1,3})\s*(?:\+|plus|p$|_?up|jaar ?of ?ouder|en ?ouder|ans et plus|och äldre|and over|oder älter)"
)
_AGE_WORD = re.compile(r"age|leeftijd|ålder|alter|âge|jaar|jahre|\bår\b|ans\b|^pop|_pop\d|^k_\d")
# Whose wages, whose tax, whose purse: notions of income in headings and cells.
NOTIONS = (
    (re.compile(r"lön|wage|salar|salaire|lohn|earn"), "mean wage"),
    (re.compile(r"tax|belast|impos|fisc|steuer|net belastbaar"), "mean taxable income"),
    (re.compile(r"huishouden|household|hushåll|ménage|haushalt"), "mean household income"),
    (re.compile(r"gemiddeld|mean|medel|moyen|average|durchschnitt|mittel"), "mean net income"),
)


def own_column(heading: str) -> str:
    """Return the place in a mapping of a column that is called as the city's own tables call it, or an empty word."""
    name = heading.strip().removesuffix("_2001")
    for start, group in (("share_background_", "background"), ("share_education_", "education"), ("homes_", "homes")):
        if name.startswith(start) and name != "homes_poor_quality_share":
            return f"{group}.{name.removeprefix(start)}"
    if name.startswith("share_age_"):
        return f"age.{name.removeprefix('share_age_').replace('_up', '+').replace('_', '-')}"
    if name == "homes":
        return "homes.total"
    return name if name in (*TABLES["areas.csv"].numbers, *TABLES["areas.csv"].optional_numbers, "code", "name") else ""


def heading_meaning(heading: str) -> Meaning:
    """Return what a heading probably stands for; the target is empty where no word of it is known."""
    small = heading.casefold().strip()
    if own := own_column(heading):
        return Meaning(own, 0.9, heading)
    band = age_band(small)
    if band and _AGE_WORD.search(small):
        return Meaning(f"age.{band}", 0.85, f"ages {band}")
    for pattern, target, sure in HEADINGS:
        if found := pattern.search(small):
            return Meaning(target, sure, found[0])
    return Meaning("", 0.0, "")


def age_band(text: str) -> str:
    """Return the band of ages in a heading or cell, as ``0-17`` or ``65+``; an empty word where there is none."""
    small = text.casefold()
    if found := _OPEN.search(small):
        return f"{int(found[1])}+"
    for pattern in _BANDS:
        found = pattern.search(small)
        if found and int(found[1]) < int(found[2]) <= 120 and band_of(f"{int(found[1])}-{int(found[2])}"):
            return f"{int(found[1])}-{int(found[2])}"
    return ""


def dimension_kind(heading: str) -> str:
    """Return what the cells of a column tell apart (homes, background, age ...), or an empty word."""
    return next((kind for pattern, kind in DIMENSIONS if pattern.search(heading.casefold())), "")


def cell_target(kind: str, cell: str) -> str:
    """Return what a cell of such a column stands for: a place in the mapping, ``-`` for nothing, or an empty word."""
    if kind == "age":
        band = age_band(cell)
        return f"age.{band}" if band else ""
    small = cell.casefold().strip()
    found = next((target for pattern, target in CELLS.get(kind, ()) if pattern.search(small)), "")
    exact = _tenures().get(small, "") if kind == "homes" else ""
    plain = (
        exact == "homes.private_rent" and found == "homes.rent" and " " not in small
    )  # rented, nothing says from whom
    return found if plain or not exact else exact


@cache
def _tenures() -> dict[str, str]:
    """Return the words for tenures of every country's profile, with the place in a mapping that each stands for."""
    profiles = [country_of(code) for code in country_codes()]
    return {
        word.casefold(): f"homes.{tenure}"
        for profile in profiles
        if profile is not None
        for tenure, words in profile.tenure_words.items()
        for word in words
    }


def notion_of(*words: str) -> str:
    """Return which notion of income words speak of, or an empty word for the city's own."""
    text = " ".join(words).casefold()
    return next((notion for pattern, notion in NOTIONS if pattern.search(text)), "")
