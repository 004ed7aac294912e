"""Build the wheel, install it where nothing of the checkout is seen, and use it there.

Offline: the dependencies are those of the environment that runs this, reached by a
path file – which does not make an editable install visible.
"""

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="patentwatch-wheel-") as name:
        folder = Path(name)
        wheel = _build(folder / "dist")
        _look_inside(wheel)
        python = _install(wheel, folder / "venv")
        _use(python, folder / "empty")
        sys.stdout.write(f"{wheel.name} works\n")


def _run(*command: str | Path, cwd: Path = ROOT, may: tuple[int, ...] = (0,)) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        # Nobody's own settings count, and what tools leave at home is not left here.
        "HOME": tempfile.gettempdir() if cwd == ROOT else str(cwd),
        "LC_ALL": "C.UTF-8",
        "PYTHONWARNINGS": "error::DeprecationWarning:patentwatch",
    }
    done = subprocess.run(  # noqa: S603 - our own words
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in may:
        words = " ".join(str(word) for word in command)
        sys.exit(f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def _build(folder: Path) -> Path:
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    return next(folder.glob("*.whl"))


def _look_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    wanted = {f"patentwatch/{_inner(p)}" for p in _shipped()}
    if missing := sorted(wanted - inside):
        sys.exit(f"missing in the wheel: {missing}")
    if foreign := [n for n in inside if not n.startswith("patentwatch")]:
        sys.exit(f"does not belong into the wheel: {foreign}")


def _shipped() -> list[Path]:
    folders = ("patentwatch", "migrations", "alerts/templates")
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return [p for p in found if p.is_file() and "__pycache__" not in p.parts]


def _inner(path: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    for outside, inside in (
        ("patentwatch/", ""),
        ("migrations/", "_migrations/"),
        ("alerts/templates/", "_templates/"),
    ):
        if name.startswith(outside):
            return inside + name.removeprefix(outside)
    return name


def _install(wheel: Path, folder: Path) -> Path:
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--quiet")
    offline = ("--no-deps", "--no-index", "--disable-pip-version-check")
    _run(*pip, "install", *offline, wheel)
    ours = sysconfig.get_path("purelib", vars={"base": str(folder)})
    dependencies = sysconfig.get_path("purelib")
    (Path(ours) / "dependencies.pth").write_text(f"{dependencies}\n", "utf-8")
    return python


def _use(python: Path, empty: Path) -> None:
    empty.mkdir()
    patentwatch = python.with_name("patentwatch")
    where = "import patentwatch; print(patentwatch.__file__)"
    if (found := _run(python, "-c", where, cwd=empty).strip()).startswith(str(ROOT)):
        sys.exit(f"the checkout was used: {found}")
    every = (
        "import pkgutil, importlib, patentwatch as p\n"
        "for m in pkgutil.walk_packages(p.__path__, 'patentwatch.'):\n"
        "    if not m.name.partition('.')[2].startswith(('_', 'cli._')):\n"
        "        importlib.import_module(m.name)\n"
    )
    _run(python, "-c", every, cwd=empty)
    _run(patentwatch, "--version", cwd=empty)
    _run(patentwatch, "--help", cwd=empty)
    _run(patentwatch, "db", "upgrade", cwd=empty)
    _run(patentwatch, "db", "check", cwd=empty)
    report = json.loads(_run(patentwatch, "doctor", "--json", cwd=empty, may=(0, 1)))
    wrong = [f for f in report["findings"] if f["subject"] == "模板" and not f["ok"]]
    if wrong:
        sys.exit(f"doctor in an empty folder: {wrong}")


if __name__ == "__main__":
    main()
