"""Check every link of the notes: python scripts/check_links.py --help.

The thin door: the stages are in detection_notes/links/__main__.py, which is what check-links starts where it is installed.
"""

import sys

from detection_notes.links.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
