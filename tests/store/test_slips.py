"""Supervision slips: blue, yellow, red, each number once, open until answered."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine

from patentwatch.errors import UsageError
from patentwatch.plan.acts import Colour, Slip
from patentwatch.store import slips
from patentwatch.store.engine import connect, transaction
from tests.make_ledgers import HUALONG, PLAN, QINGFENG

DAY = timedelta(days=1)
ISSUED = date(2023, 7, 3)
REPLY_BY = date(2023, 7, 10)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """Yield a transaction on an empty database."""
    with transaction(engine) as connection:
        yield connection


def issue(
    connection: Connection,
    colour: Colour = Colour.BLUE,
    *,
    on: date = ISSUED,
    county: str = HUALONG,
    text: str = "示范校创建滞后，请说明",
    follows: str = "",
    dry_run: bool = False,
) -> Slip:
    return slips.issue(
        connection,
        PLAN,
        "19.3",
        colour=colour,
        county=county,
        text=text,
        reply_by_on=on + 7 * DAY,
        by="督查科",
        on=on,
        follows=follows,
        dry_run=dry_run,
    )


def answer(connection: Connection, name: str, *, on: date) -> Slip:
    return slips.reply(connection, name, text="已整改", by="王科", on=on)


def names(found: list[Slip]) -> list[str]:
    return [slip.name for slip in found]


def test_the_first_slip_is_blue(connection: Connection) -> None:
    slip = issue(connection)
    assert (slip.name, slip.follows, slip.reply_by_on) == ("2023-1", "", REPLY_BY)
    for colour, milder in ((Colour.YELLOW, "蓝"), (Colour.RED, "黄")):
        with pytest.raises(UsageError, match=f"还没有{milder}色督办单"):
            issue(connection, colour, county=QINGFENG)
    with pytest.raises(UsageError, match="蓝色督办单是第一张"):
        issue(connection, follows="2023-1", text="再催")


@pytest.mark.parametrize("on", [REPLY_BY - DAY, REPLY_BY])
def test_yellow_waits_for_the_last_day_of_blue(
    connection: Connection, on: date
) -> None:
    issue(connection)
    with pytest.raises(UsageError, match="2023-1 回复期限 2023-07-10 未过"):
        issue(connection, Colour.YELLOW, on=on)


def test_yellow_follows_an_unanswered_blue_and_red_an_unanswered_yellow(
    connection: Connection,
) -> None:
    issue(connection)
    yellow = issue(connection, Colour.YELLOW, on=REPLY_BY + DAY)
    red = issue(connection, Colour.RED, on=REPLY_BY + 9 * DAY)
    assert (yellow.name, yellow.follows) == ("2023-2", "2023-1")
    assert (red.name, red.follows) == ("2023-3", "2023-2")
    stored = slips.slips_of(connection, PLAN.name, on=date(2023, 12, 31))
    assert [slip.follows for slip in stored] == ["", "2023-1", "2023-2"]


def test_red_does_not_follow_blue(connection: Connection) -> None:
    issue(connection)
    with pytest.raises(UsageError, match="还没有黄色督办单"):
        issue(connection, Colour.RED, on=REPLY_BY + DAY)
    with pytest.raises(UsageError, match="2023-1 不是"):
        issue(connection, Colour.RED, on=REPLY_BY + DAY, follows="2023-1")


def test_an_answered_blue_is_only_followed_when_it_is_named(
    connection: Connection,
) -> None:
    issue(connection)
    answer(connection, "2023-1", on=REPLY_BY)
    with pytest.raises(UsageError, match=r"已于 2023-07-10 回复.*--follows 2023-1"):
        issue(connection, Colour.YELLOW, on=REPLY_BY + DAY)
    yellow = issue(connection, Colour.YELLOW, on=REPLY_BY + DAY, follows="2023-1")
    assert yellow.follows == "2023-1"


def test_a_slip_is_followed_once(connection: Connection) -> None:
    issue(connection)
    issue(connection, Colour.YELLOW, on=REPLY_BY + DAY)
    with pytest.raises(UsageError, match="还没有蓝色督办单"):
        issue(connection, Colour.YELLOW, on=REPLY_BY + DAY, text="再催")


def test_a_slip_follows_only_one_to_the_same_unit(connection: Connection) -> None:
    issue(connection)
    with pytest.raises(UsageError, match="还没有蓝色督办单"):
        issue(connection, Colour.YELLOW, on=REPLY_BY + DAY, county=QINGFENG)


def test_the_same_words_are_not_sent_twice_while_they_wait(
    connection: Connection,
) -> None:
    issue(connection)
    with pytest.raises(UsageError, match="2023-1 还在等待回复"):
        issue(connection, on=ISSUED + DAY)
    answer(connection, "2023-1", on=ISSUED + DAY)
    assert issue(connection, on=ISSUED + DAY).name == "2023-2"


def test_numbers_begin_anew_each_year_across_all_plans(
    connection: Connection,
) -> None:
    for on, name in (
        (ISSUED, "2023-1"),
        (ISSUED + DAY, "2023-2"),
        (date(2024, 1, 2), "2024-1"),
        (ISSUED, "2023-3"),
    ):
        assert issue(connection, on=on, text=name).name == name


def test_a_trial_gives_no_number_away(connection: Connection) -> None:
    assert issue(connection, dry_run=True).name == "2023-1"
    assert issue(connection).name == "2023-1"


def test_a_reply_day_is_not_before_the_slip(connection: Connection) -> None:
    with pytest.raises(UsageError, match="早于发出日"):
        slips.issue(
            connection,
            PLAN,
            "19.3",
            colour=Colour.BLUE,
            county="",
            text="请说明",
            reply_by_on=ISSUED - DAY,
            by="督查科",
            on=ISSUED,
        )


def test_a_slip_is_open_and_overdue_as_of_a_day(connection: Connection) -> None:
    issue(connection)
    answer(connection, "2023-1", on=REPLY_BY + 3 * DAY)

    def on(day: date) -> tuple[list[str], list[str]]:
        return (
            names(slips.open_slips(connection, PLAN.name, on=day)),
            names(slips.overdue_slips(connection, PLAN.name, on=day)),
        )

    assert on(ISSUED - DAY) == ([], [])
    assert on(ISSUED) == (["2023-1"], [])
    assert on(REPLY_BY) == (["2023-1"], [])
    assert on(REPLY_BY + DAY) == (["2023-1"], ["2023-1"])
    assert on(REPLY_BY + 2 * DAY) == (["2023-1"], ["2023-1"])
    assert on(REPLY_BY + 3 * DAY) == ([], [])


def test_a_past_day_does_not_know_a_later_reply(connection: Connection) -> None:
    issue(connection)
    answer(connection, "2023-1", on=REPLY_BY)
    (before,) = slips.slips_of(connection, PLAN.name, on=REPLY_BY - DAY)
    (then,) = slips.slips_of(connection, PLAN.name, on=REPLY_BY)
    assert (before.replied_on, before.reply, before.replied_by) == (None, "", "")
    assert (then.replied_on, then.reply, then.replied_by) == (
        REPLY_BY,
        "已整改",
        "王科",
    )


def test_a_slip_is_answered_once(connection: Connection) -> None:
    issue(connection)
    answer(connection, "2023-1", on=REPLY_BY)
    with pytest.raises(UsageError, match="2023-1 已于 2023-07-10 回复（王科）"):
        answer(connection, "2023-1", on=REPLY_BY + DAY)


def test_a_reply_is_not_before_its_slip(connection: Connection) -> None:
    issue(connection)
    with pytest.raises(UsageError, match="早于督办单 2023-1 的发出日 2023-07-03"):
        answer(connection, "2023-1", on=ISSUED - DAY)


@pytest.mark.parametrize("name", ["2023-2", "2022-1"])
def test_an_unknown_slip_is_refused(connection: Connection, name: str) -> None:
    issue(connection)
    with pytest.raises(UsageError, match=f"没有督办单 {name}"):
        answer(connection, name, on=REPLY_BY)


@pytest.mark.parametrize("name", ["", "1", "2023", "2023-", "2023-１", "2023-1-1"])
def test_a_name_of_a_slip_is_year_and_number(connection: Connection, name: str) -> None:
    with pytest.raises(UsageError, match="应如 2023-7"):
        answer(connection, name, on=REPLY_BY)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_daemons_at_once_never_give_the_same_number(
    kind: str, fresh_database: Callable[..., str]
) -> None:
    url = fresh_database(kind)
    daemons, rounds = 2, 10
    together = Barrier(daemons, timeout=30)

    def daemon(which: int) -> list[int]:
        engine = connect(url)
        given = []
        for turn in range(rounds):
            together.wait()
            with transaction(engine) as connection:
                slip = issue(connection, text=f"第{which}台第{turn}次")
            given.append(slip.number)
        engine.dispose()
        return given

    with ThreadPoolExecutor(daemons) as pool:
        given = [
            number for numbers in pool.map(daemon, range(daemons)) for number in numbers
        ]
    assert sorted(given) == list(range(1, daemons * rounds + 1))


def test_the_second_waits_for_the_first_and_takes_the_next_number(
    fresh_database: Callable[..., str],
) -> None:
    url = fresh_database("postgres")
    first, second = connect(url), connect(url)
    with ThreadPoolExecutor(1) as pool:
        with transaction(first) as connection:
            one = issue(connection, text="甲")

            def other() -> Slip:
                with transaction(second) as connection:
                    return issue(connection, text="乙")

            waiting = pool.submit(other)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        two = waiting.result(timeout=30)
    assert (one.name, two.name) == ("2023-1", "2023-2")
    first.dispose()
    second.dispose()
