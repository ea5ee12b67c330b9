"""What axe objects to on a page that is open in a browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ALSO_ASKED = ("target-size", "td-has-header")  # rules that axe leaves out unless they are asked for, and Lighthouse asks for
EVERYTHING = {"rules": {name: {"enabled": True} for name in ALSO_ASKED}}
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what the dark scheme can change


def objections(page: Page, options: dict[str, object] = EVERYTHING, context: str | None = None) -> list[str]:
    """Rule, place and reason of each; with a context only within what this selector finds."""
    only = {**options, "resultTypes": ["violations"]}  # what it does not object to fills megabytes on a long page
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in Axe().run(page, context=context, options=only).response["violations"]
        for node in rule["nodes"]
        # axe sees no text in MathML; screen readers do.
        if not (rule["id"] == "empty-table-header" and "<math" in node["html"])
    ]
