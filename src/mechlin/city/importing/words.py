"""Words that offices use in headings and cells, in English, Dutch, French, German and Swedish."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Columns that have a year in every row.
YEARS = _words(
    "year years jaar jaren perioden periode année annee annees an år ar tid jahr zeit time_period time obs_time date"
)
# What the sum of all areas is called.
SUMS = _words(
    "total totaal totalt totals tot summa sum som insgesamt gesamt ensemble hela alla t _t all alle tous toutes city "
    "stad staden gemeente kommun kommune stadt ville municipality samtliga"
)
# What the sum of all values of a dimension is called.
TOTALS = _words("total totaal totalt totals t _t insgesamt ensemble samtliga båda könen alla all summa both deux")
# Columns that name areas.
AREAS = _words(
    "code area region regio wijk wijken buurt buurten gebied gemeente sector secteur quartier iris commune område "
    "stadsdel regso deso kommun distrikt gebiet stadtteil bezirk geo ref_area ward lsoa msoa zone wijkcode buurtcode "
    "gwb_code regiocode wijknaam buurtnaam naam name namn nom label libellé libelle bezeichnung"
)
