"""Command of the local language among adults who may have had to learn it, and lessons given."""

from mechlin.core.declare import Indicator
from mechlin.statistics.counting import share

INDICATORS = (
    Indicator(
        "good_language_share",
        "Good command of the local language",
        "share",
        "up",
        ("city.learners_fluent", "city.learners_once"),
        lambda view: share(view.city.learners_fluent[0], view.city.learners_once[0]),
        "adults of foreign origin with good command of the local language",
        "adults of foreign origin",
        "No official counterpart: the model does not know who was born abroad",
    ),
    Indicator(
        "lesson_hours",
        "Language lessons and practice",
        "hours",
        "up",
        ("city.lesson_hours",),
        lambda view: view.city.lesson_hours[0],
        "hours given in the year, each counted for each learner",
        "",
        "Doses of the package, and community work by service tenants",
        role="delivered",
    ),
)
