"""What was said, what would be, and why not: shown, never done."""

from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import why
from patentwatch.model import Channel, County, Reason, State, Tier
from patentwatch.settings import AlertSettings
from patentwatch.store.engine import reading
from patentwatch.store.vault import Vault
from tests.line import DUE, FEE_YEAR, Line, days, over_smtp

REMINDER = DUE - days(30)
KEYS = {
    "key", "application_no", "fee_year", "due_on", "tier", "audience", "channel",
    "transport", "recipient", "state", "reason", "evidence", "decided_on", "sent_at",
    "message_id", "superseded_by",
}  # fmt: skip


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    return Line(engine, vault, settings(counties=(County("410901", "市直"),)))


def said(line: Line, **more: Any) -> list[dict[str, Any]]:
    with reading(line.engine) as connection:
        return list(why.said(connection, line.vault, line.settings, **more))


def planned(line: Line, **more: Any) -> list[dict[str, Any]]:
    with reading(line.engine) as connection:
        rows = why.planned(
            connection,
            line.vault,
            line.settings,
            line.here.rules,
            on=REMINDER,
            **more,
        )
        return list(rows)


def told(line: Line, number: str, **more: Any) -> list[dict[str, Any]]:
    with reading(line.engine) as connection:
        return why.why(
            connection,
            line.vault,
            line.settings,
            line.here.rules,
            number,
            **({"on": REMINDER} | more),
        )


def test_a_row_has_the_keys_that_scripts_rely_on(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    assert set(planned(line)[0]) == KEYS
    line.look(REMINDER)
    assert set(said(line)[0]) == KEYS
    assert all(set(row) == KEYS for row in told(line, number))


def test_a_plan_changes_nothing_and_is_what_the_look_then_does(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    plan = planned(line)
    assert line.alerts() == []
    line.look(REMINDER)
    keys = [row.key for row in line.alerts(state="pending")]
    assert [row["key"] for row in plan] == keys


def test_a_plan_of_a_county_is_that_countys_alone(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    assert planned(line, county="410922") == []
    assert len(planned(line, county="410901")) == 1


def test_addresses_are_masked_unless_asked_for(line: Line) -> None:
    number = line.patent()
    line.contact("anna@b.example")
    line.contact("13812345678")
    line.look(REMINDER)
    shown = {row["recipient"] for row in told(line, number)}
    assert shown == {"a***@b.example", "138****5678"}
    clear = {row["recipient"] for row in told(line, number, unmask=True)}
    assert clear == {"anna@b.example", "13812345678"}


def test_a_silence_has_a_row_and_a_reason(line: Line) -> None:
    number = line.patent()
    rows = [row for row in told(line, number) if row["fee_year"] == FEE_YEAR]
    (row,) = [row for row in rows if row["channel"] != Channel.CALL]
    assert (row["state"], row["reason"]) == (State.SUPPRESSED, Reason.NO_CONTACT)


def test_what_was_sent_shows_when_and_under_which_message_id(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(REMINDER)
    row = next(row for row in told(line, number) if row["tier"] == "reminder")
    assert (row["state"], row["reason"]) == ("accepted", "said")
    assert row["message_id"] == line.messages()[0].ref
    assert row["sent_at"] is not None


def test_an_overtaken_tier_names_the_one_that_overtook_it(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    rows = {row["tier"]: row for row in told(line, number)}
    assert rows["notice"]["superseded_by"] == rows["reminder"]["key"]


def test_a_call_task_is_addressed_to_the_county_by_name(line: Line) -> None:
    number = line.patent()
    line.look(REMINDER)
    calls = [row for row in told(line, number) if row["channel"] == "call"]
    assert [row["recipient"] for row in calls] == ["市直"]


def test_what_is_only_observed_says_so(line: Line) -> None:
    line.change(smtp=over_smtp(1), alerts=AlertSettings(mode="observe"))
    line.patent()
    line.contact("a@b.example")
    (row,) = planned(line)
    assert (row["state"], row["reason"]) == (State.SUPPRESSED, Reason.OBSERVED)


def test_rows_are_found_by_an_address_in_clear_or_masked(line: Line) -> None:
    number = line.patent(owners=("甲公司", "乙公司"))
    line.contact("anna@b.example", "甲公司")
    line.contact("bert@c.example", "乙公司")
    rows = told(line, number)
    for word in ("anna@b.example", "a***@b.example"):
        found = why.addressed_to(rows, word)
        assert {row["recipient"] for row in found} == {"a***@b.example"}


@pytest.mark.parametrize(
    "words", [why.TIER_WORDS, why.REASON_WORDS, why.STATE_WORDS, why.CHANNEL_WORDS]
)
def test_every_word_has_one_for_people(words: dict[Any, str]) -> None:
    kinds = {"notice": Tier, Reason.DUE: Reason, State.PENDING: State}
    kind = next((k for word, k in kinds.items() if word in words), Channel)
    assert {str(word) for word in words} == {str(member) for member in kind}


def test_a_row_of_the_table_has_a_cell_for_each_column(line: Line) -> None:
    number = line.patent()
    line.look(REMINDER)
    for row in told(line, number):
        shown = row | {"due_on": row["due_on"], "decided_on": row["decided_on"]}
        assert len(why.table_row(shown)) == len(why.COLUMNS)
