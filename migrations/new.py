"""Write a migration from what tables.py says: `python migrations/new.py "message"`.

With `--replace` the newest migration is written anew, for one that no installation has
run yet. Read what it wrote before you commit it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from patentwatch.store.engine import connect

HERE = Path(__file__).parent
VERSIONS = HERE / "versions"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message")
    parser.add_argument("--replace", action="store_true")
    arguments = parser.parse_args()
    numbered = sorted(VERSIONS.glob("[0-9]*.py"))
    if arguments.replace and numbered:
        numbered.pop().unlink()
    revision = f"{len(numbered) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        _write(f"sqlite:///{folder}/empty.db", revision, arguments.message)
    written = next(VERSIONS.glob(f"{revision}_*.py"))
    lines = written.read_text("utf-8").splitlines(keepends=True)
    kept = (line for line in lines if "# ###" not in line)
    written.write_text("".join(kept), "utf-8")
    for action in (["format", "--quiet"], ["check", "--quiet", "--fix"]):
        ruff = [sys.executable, "-m", "ruff", *action, str(written)]
        subprocess.run(ruff, check=True)  # noqa: S603 - our own words


def _write(url: str, revision: str, message: str) -> None:
    scripts = Config()
    scripts.set_main_option("script_location", str(HERE).replace("%", "%%"))
    scripts.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    engine = connect(url)
    try:
        with engine.begin() as connection:
            scripts.attributes["connection"] = connection
            command.upgrade(scripts, "head")
        with engine.begin() as connection:
            scripts.attributes["connection"] = connection
            command.revision(scripts, message, autogenerate=True, rev_id=revision)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
