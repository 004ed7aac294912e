"""How often the service may be asked, by what it says itself."""

from datetime import UTC, datetime

import pytest

from patentwatch.bounded import Page
from patentwatch.sources.ops_limits import (
    Closed,
    Pace,
    Quota,
    nearly_used,
    next_hour,
    next_week,
    per_minute,
    refused,
)

NOW = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)  # a Wednesday
IDLE = "idle (images=green:200, inpadoc=green:60, other=green:1000, search=green:30)"
BUSY = "busy (images=green:100, inpadoc=green:45, other=green:1000, search=green:15)"


def page(status: int = 200, body: bytes = b"", **headers: str) -> Page:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(status, names, body)


@pytest.mark.parametrize(
    ("control", "allowed"),
    [
        pytest.param(IDLE, 60, id="captured-idle"),
        pytest.param(BUSY, 45, id="captured-busy"),
        pytest.param("busy (inpadoc=yellow:45)", 22, id="half-of-an-odd-number"),
        pytest.param("busy (inpadoc=red:45)", 4, id="a-tenth"),
        pytest.param("busy (inpadoc=red:5)", 1, id="a-tenth-but-one"),
        pytest.param("busy (inpadoc=black:45)", 0, id="black"),
        pytest.param("idle (inpadoc=green:0)", 0, id="none-is-black"),
        pytest.param("overloaded (inpadoc=green:60)", 30, id="overloaded"),
        pytest.param("overloaded (inpadoc=green:20)", 20, id="overloaded-and-less"),
        pytest.param("overloaded (inpadoc=yellow:60)", 15, id="overloaded-yellow"),
        pytest.param("idle (inpadoc=mauve:60)", 6, id="a-colour-of-tomorrow"),
        pytest.param("idle (search=green:30)", None, id="not-about-legal-data"),
        pytest.param("", None, id="nothing"),
        pytest.param("inpadoc=green:many", None, id="not-a-number"),
    ],
)
def test_the_header_says_how_many_requests_a_minute_are_sent(
    control: str, allowed: int | None
) -> None:
    assert per_minute(control) == allowed


def test_thirty_a_minute_are_assumed_until_told() -> None:
    pace = Pace()
    assert pace.wait_seconds(500.0) == 0
    pace.ended(500.0)
    assert pace.wait_seconds(500.0) == 2.0
    assert pace.wait_seconds(501.0) == 1.0
    assert pace.wait_seconds(502.0) == 0


def test_a_lower_limit_counts_what_was_sent_before_it() -> None:
    pace = Pace()
    pace.heard(page(X_Throttling_Control="idle (inpadoc=green:60)"), steady=0.0)
    for second in range(20):
        pace.ended(float(second))
    pace.heard(page(X_Throttling_Control="busy (inpadoc=green:10)"), steady=19.0)
    # The tenth last was at second 10: with it inside the minute there are ten.
    assert pace.wait_seconds(19.0) == 51.0
    assert pace.wait_seconds(69.5) == 0.5
    assert pace.wait_seconds(70.0) == 0


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        pytest.param("1500", 1.5, id="milliseconds"),
        pytest.param("", 60.0, id="absent"),
        pytest.param("soon", 60.0, id="not-a-number"),
        pytest.param("-5", 60.0, id="negative"),
        pytest.param("9" * 40, 86400.0, id="absurd"),
    ],
)
def test_black_lasts_as_long_as_stated_in_milliseconds(
    retry_after: str, seconds: float
) -> None:
    pace = Pace()
    black = page(
        403, X_Throttling_Control="busy (inpadoc=black:0)", Retry_After=retry_after
    )
    assert pace.heard(black, steady=100.0)
    assert pace.wait_seconds(100.0) == seconds


def test_too_many_requests_counts_as_black() -> None:
    pace = Pace()
    assert pace.heard(page(429, Retry_After="5000"), steady=0.0)
    assert pace.wait_seconds(0.0) == 5.0


def test_an_answer_under_a_black_light_is_still_an_answer() -> None:
    pace = Pace()
    black = page(200, X_Throttling_Control="busy (inpadoc=black:0)")
    assert not pace.heard(black, steady=0.0)
    assert pace.wait_seconds(0.0) == 60.0


@pytest.mark.parametrize(
    ("answer", "closed"),
    [
        pytest.param(
            page(403, X_Rejection_Reason="IndividualQuotaPerHour"),
            Closed(datetime(2026, 3, 4, 11, 2, tzinfo=UTC), "quota_hour"),
            id="hour",
        ),
        pytest.param(
            page(403, X_Rejection_Reason="RegisteredQuotaPerWeek"),
            Closed(datetime(2026, 3, 9, 0, 2, tzinfo=UTC), "quota_week"),
            id="week",
        ),
        pytest.param(
            page(403, b"<code>CLIENT.RobotDetected</code>"),
            Closed(datetime(2026, 3, 4, 11, 20, tzinfo=UTC), "robot_detected"),
            id="robot",
        ),
        pytest.param(page(403, b"<error/>"), None, id="another-refusal"),
        pytest.param(page(200, b"RobotDetected"), None, id="a-word-in-an-answer"),
    ],
)
def test_a_refusal_says_until_when(answer: Page, closed: Closed | None) -> None:
    assert refused(answer, now=NOW) == closed


@pytest.mark.parametrize(
    ("hour_used", "week_used", "code"),
    [
        pytest.param("899", "8999", None, id="just-below"),
        pytest.param("900", "0", "quota_hour", id="nine-tenths-of-the-hour"),
        pytest.param("901", "0", "quota_hour", id="above"),
        pytest.param("0", "9000", "quota_week", id="nine-tenths-of-the-week"),
        pytest.param("900", "9000", "quota_week", id="the-longer-of-both"),
        pytest.param("", "many", None, id="unreadable"),
    ],
)
def test_we_stop_at_nine_tenths_of_a_quota(
    hour_used: str, week_used: str, code: str | None
) -> None:
    answer = page(
        X_IndividualQuotaPerHour_Used=hour_used,
        X_RegisteredQuotaPerWeek_Used=week_used,
    )
    quota = Quota(hour_bytes=1000, week_bytes=10_000)
    closed = nearly_used(answer, quota, now=NOW)
    assert (closed.code if closed else None) == code


def test_the_next_hour_and_the_next_week_have_begun_on_both_clocks() -> None:
    sunday = datetime(2026, 3, 8, 23, 59, tzinfo=UTC)
    monday = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
    assert next_hour(sunday) == datetime(2026, 3, 9, 0, 2, tzinfo=UTC)
    assert next_week(sunday) == datetime(2026, 3, 9, 0, 2, tzinfo=UTC)
    assert next_week(monday) == datetime(2026, 3, 16, 0, 2, tzinfo=UTC)
