"""Two reports of one fact count once; two facts of one day stay two."""

from dataclasses import replace

import pytest

from patentwatch.status.codes import Effect
from patentwatch.status.events import (
    Event,
    EventSource,
    Registers,
    distinct,
    registers,
    tells_no_more,
    understood,
    with_phase,
)
from tests.make_events import LAPSED_7, TABLE, TRANSFER, event
from tests.make_situations import PATENT, day

OPS = EventSource.OPS
PLEDGE = "专利权质押合同登记的生效\n登记号：Y2023980012345\n质权人：示例银行"
PLEDGE_OVER = "专利权质押合同登记的注销\n登记号：Y2023980012345\n解除日：20240105"


def codes(*events: Event, on: str = "2026-01-01") -> list[str]:
    return [one.code for one in distinct(events, on=day(on))]


@pytest.mark.parametrize(
    ("telling", "old"),
    [
        pytest.param("GR01", "C14", id="grant-C14"),
        pytest.param("GR01", "FG4A", id="grant-FG4A"),
        pytest.param("PB01", "C06", id="publication"),
        pytest.param("SE01", "C10", id="examination"),
        pytest.param("CF01", "EXPY", id="lapse-EXPY"),
        pytest.param("CF01", "C17", id="lapse-C17"),
        pytest.param("CF01", "CE01", id="lapse-CE01"),
        pytest.param("RGAV", "EXPY", id="double-patenting-EXPY"),
        pytest.param("CX01", "EXPY", id="expiry-EXPY"),
    ],
)
def test_the_same_fact_under_an_old_code_counts_once(telling: str, old: str) -> None:
    new, same = event(telling, "2024-11-22"), event(old, "2024-11-22", source=OPS)
    (one,) = distinct([new, same], on=day("2024-11-22"))
    (other,) = distinct([same, new], on=day("2024-11-22"))
    assert one == other
    assert one.reason == new.reason


def test_a_code_that_says_no_reason_yields_to_one_that_does() -> None:
    assert codes(event("EXPY", "2024-11-22"), event("MM4A", "2024-11-22")) == ["MM4A"]


def test_of_two_reports_the_one_with_its_day_and_text_is_kept() -> None:
    bare = event("CF01", "2024-11-22", source=OPS)
    told = event("CF01", "2024-11-22", text=LAPSED_7)
    assert distinct([bare, told], on=day("2024-11-22")) == [told]


def test_of_two_reports_that_say_as_much_the_nearer_source_is_believed() -> None:
    told = [
        event("CF01", "2024-11-22", since=since, source=source)
        for since, source in (
            ("2024-04-11", OPS),
            ("2024-04-10", EventSource.PRS),
            ("2024-04-12", EventSource.NOTICES),
        )
    ]
    (one,) = distinct(told, on=day("2024-11-22"))
    assert one.source is EventSource.PRS


def test_a_report_that_a_person_must_read_yields_to_a_clear_one() -> None:
    clear = event("RR01", "2025-03-14", source=OPS)
    unclear = event("REIN", "2025-03-14")
    assert unclear.needs_review
    assert distinct([unclear, clear], on=day("2025-03-14")) == [clear]


def test_what_a_person_read_goes_before_what_the_program_read() -> None:
    read = replace(
        event("EXPY", "2024-11-22"), source=EventSource.PERSON, reason="surrendered"
    )
    told = event("CF01", "2024-11-22", text=LAPSED_7)
    assert distinct([told, read], on=day("2024-11-22")) == [read]


def test_publication_and_examination_of_one_day_are_two() -> None:
    day_of_both = "2019-10-18"
    found = codes(event("PB01", day_of_both), event("SE01", day_of_both))
    assert sorted(found) == ["PB01", "SE01"]


def test_a_pledge_and_its_cancellation_of_one_day_are_two() -> None:
    begins = event("PE01", "2024-02-02", text=PLEDGE)
    ends = event("PC01", "2024-02-02", text=PLEDGE_OVER)
    assert len(distinct([begins, ends], on=day("2024-02-02"))) == 2


def test_a_preservation_and_its_discharge_of_one_day_are_two() -> None:
    found = codes(event("PP01", "2024-02-02"), event("PD01", "2024-02-02"))
    assert sorted(found) == ["PD01", "PP01"]


@pytest.mark.parametrize("code", ["PE01", "PC01"])
def test_an_old_code_that_does_not_say_which_is_the_one_that_does(code: str) -> None:
    text = PLEDGE if code == "PE01" else PLEDGE_OVER
    clear = event(code, "2024-02-02", text=text)
    assert codes(clear, event("PLDC", "2024-02-02", source=OPS)) == [code]


def test_two_pledges_of_one_day_are_told_apart_by_their_numbers() -> None:
    one = event("PE01", "2024-02-02", text=PLEDGE)
    other = event("PE01", "2024-02-02", text=PLEDGE.replace("12345", "99999"))
    assert len(distinct([one, other, one], on=day("2024-02-02"))) == 2


def test_two_transfers_of_one_day_are_told_apart_by_the_new_owner() -> None:
    one = event("TR01", "2024-03-15", text=TRANSFER)
    other = event("TR01", "2024-03-15", text=TRANSFER.replace("乙示例", "丙示例"))
    bare = event("C41", "2024-03-15", source=OPS)
    assert codes(one, bare, other) == ["TR01", "TR01"]


def test_a_name_written_with_other_brackets_is_the_same_new_owner() -> None:
    wide = TRANSFER.replace("乙示例公司", "乙示例（濮阳）公司")
    narrow = TRANSFER.replace("乙示例公司", "乙示例(濮阳)公司")
    found = [event("TR01", "2024-03-15", text=text) for text in (wide, narrow)]
    assert len(distinct(found, on=day("2024-03-15"))) == 1


@pytest.mark.parametrize(
    ("on", "count"),
    [("2024-11-21", 0), ("2024-11-22", 1), ("2024-11-23", 1)],
    ids=["day-before", "the-day", "day-after"],
)
def test_an_event_is_known_from_its_announcement_on(on: str, count: int) -> None:
    assert len(distinct([event("CF01", "2024-11-22")], on=day(on))) == count


def test_on_one_day_a_grant_goes_before_an_end_and_an_end_before_a_return() -> None:
    found = codes(*(event(code, "2024-11-22") for code in ("RR01", "CF01", "GR01")))
    assert found == ["GR01", "CF01", "RR01"]


@pytest.mark.parametrize(
    ("code", "text", "does"),
    [
        pytest.param("PE01", "", Registers.BEGINS, id="PE01"),
        pytest.param("PM01", "", Registers.BEGINS, id="a-change-stands"),
        pytest.param("PC01", "", Registers.ENDS, id="PC01"),
        pytest.param("PLDC", "", None, id="PLDC-says-nothing"),
        pytest.param("PLDC", PLEDGE, Registers.BEGINS, id="PLDC-with-text"),
        pytest.param("PLDC", PLEDGE_OVER, Registers.ENDS, id="PLDC-over"),
        pytest.param("RINS", "", None, id="RINS-says-nothing"),
        pytest.param("RINS", "专利权的保全\n登记生效日：20240101", "begins", id="RINS"),
        pytest.param("", "专利权保全的解除", Registers.ENDS, id="words-alone"),
        pytest.param("OL02", "", Registers.ENDS, id="open-licence-withdrawn"),
        pytest.param("CF01", LAPSED_7, None, id="no-registration"),
    ],
)
def test_what_a_notice_does_to_a_registration(
    code: str, text: str, does: Registers | None
) -> None:
    assert registers(event(code, "2024-02-02", text=text)) == does


def test_a_fact_never_tells_less_than_itself() -> None:
    key = event("C41", "2024-03-15").fact_key
    named = event("TR01", "2024-03-15", text=TRANSFER).fact_key
    assert tells_no_more(key, named)
    assert not tells_no_more(named, key)
    assert not tells_no_more(key, key)


@pytest.mark.parametrize(
    ("stored", "now"),
    [
        pytest.param("end|2026-11-25|", "end||2026-11-25|", id="end"),
        pytest.param("pledge|2026-10-18|y1", "pledge||2026-10-18|y1", id="pledge"),
        pytest.param(
            "transfer|2026-10-18|甲|乙", "transfer||2026-10-18|甲|乙", id="parties"
        ),
        pytest.param("end||2026-11-25|", "end||2026-11-25|", id="as-now"),
        pytest.param(
            "pledge|begins|2026-10-18|a|b", "pledge|begins|2026-10-18|a|b", id="begins"
        ),
        pytest.param(
            "pledge|ends|2026-10-18|y1", "pledge|ends|2026-10-18|y1", id="ends"
        ),
    ],
)
def test_a_key_that_was_stored_early_is_read_as_keys_are_now(
    stored: str, now: str
) -> None:
    assert with_phase(stored) == now


def test_a_report_without_any_day_is_no_event() -> None:
    assert (
        understood(
            PATENT.application_no,
            source=OPS,
            code="CF01",
            text="未缴年费专利权终止",
            table=TABLE,
        )
        is None
    )


def test_the_days_of_the_source_go_before_those_in_the_text() -> None:
    found = event("CF01", "2024-11-22", since="2024-04-11", text=LAPSED_7)
    assert (found.announced_on, found.effective_on) == (
        day("2024-11-22"),
        day("2024-04-11"),
    )


def test_the_new_end_of_a_term_is_not_the_day_from_which_the_notice_counts() -> None:
    text = "专利权期限补偿\n补偿后的专利权期限届满日：20411201"
    found = event("TG01", "2025-05-06", text=text)
    assert (found.effective_on, found.known_on) == (None, day("2025-05-06"))
    assert found.effect is Effect.TERM
    assert not found.needs_review


def test_a_decision_on_the_term_that_names_no_end_goes_to_a_person() -> None:
    assert event("TG01", "2025-05-06").needs_review
    assert not event(
        "TG01", "2025-05-06", text="专利权期限补偿\n补偿天数：87天"
    ).needs_review
