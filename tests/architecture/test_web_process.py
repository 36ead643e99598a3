"""A web process never holds the text model: encoding is done where jobs are done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.site import Site

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from tests import world
from tests.site import Site

site = Site(world.make_settings(Path(sys.argv[1])))
pages = sum(1 for role in ("officer",) for _ in site.walk(role))
heavy = {"torch", "transformers", "sentence_transformers", "tokenizers"} & set(sys.modules)
print(pages, sorted(heavy))
"""


def test_no_page_loads_the_model(sample_site: Site) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(sample_site.app.settings.data_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    count, loaded = done.stdout.strip().splitlines()[-1].split(" ", 1)
    assert int(count) > 40
    assert loaded == "[]"
