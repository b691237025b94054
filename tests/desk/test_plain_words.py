"""Letters and pages for residents are plain, as for readers of level B1: no word of offices, no long sentence.

The words are of the kind that guides to plain writing ask clerks to avoid (background knowledge, not one list). A count says
more than nothing and less than a reader: a town tries its letters on residents too.
"""

import re

import pytest

from mechlin.desk.casework import letters
from mechlin.desk.procedures import catalogue
from tests.desk.said import ROOT, of_procedure, of_source, of_templates

AVOIDED = {
    "nl": """aangaande|aanwenden|aldus|alsmede|alsook|behoudens|behelst|bekomen|betreffende|bewerkstelligen|bijgevolg|
        conform|daar|daaromtrent|derhalve|desalniettemin|desbetreffende|dewelke|dienen|dient|diens|dienaangaande|doch|doeleinden|
        eensgezind|evenwel|gaarne|gelieve|geschieden|hetgeen|hierbij|hiertoe|hieromtrent|hoedanigheid|immer|indien|ingevolge|
        inzake|jegens|krachtens|middels|mits|naar aanleiding van|nopens|nochtans|omtrent|ondergetekende|onderhavig|
        ongeacht|onverwijld|reeds|respectievelijk|schrijven van|slechts|te allen tijde|tenzij|ten behoeve van|teneinde|
        terzake|thans|tot op heden|uwentwege|van rechtswege|verscheidene|vermits|vervolgens|voormelde|voornoemde|vooralsnog|
        wederom|zodoende|zulks""",
    "fr": """afférent|afférente|afin de|à l'instar de|attendu que|au titre de|ci-après|ci-joint|concernant|conformément|
        corollaire|dans le cadre de|dès lors|diligenter|dudit|eu égard|en l'espèce|en sus|en vertu de|ès qualités|
        faire droit|icelui|idoine|in fine|jurisprudence|ladite|ledit|lesdits|le cas échéant|moyennant|nonobstant|notamment|
        nul n'est|obérer|outre|par la présente|pécuniaire|préalablement|préjudiciable|présentement|proroger|quant à|
        relatif à|relative à|saisine|sis|stipuler|subséquent|subséquemment|susmentionné|susmentionnée|susvisé|surseoir|
        usager|veuillez agréer""",
    "en": """accordingly|aforementioned|aforesaid|ascertain|commence|forthwith|furnish|hereby|herein|hereinafter|heretofore|
        hitherto|in accordance with|in lieu|in respect of|inter alia|notwithstanding|per annum|prior to|pursuant|
        regarding|henceforth|shall|subsequent to|terminate|therein|thereof|thereto|undersigned|utilise|viz|whereas|whereby|
        whereof|with a view to|with regard to|with respect to""",
}
LONGEST = {"nl": 27, "fr": 31, "en": 26}  # words in a sentence; French needs more of them for the same
NAMES = "Commissie inzake Leerlingenrechten"
LAW = re.compile(r"\[GK\]|\bart(?:icle|ikel|\.)", re.IGNORECASE)  # the law's own name stands after the plain words


def for_residents():
    """Return what residents read: letters, pages and forms; the law's own name left out."""
    texts = of_templates() | of_source(ROOT / "procedures") | of_source(ROOT / "casework")
    for procedure in catalogue().values():
        texts |= of_procedure(procedure)
    return sorted(text for text in texts if not LAW.search(text))


def too_hard(text, code):
    """Return what in a text is not plain: avoided words, and sentences that are too long."""
    words = "|".join(re.escape(w.strip()) for w in AVOIDED[code].replace("\n", "").split("|"))
    found = re.findall(rf"(?<![\w-])(?:{words})(?![\w-])", text.replace(NAMES, ""), re.IGNORECASE)
    for sentence in re.split(r"[.:;?!]\s", text):
        long = len(re.findall(r"[\w'’{}-]+", sentence)) > LONGEST[code]
        found += [f"long: {sentence}"] if long else []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("code", ["nl", "fr", "en"])
def test_what_residents_read_is_plain(code):
    say = letters.language(code)
    found = {say(text): hard for text in for_residents() if (hard := too_hard(say(text), code))}
    assert found == {}


def test_what_is_not_plain_is_found():
    assert too_hard("Gelieve onverwijld te reageren.", "nl") == ["Gelieve", "onverwijld"]
    assert too_hard("Nonobstant l'article ci-après, dès lors.", "fr") == ["Nonobstant", "ci-après", "dès lors"]
    assert too_hard("We shall terminate it forthwith.", "en") == ["shall", "terminate", "forthwith"]
    assert too_hard("word " * 40, "en")[0].startswith("long") and too_hard("daarna", "nl") == []
