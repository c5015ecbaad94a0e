"""Write the pages and pictures that are made from the schema, the layers and the command line: ``make docs``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Write everything below a folder, docs itself unless another is given."""
    sys.path.insert(0, str(ROOT))  # the generator has one name, docs.generator, here and in the tests
    from docs.generator.pages import pages
    from docs.generator.pictures import draw
    from docs.generator.schedules import draw_schedule

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "docs", metavar="FOLDER", help="default: docs")
    parser.add_argument("--pages-only", action="store_true", help="draw no pictures")
    arguments = parser.parse_args()
    for name, text in pages().items():
        path = arguments.into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    pictures = arguments.into / "pictures"
    return 0 if arguments.pages_only else draw(pictures) or draw_schedule(pictures)


if __name__ == "__main__":
    sys.exit(main())
