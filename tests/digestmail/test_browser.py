"""The page of a digest in a real browser: fits a telephone, asks no host."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from patentwatch import digestmail
from patentwatch.digests.making import of
from patentwatch.model import Tier
from tests.digestmail.test_mail import CASES
from tests.make_digests import HERE, QUIET, material, patent, risk

NO_BROWSER = "PATENTWATCH_TEST_NO_BROWSER"
LONG = risk(
    1,
    Tier.FINAL,
    patent=patent(1, title="W" * 120, patentees="有" * 90),
    amount_yuan=99_999_999,
)
PAGES = CASES | {"long_names": of(material(**QUIET | {"risks": (LONG,)}), HERE)}
# A window cannot be as narrow as a telephone, a frame can.
FRAME = """<body><iframe style="border:0" width="{width}" height="20000"
srcdoc="{page}" onload="const it = this.contentDocument.documentElement;
document.body.dataset.wide = it.scrollWidth + '/' + it.clientWidth"></iframe>"""


@pytest.fixture(scope="module")
def browser() -> str:
    """Return a Chromium; `make test` installs it where it may."""
    if os.environ.get(NO_BROWSER):
        pytest.skip(f"{NO_BROWSER} is set")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail(
            "Chromium is missing: install the package `chromium`, or skip knowingly "
            f"with {NO_BROWSER}=1"
        )
    return found


@pytest.fixture
def asked() -> Iterator[tuple[int, list[str]]]:
    """Yield the port of a proxy on loopback, and what it was asked for."""
    found: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_error(404)

        do_CONNECT = do_POST = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, found
    server.shutdown()
    thread.join()
    server.server_close()


def opened(browser: str, page: str, folder: Path, *, width: int, proxy: int) -> str:
    """Return the document as the browser has it after opening a page."""
    file = folder / "page.html"
    framed = FRAME.format(width=width, page=escape(page))
    file.write_text(f"<!DOCTYPE html>{framed}", encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own words
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu",
            "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--no-first-run", "--disable-default-apps",
            f"--user-data-dir={folder / 'profile'}", "--window-size=1200,1700",
            f"--proxy-server=http://127.0.0.1:{proxy}",
            "--proxy-bypass-list=<-loopback>", "--dump-dom", file.as_uri(),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )  # fmt: skip
    return done.stdout.decode()


@pytest.mark.parametrize("width", [390, 1000])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_asks_no_host(
    browser: str,
    asked: tuple[int, list[str]],
    tmp_path: Path,
    name: str,
    width: int,
) -> None:
    port, requests = asked
    page = digestmail.shown(PAGES[name]).html
    document = opened(browser, page, tmp_path, width=width, proxy=port)
    assert f'data-wide="{width}/{width}"' in document
    # Its maker is asked by the browser itself, whatever the page.
    assert [one for one in requests if "google" not in one] == []


def test_a_page_with_an_outside_image_would_be_noticed(
    browser: str, asked: tuple[int, list[str]], tmp_path: Path
) -> None:
    port, requests = asked
    page = '<body style="margin:0;width:800px"><img src="http://images.example/a.png"></body>'
    document = opened(browser, page, tmp_path, width=390, proxy=port)
    assert 'data-wide="8' in document  # wider than it should be
    assert any("images.example" in one for one in requests)
