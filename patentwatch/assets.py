"""Where templates and migrations lie: inside the wheel, else in the checkout."""

from pathlib import Path

from patentwatch.errors import ConfigError

_PACKAGE = Path(__file__).parent


def templates() -> Path:
    """Return the folder that holds one folder per message."""
    return _first(_PACKAGE / "_templates", _PACKAGE.parent / "alerts" / "templates")


def migrations() -> Path:
    """Return the folder that holds alembic's env.py and `versions`."""
    return _first(_PACKAGE / "_migrations", _PACKAGE.parent / "migrations")


def _first(*places: Path) -> Path:
    for place in places:
        if place.is_dir():
            return place
    raise ConfigError(f"程序安装不完整：找不到 {places[0]}，请重新安装 patentwatch")
