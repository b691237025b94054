"""A folder of what was measured as others read it: a Frictionless data package, and DCAT-AP for data portals.

Both are made from the tables and measured.toml; CSV stays CSV. The licences are those of the cards.

Sources: Frictionless Data Package 1.0 (https://specs.frictionlessdata.io/data-package); DCAT-AP 3.0
(https://semiceu.github.io/DCAT-AP); frequencies and languages from the EU vocabularies that it names.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from mechlin.core.files import write_text
from mechlin.evaluation.cards import BREAKS, CARDS, DIRECTIONS, LEVELS, OBSERVATIONS, ORDER, YEARS
from mechlin.evaluation.observations import STATUSES, Measured

PACKAGE_FILE, CATALOGUE_FILE = "datapackage.json", "catalogue.jsonld"
_TITLES = {
    CARDS: "Cards of the indicators",
    OBSERVATIONS: "Observations, every edition",
    BREAKS: "Breaks in the series",
}
_KEYS = {CARDS: ["name"], OBSERVATIONS: ["indicator", "place", "period", "edition"], BREAKS: ["indicator", "period"]}
_NUMBERS = ("value", "low", "high", "survey_margin", "size")
_WHOLE = ("n", "survey_n")
_DATES = ("published_on", "retrieved_on", "next_release")
_NEEDED = {
    CARDS: ("name", "title_en", "definition", "unit", "better", "source", "licence", "level"),
    OBSERVATIONS: ("indicator", "period", "value", "edition", "published_on", "status"),
    BREAKS: ("indicator", "period", "what"),
}
_CHOICES = {"better": DIRECTIONS, "level": LEVELS, "status": STATUSES}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGES = {"en": "title_en", "nl": "title_nl", "fr": "title_fr"}


def data_package(measured: Measured) -> dict[str, Any]:
    """Return the descriptor of a folder: its tables with types, keys, what is allowed, size and digest."""
    licences = sorted({card.licence for card in measured.cards.values() if card.licence})
    sources = sorted({card.source for card in measured.cards.values() if card.source})
    return {
        "profile": "tabular-data-package",
        "name": _slug(measured.head.place) + "-measured",
        "title": measured.head.title,
        "contributors": [{"title": measured.head.publisher, "role": "publisher"}],
        "licenses": [{"title": text} for text in licences],
        "sources": [{"title": text} for text in sources],
        "resources": [_resource(measured.folder / file) for file in _TITLES if (measured.folder / file).is_file()],
    }


def _resource(path: Path) -> dict[str, Any]:
    data, file = path.read_bytes(), path.name
    head = data.decode("utf-8-sig").splitlines()[:1]
    columns = [c.strip() for c in head[0].split(",")] if head else list(ORDER[file])
    schema: dict[str, Any] = {
        "fields": [_field(file, column) for column in columns],
        "primaryKey": _KEYS[file],
        "missingValues": [""],
    }
    if file != CARDS:
        reference = {"resource": Path(CARDS).stem, "fields": "name"}
        schema["foreignKeys"] = [{"fields": "indicator", "reference": reference}]
    return {
        "profile": "tabular-data-resource",
        "name": path.stem,
        "title": _TITLES[file],
        "path": file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": schema,
    }


def _field(file: str, name: str) -> dict[str, Any]:
    kind = "number" if name in _NUMBERS else "integer" if name in _WHOLE else "date" if name in _DATES else "string"
    limits: dict[str, Any] = {"required": True} if name in _NEEDED[file] else {}
    if name == "period":
        kind = "year"
        limits |= {"minimum": str(YEARS[0]), "maximum": str(YEARS[1])}
    if name in _CHOICES:
        limits["enum"] = list(_CHOICES[name])
    return {"name": name, "type": kind, **({"constraints": limits} if limits else {})}


def catalogue(measured: Measured) -> dict[str, Any]:
    """Return a DCAT-AP catalogue (JSON-LD): a data set for each indicator, with its years, licence and files."""
    publisher = {"@type": "foaf:Agent", "foaf:name": measured.head.publisher}
    home = measured.head.home.rstrip("/")
    root = home or f"urn:measured:{_slug(measured.head.place)}"
    sets = []
    for card in measured.cards.values():
        seen = measured.current(card.name)
        named: dict[str, Any] = {
            "@id": f"{root}/{card.name}" if home else f"{root}:{card.name}",
            "@type": "dcat:Dataset",
            "dct:identifier": card.name,
            "dct:title": [
                {"@language": language, "@value": getattr(card, field)}
                for language, field in _LANGUAGES.items()
                if getattr(card, field)
            ],
            "dct:description": {"@language": "en", "@value": card.definition},
            "dct:publisher": publisher,
            "dct:source": card.source,
            "dcat:keyword": [card.unit, card.level],
            "dcat:distribution": [_distribution(f"{root}/{file}" if home else file, card.licence) for file in _TITLES],
        }
        if seen:
            first, last = seen[0].period, max(o.period for o in seen)
            named["dct:temporal"] = {
                "@type": "dct:PeriodOfTime",
                "dcat:startDate": {"@type": "xsd:date", "@value": f"{min(first, last):04d}-01-01"},
                "dcat:endDate": {"@type": "xsd:date", "@value": f"{last:04d}-12-31"},
            }
            newest = max(o.published_on for o in measured.observations if o.indicator == card.name)
            named["dct:modified"] = {"@type": "xsd:date", "@value": str(newest)}
        sets.append(named)
    return {
        "@context": _CONTEXT,
        "@id": root,
        "@type": "dcat:Catalog",
        "dct:title": measured.head.title,
        "dct:description": f"{measured.head.title}: indicators of {measured.head.place}, every edition kept",
        "dct:publisher": publisher,
        "dct:spatial": {"@type": "dct:Location", "skos:prefLabel": measured.head.place},
        "dcat:dataset": sets,
    }


def _distribution(address: str, licence: str) -> dict[str, Any]:
    return {
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": address},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"},
        "dct:license": licence,
    }


def describe(measured: Measured) -> Path:
    """Write the descriptor of a folder, datapackage.json, and return where it is."""
    return write_text(measured.folder / PACKAGE_FILE, json.dumps(data_package(measured), indent=1, ensure_ascii=False))


def export(measured: Measured) -> Path:
    """Write the catalogue of a folder, catalogue.jsonld, and return where it is."""
    return write_text(measured.folder / CATALOGUE_FILE, json.dumps(catalogue(measured), indent=1, ensure_ascii=False))


def _slug(text: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in text.casefold()).strip("-") or "place"
