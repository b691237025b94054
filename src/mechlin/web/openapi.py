"""What others may ask of the workbench, described as OpenAPI 3.1."""

from typing import Any

_SCENARIO = [
    (
        "base",
        "The package to start from: a name of the city's packages, safety-only, schools-only, meeting-only, nothing",
    ),
    ("against", "The package to hold it against; nothing unless told"),
    ("off", "Measures to leave out, with commas"),
    ("on", "Measures to add with their usual settings, with commas"),
    ("until", "The last month, as 2018-12"),
    ("runs", "Pairs of runs, 1 to 256"),
]
_MEASURE = {
    "name": "measure.setting",
    "in": "query",
    "required": False,
    "schema": {"type": "string"},
    "description": "A setting of a measure, for instance school_tours.families_per_year=40 or cameras.start=2005-01; a "
    "number that changes over time as 2001-01:51,2002-01:81; - leaves out what the base says.",
}
_ROUTES = {
    "/": ("The page", "text/html", True),
    "/health": ("Whether the server lives, and how much it has to do", "application/json", False),
    "/controls": ("Every measure with its doses and bands, and the packages to start from", "application/json", False),
    "/stream": ("Server-sent events: progress, answer, problem, stopped, done", "text/event-stream", True),
    "/estimate": (
        "An estimate from stored runs of other packages, not a run; or why there is none",
        "application/json",
        True,
    ),
    "/rehearse": ("All findings, as `mechlin rehearse --json` prints them", "application/json", True),
    "/report.html": ("The whole report in one file", "text/html", True),
    "/measured": ("What other towns did, where panels of them go with the city", "text/html", False),
    "/package.toml": ("The scenario as a package file", "application/toml", True),
}


def description(version: str) -> dict[str, Any]:
    """Return the description; everything but ``/health`` needs the token where the server has one."""
    query = [
        {"name": n, "in": "query", "required": False, "schema": {"type": "string"}, "description": told}
        for n, told in _SCENARIO
    ] + [_MEASURE]
    refused = {
        "description": "What is not possible, in sentences",
        "content": {"application/json": {"schema": _PROBLEMS}},
    }
    paths: dict[str, Any] = {
        path: {
            "get": {
                "summary": told,
                "operationId": path.strip("/").replace(".", "_") or "page",
                "parameters": query if asks else [],
                "responses": {
                    "200": {"description": told, "content": {kind: {}}},
                    **({"422": refused} if asks else {}),
                },
            }
        }
        for path, (told, kind, asks) in _ROUTES.items()
    }
    paths["/package"] = {
        "post": {
            "summary": "A package file in: its settings and the query of the page that shows it",
            "operationId": "package",
            "requestBody": {"required": True, "content": {"application/toml": {"schema": {"type": "string"}}}},
            "responses": {
                "200": {"description": "Settings and query", "content": {"application/json": {}}},
                "413": {**refused, "description": "More than 1 MB"},
                "422": refused,
            },
        }
    }
    paths["/side-by-side"] = {
        "post": {
            "summary": "Two or three packages side by side, as a table: a list of names and queries",
            "operationId": "side_by_side",
            "requestBody": {"required": True, "content": {"application/json": {"schema": _PACKAGES}}},
            "responses": {
                "200": {"description": "The table as HTML", "content": {"application/json": {}}},
                "413": {**refused, "description": "More than 1 MB"},
                "422": refused,
            },
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Mechlin workbench", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


_PACKAGES = {
    "type": "array",
    "minItems": 2,
    "maxItems": 3,
    "items": {
        "type": "object",
        "required": ["name", "query"],
        "properties": {"name": {"type": "string"}, "query": {"type": "string"}},
    },
}
_PROBLEMS = {
    "type": "object",
    "required": ["problems"],
    "properties": {"problems": {"type": "array", "items": {"type": "string"}}},
}
