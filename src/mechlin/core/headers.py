"""Headers that keep a browser from doing anything else with a page than showing it; for the workbench and the desk."""

_NOTHING_ELSE = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
WITH_SCRIPT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    + _NOTHING_ELSE
)
WITHOUT_SCRIPT = f"default-src 'none'; style-src 'self'; img-src 'self'; {_NOTHING_ELSE}"


def safe_headers(policy: str) -> dict[str, str]:
    """Return the headers of every answer, with the policy of what a page may load."""
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
