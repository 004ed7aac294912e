"""What a fault needs of this machine; where it is missing the test says so."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest


def program(name: str) -> str:
    """Return where a program lies, or skip the test with the reason."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def namespace(*flags: str) -> list[str]:
    """Return how to start a process in namespaces of its own, or skip the test."""
    words = [program("unshare"), "--map-root-user", *flags]
    tried = subprocess.run(  # noqa: S603 - our own words
        [*words, "true"], capture_output=True, text=True, check=False
    )
    if tried.returncode != 0:
        pytest.skip(f"no namespaces for user {os.geteuid()}: {tried.stderr.strip()}")
    return words


def tracer() -> str:
    """Return strace, or skip the test where it may trace nothing."""
    found = program("strace")
    tried = subprocess.run(  # noqa: S603 - our own words
        [found, "-f", "-o", os.devnull, "true"], capture_output=True, check=False
    )
    if tried.returncode != 0:
        pytest.skip(f"strace may not trace here: {tried.stderr.decode().strip()}")
    return found


def clock_to_set() -> str:
    """Return the library that lets a process believe another time, or skip."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("faketime is not installed")
    return str(found[0])


def compiler() -> str:
    """Return a C compiler that makes libraries for this Python, or skip the test."""
    if not sysconfig.get_config_var("HAVE_SEM_CLOCKWAIT"):
        pytest.skip("this Python waits by the wall clock: moved, it would never wake")
    found = program("cc")
    tried = subprocess.run(  # noqa: S603 - our own words
        [found, "-shared", "-fPIC", "-x", "c", "-o", os.devnull, "-"],
        input="#include <stdio.h>\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode != 0:
        pytest.skip(f"cc makes no library here: {tried.stderr.strip()}")
    return found
