"""Where a secret may be sent."""

import pytest

from patentwatch.endpoints import is_private


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://sms.example.cn", True),
        ("https://10.0.0.1:28888/x", True),
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8080/x", True),
        ("http://localhost", True),
        ("http://sms.example.cn", False),
        ("http://127.0.0.1.example.cn", False),
        ("http://localhost.example.cn", False),
        ("http://10.0.0.1", False),
        ("https://", False),
        ("https://user:secret@sms.example.cn", False),
        ("http://127.0.0.1@example.cn", False),
        ("ftp://127.0.0.1", False),
        ("sms.example.cn", False),
        ("https://[::1", False),
        ("https://a:99999999", False),
        ("", False),
    ],
)
def test_only_https_and_this_machine_are_private(url: str, *, private: bool) -> None:
    assert is_private(url) is private
