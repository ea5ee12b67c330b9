"""Finish a built site: python scripts/finish_site.py [FOLDER]

Called after any builder (MkDocs, ProperDocs, Zensical). Fills in the page of all links, the counts, the content
security policy, the search and the feed, and says what must not be published: exit status 1. Never touches the network.
"""

import argparse
import logging
import sys
from pathlib import Path

from detection_notes.finish.finish import finish
from detection_notes.links.lock import LockError
from detection_notes.links.policy import PolicyError
from detection_notes.links.settings import PagesError


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="the built folder (default: the one that the configuration names)")
    parser.add_argument("--config", type=Path, default=Path(__file__).parents[1] / "mkdocs.yml", help="the site's mkdocs.yml (default: this repository's)")
    said = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        problems = finish(said.config, said.folder)
    except (LockError, PolicyError, PagesError) as error:
        print(f"finish_site: {error}", file=sys.stderr)
        return 2
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(f"finish_site: {len(problems)} problems; do not publish this build", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
