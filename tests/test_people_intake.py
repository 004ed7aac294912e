"""Contacts, payments and check sheets: what is kept of them, and what is not."""

import copy
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from patentwatch import people_intake
from patentwatch.errors import InputError, UsageError
from patentwatch.model import Channel, Contact, Fact, FactKind, FactSource
from patentwatch.settings import Settings
from patentwatch.store import directory, facts, people
from patentwatch.store import patents as patents_store
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import contacts, patents
from patentwatch.store.vault import Vault
from tests.lists import NOW, ON, Cells, Desk, adds_up, codes, number, row, rows

LATER = NOW + timedelta(days=30)
CREDIT = "91410900MA3X3X3X3T"


@pytest.fixture
def desk(
    engine: Engine, vault: Vault, settings: Callable[..., Settings], tmp_path: Path
) -> Desk:
    return Desk(engine, vault, settings(), tmp_path)


@pytest.fixture
def sqlite_desk(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> Desk:
    return Desk(sqlite_engine, vault, settings(), tmp_path)


def contact(party: str = "第1机械有限公司", **changes: str) -> Cells:
    """Return one row of contacts; keywords are Chinese headers."""
    return {
        "名称": party,
        "角色": "",
        "联系人": "",
        "手机": "13800000001",
        "邮箱": "",
        "县区": "",
        "短信同意": "",
        "邮件同意": "",
        "同意日期": "",
        "依据": "",
        "常设指示": "",
        "申请号": "",
        "统一社会信用代码": "",
    } | changes


def payment(serial: int = 1, **changes: str) -> Cells:
    """Return one row of payments."""
    return {
        "申请号": number(serial),
        "年度": "12",
        "缴费日期": "2026-05-20",
        "金额": "900",
        "票据号": "A1",
    } | changes


def looked_up(serial: int = 1, /, **changes: str) -> Cells:
    """Return one filled row of a check sheet."""
    return {
        "县区": "华龙区",
        "专利号": number(serial),
        "应缴年度": "12",
        "缴费期限": "2026-06-01",
        "案件状态": "等年费滞纳金",
        "已缴年度": "",
        "应缴金额": "",
        "查询日": "2026-11-20",
        "备注": "",
    } | changes


def called(serial: int = 1, /, **changes: str) -> Cells:
    """Return one filled row of a call sheet."""
    return {
        "专利号": number(serial),
        "年度": "12",
        "电话": "13800000001",
        "结果": "已通知",
        "通话日期": "2026-11-22",
        "通话人": "李",
        "备注": "",
    } | changes


def contacts_of(desk: Desk, serial: int = 1) -> list[Contact]:
    """Return whom the daemon may tell about a patent."""
    with reading(desk.engine) as connection:
        patent = patents_store.one(connection, number(serial))
        assert patent is not None
        return directory.contacts_of(connection, desk.vault, [patent])[number(serial)]


def facts_of(desk: Desk, serial: int = 1) -> list[Fact]:
    with reading(desk.engine) as connection:
        return facts.of(connection, [number(serial)]).get(number(serial), [])


def looked_at(desk: Desk) -> None:
    with transaction(desk.engine) as connection:
        connection.execute(update(patents).values(next_look_on=date(2027, 1, 1)))


# Contacts


def test_a_party_has_one_contact_for_each_address(desk: Desk) -> None:
    desk.take(rows(1))
    looked_at(desk)
    line = contact(手机="13800000001、13800000002", 邮箱="a@b.cn", 联系人="张三")
    found = desk.contacts([line])
    assert adds_up(found)
    assert (found.created, codes(found.warnings)) == (1, ["phones_split"])
    assert [(c.channel, c.address, c.person) for c in contacts_of(desk)] == [
        (Channel.SMS, "+8613800000001", "张三"),
        (Channel.SMS, "+8613800000002", "张三"),
        (Channel.EMAIL, "a@b.cn", "张三"),
    ]
    assert desk.patent(1).next_look_on is None, "asked to be looked at again"


def test_the_same_contacts_again_change_nothing(desk: Desk) -> None:
    desk.take(rows(2))
    lines = [
        contact(手机="13800000001、0393-1234567", 邮件同意="是", 同意日期="2026-01-05"),
        contact(手机="13800000003"),
        contact("第2机械有限公司", 邮箱="a@b.cn", 手机=""),
    ]
    desk.contacts(lines)
    looked_at(desk)
    found = desk.contacts(lines, now=LATER)
    assert (found.unchanged, found.created, found.changed) == (3, 0, 0)
    assert "address_replaced" not in codes(found.warnings)
    assert len(contacts_of(desk)) == 3
    assert desk.patent(1).next_look_on == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("said", "consent"),
    [
        pytest.param([("是", "2026-01-05")], True, id="yes"),
        pytest.param([("否", "")], False, id="no"),
        pytest.param([("", "")], None, id="not-asked"),
        pytest.param([("否", "2026-01-05"), ("", "")], False, id="a-blank-keeps-a-no"),
        pytest.param([("是", "2026-01-05"), ("", "")], True, id="a-blank-keeps-a-yes"),
        pytest.param([("是", "2026-01-05"), ("否", "")], False, id="a-no-counts"),
        pytest.param(
            [("否", "2026-01-05"), ("是", "2026-01-06")], True, id="a-newer-yes"
        ),
        pytest.param(
            [("否", "2026-01-05"), ("是", "2026-01-04")], False, id="an-older-yes"
        ),
        pytest.param([("否", "2026-01-05"), ("是", "")], False, id="an-undated-yes"),
    ],
)
def test_a_refusal_stays_until_a_newer_word(
    desk: Desk, said: Sequence[tuple[str, str]], *, consent: bool | None
) -> None:
    desk.take(rows(1))
    for word, day in said:
        desk.contacts([contact(短信同意=word, 同意日期=day)])
    (found,) = contacts_of(desk)
    assert found.consent is consent


def test_a_refusal_is_kept_for_the_address_whoever_it_stands_under(desk: Desk) -> None:
    desk.take(rows(2))
    desk.contacts([contact(短信同意="否")])
    desk.contacts([contact("第2机械有限公司")])
    assert [c.consent for c in contacts_of(desk, 2)] == [False]


def test_a_newer_yes_of_one_party_outlives_the_refusal_of_another(desk: Desk) -> None:
    desk.take(rows(2))
    desk.contacts([contact("第2机械有限公司", 短信同意="否", 同意日期="2026-01-05")])
    desk.contacts([contact(短信同意="是", 同意日期="2026-01-06")])
    desk.contacts([contact(), contact("第2机械有限公司")])
    assert [contacts_of(desk, n)[0].consent for n in (1, 2)] == [True, False]


def test_a_flag_stays_with_the_address_until_a_newer_consent(desk: Desk) -> None:
    desk.take(rows(2))
    desk.contacts([contact()])
    recipient = contacts_of(desk)[0].recipient
    with transaction(desk.engine) as connection:
        assert people.flag(connection, recipient, word="opted_out", reason="T", on=ON)
    desk.contacts([contact(), contact("第2机械有限公司")])
    assert [contacts_of(desk, n)[0].flag for n in (1, 2)] == ["opted_out"] * 2
    desk.contacts([contact(短信同意="是", 同意日期=ON.isoformat())])
    assert contacts_of(desk)[0].flag == "opted_out", "no newer than the flag"
    newer = (ON + timedelta(days=1)).isoformat()
    desk.contacts([contact(短信同意="是", 同意日期=newer)], now=LATER)
    assert contacts_of(desk)[0].flag == ""


def test_not_me_silences_the_address_for_that_party_alone(desk: Desk) -> None:
    desk.take(rows(2))
    desk.contacts([contact(), contact("第2机械有限公司")])
    recipient = contacts_of(desk)[0].recipient
    with transaction(desk.engine) as connection:
        patent = patents_store.one(connection, number(1))
        assert patent is not None
        assert people.disown(connection, patent, recipient, on=ON) == 1
        assert people.disown(connection, patent, recipient, on=ON) == 0
    flags = [contacts_of(desk, n)[0].flag for n in (1, 2)]
    assert flags == ["not_theirs", ""]
    desk.contacts([contact(), contact("第2机械有限公司")])
    flags = [contacts_of(desk, n)[0].flag for n in (1, 2)]
    assert flags == ["not_theirs", ""], "a second import of the list changes nothing"


def test_an_address_that_turns_out_bad_stays_opted_out(desk: Desk) -> None:
    desk.take(rows(1))
    desk.contacts([contact()])
    recipient = contacts_of(desk)[0].recipient
    with transaction(desk.engine) as connection:
        assert people.flag(connection, recipient, word="opted_out", reason="T", on=ON)
        assert not people.flag(connection, recipient, word="bad", reason="550", on=ON)
    assert contacts_of(desk)[0].flag == "opted_out"


def test_a_changed_address_replaces_the_one_before_and_says_so(desk: Desk) -> None:
    desk.take(rows(1))
    desk.contacts([contact(联系人="张三"), contact(联系人="李四", 手机="13800000002")])
    old = {c.recipient for c in contacts_of(desk)}
    found = desk.contacts([contact(联系人="张三", 手机="13800000009")], now=LATER)
    now = contacts_of(desk)
    assert sorted(c.address for c in now) == ["+8613800000002", "+8613800000009"]
    assert len({c.recipient for c in now} - old) == 1, "a new recipient"
    (note,) = found.warnings
    assert (note.code, note.value) == ("address_replaced", "138****0001")
    desk.contacts([contact(联系人="张三")], now=LATER)
    assert sorted(c.address for c in contacts_of(desk)) == [
        "+8613800000001",
        "+8613800000002",
    ]


def test_people_who_share_a_mailbox_are_one_recipient(desk: Desk) -> None:
    desk.take(rows(2))
    desk.contacts(
        [
            contact(手机="", 邮箱="Office@B.cn"),
            contact("第2机械有限公司", 手机="", 邮箱="office@b.cn"),
        ]
    )
    (one,), (other,) = contacts_of(desk, 1), contacts_of(desk, 2)
    assert one.recipient == other.recipient
    assert one.party != other.party


def test_a_person_needs_the_number_of_the_patent(desk: Desk) -> None:
    desk.take([row(1, 专利权人="张三"), row(2, 专利权人="张三")])
    found = desk.contacts([contact("张三"), contact("张三", 申请号=number(2))])
    assert codes(found.rejects) == ["person_ambiguous"]
    assert found.rejects[0].row == 2
    assert contacts_of(desk, 1) == []
    assert [c.application_no for c in contacts_of(desk, 2)] == [number(2)]


def test_a_name_that_no_patent_carries_yet_is_matched_when_one_does(desk: Desk) -> None:
    found = desk.contacts([contact()])
    assert codes(found.warnings) == ["not_matched_yet"]
    assert "第1机械有限公司" in found.warnings[0].message
    desk.take(rows(1))
    assert [c.address for c in contacts_of(desk)] == ["+8613800000001"]


def test_a_name_is_matched_but_for_width_and_blanks(desk: Desk) -> None:
    desk.take([row(1, 专利权人="第１机械（濮阳）有限公司")])
    desk.contacts([contact("第1机械(濮阳) 有限公司")])
    assert len(contacts_of(desk)) == 1


def test_a_credit_code_goes_before_the_name(desk: Desk) -> None:
    code, other = "91410900000000012X", "91110000100000000X"
    from stdnum.cn import uscc

    code = code[:-1] + uscc.calc_check_digit(code[:-1])
    other = other[:-1] + uscc.calc_check_digit(other[:-1])
    desk.take(
        [
            row(1, 专利权人="旧名称有限公司") | {"统一社会信用代码": code},
            row(2, 专利权人="新名称有限公司") | {"统一社会信用代码": other},
            row(3, 专利权人="新名称有限公司") | {"统一社会信用代码": ""},
        ]
    )
    desk.contacts([contact("新名称有限公司", 统一社会信用代码=code)])
    assert len(contacts_of(desk, 1)) == 1, "the code is his, whatever the name"
    assert contacts_of(desk, 2) == [], "the name is his, the code is another's"
    assert len(contacts_of(desk, 3)) == 1, "the name alone is there"


def test_an_agency_is_told_about_the_patents_it_serves(desk: Desk) -> None:
    desk.take([row(1), row(2, 代理机构="别的事务所")])
    desk.contacts([contact("郑州某专利代理事务所", 角色="代理机构")])
    assert [c.role for c in contacts_of(desk, 1)] == ["agent"]
    assert contacts_of(desk, 2) == []


def test_no_address_and_no_person_is_legible_in_the_database(
    sqlite_desk: Desk,
) -> None:
    sqlite_desk.take(rows(1))
    line = contact(联系人="欧阳倩", 邮箱="secret.box@b.cn")
    wrong = contact("欧阳倩", 手机="13900000007")
    sqlite_desk.contacts([line, wrong, contact(手机="1390000000")])
    sqlite_desk.contacts([line | {"手机": "13800000055"}])
    path = sqlite_desk.engine.url.database
    assert path is not None
    content = Path(path).read_bytes()
    for secret in ("13800000001", "13800000055", "secret.box", "13900000007"):
        assert secret.encode() not in content
    assert "欧阳倩".encode() in content, "a party's name is public, in the reject"
    assert content.count("欧阳倩".encode()) <= 2


def test_a_rejected_address_is_masked(desk: Desk) -> None:
    found = desk.contacts(
        [
            contact(手机="1380000000"),
            contact(手机="", 邮箱="zhang san@b"),
            contact(手机="138****1234"),
        ]
    )
    assert codes(found.rejects) == ["phone_invalid", "email_invalid", "contact_masked"]
    shown = " ".join(note.message + note.value for note in found.rejects)
    assert "1380000000" not in shown
    assert "zhang" not in shown


def test_a_dry_run_of_contacts_stores_nothing(desk: Desk) -> None:
    desk.take(rows(1))
    before = desk.stored()
    found = desk.contacts([contact()], dry_run=True)
    assert (found.created, found.run) == (1, None)
    assert desk.stored() == before


def test_contacts_are_corrected_by_another_list_not_undone(desk: Desk) -> None:
    found = desk.contacts([contact()])
    with pytest.raises(UsageError, match="联系方式，不能撤回"):
        desk.undo(found.run)


# Payments


def test_a_payment_is_a_fact_of_its_day_and_counts_once(desk: Desk) -> None:
    desk.take(rows(1))
    looked_at(desk)
    found = desk.payments([payment()])
    assert (found.created, adds_up(found)) == (1, True)
    assert desk.patent(1).next_look_on is None
    looked_at(desk)
    again = desk.payments([payment()])
    assert (again.unchanged, again.created) == (1, 0)
    assert desk.patent(1).next_look_on == date(2027, 1, 1)
    (paid,) = [fact for fact in facts_of(desk) if fact.kind is FactKind.PAYMENT]
    assert (paid.fee_year, paid.amount_yuan, paid.ref) == (12, 900, "A1")
    assert (paid.dated_on, paid.source) == (date(2026, 5, 20), FactSource.RECEIPT)


def test_a_payment_for_an_unknown_patent_is_kept_for_it(desk: Desk) -> None:
    found = desk.payments([payment(7)])
    assert codes(found.warnings) == ["patent_unknown"]
    desk.take(rows(1, first=7))
    assert FactKind.PAYMENT in {fact.kind for fact in facts_of(desk, 7)}


def test_undone_payments_are_gone_and_their_patents_looked_at(desk: Desk) -> None:
    desk.take(rows(2))
    before = desk.stored("facts", "patents", "run_changes")
    found = desk.payments([payment(1), payment(2), payment(9)])
    looked_at(desk)
    assert desk.undo(found.run) == 3
    assert desk.patent(1).next_look_on is None
    assert desk.stored("facts", "patents", "run_changes") == before


def test_payments_that_a_later_file_repeats_are_undone_after_it(desk: Desk) -> None:
    desk.take(rows(1))
    first = desk.payments([payment()])
    later = desk.payments([payment(), payment(票据号="A2")])
    with pytest.raises(UsageError, match=f"import undo {later.run}"):
        desk.undo(first.run)
    desk.undo(later.run)
    desk.undo(first.run)
    assert [fact.kind for fact in facts_of(desk)] == [FactKind.LISTED]


def test_a_dry_run_of_payments_stores_nothing(desk: Desk) -> None:
    desk.take(rows(1))
    before = desk.stored()
    assert desk.payments([payment()], dry_run=True).created == 1
    assert desk.stored() == before


# The office's fee page

FEE_PAGE: dict[str, Any] = {
    "code": 200,
    "msg": "成功",
    "data": {
        "yingjiaofei": {
            "svYingjfList": [
                {
                    "yingjiaoffyzlmc": "第12年年费",
                    "yingjiaoje": "900",
                    "jiaofeijzr": "2026-12-01",
                    "yingjiaoffyzt": "未缴",
                }
            ]
        },
        "yijiaofei": {
            "svYijfList": [
                {
                    "yijiaofjfzlmc": "第11年年费",
                    "yijiaofjfje": "600",
                    "yijiaofjfrq": "2025-05-20",
                    "yijiaofpjdm": "00",
                    "yijiaofpjhm": "123",
                }
            ]
        },
    },
}


def save_page(desk: Desk, page: object, name: str | None = None) -> Path:
    path = desk.folder / (name or f"{number(1).replace('.', '')}.json")
    path.write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    return path


def take_page(desk: Desk, path: Path, **more: Any) -> Any:
    return people_intake.import_payments(
        desk.engine, desk.settings, path, now=NOW, **more
    )


def test_a_fee_page_tells_what_was_paid_and_what_is_owed_on_its_day(desk: Desk) -> None:
    desk.take(rows(1))
    found = take_page(desk, save_page(desk, FEE_PAGE), as_of=date(2026, 11, 1))
    assert (found.created, found.as_of, found.format) == (1, date(2026, 11, 1), "json")
    told = {
        (fact.kind, fact.fee_year): fact.dated_on
        for fact in facts_of(desk)
        if fact.source is FactSource.FEE_PAGE
    }
    assert told == {
        (FactKind.UNPAID, 12): date(2026, 11, 1),
        (FactKind.PAID, 11): date(2026, 11, 1),
        (FactKind.PAYMENT, 11): date(2025, 5, 20),
    }


def test_a_fee_page_may_be_named_on_the_command_line(desk: Desk) -> None:
    path = save_page(desk, FEE_PAGE, "费用.json")
    with pytest.raises(InputError, match="没有申请号"):
        take_page(desk, path)
    assert take_page(desk, path, number=number(1)).created == 1
    assert facts_of(desk)


def test_a_fee_page_of_tomorrow_is_wrong_usage(desk: Desk) -> None:
    with pytest.raises(UsageError, match="晚于今天"):
        take_page(desk, save_page(desk, FEE_PAGE), as_of=ON + timedelta(days=1))


def test_a_fee_page_without_an_as_of_has_the_day_of_the_file(desk: Desk) -> None:
    import os

    path = save_page(desk, FEE_PAGE)
    then = (NOW - timedelta(days=3)).timestamp()
    os.utime(path, (then, then))
    assert take_page(desk, path).as_of == ON - timedelta(days=3)
    ahead = (NOW + timedelta(days=3)).timestamp()
    os.utime(path, (ahead, ahead))
    assert take_page(desk, path).as_of == ON, "never later than today"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param({"code": 401, "msg": "请登录"}, id="error"),
        pytest.param({"code": 200, "data": None}, id="nothing"),
        pytest.param({"code": 200, "data": {}}, id="no-tables"),
        pytest.param([], id="a-list"),
    ],
)
def test_a_page_that_is_no_fee_page_is_never_read_as_a_state(
    desk: Desk, page: object
) -> None:
    desk.take(rows(1))
    before = desk.stored("facts")
    with pytest.raises(InputError, match="请重新登录") as fault:
        take_page(desk, save_page(desk, page))
    assert fault.value.code == "unexpected_content"
    assert desk.stored("facts") == before


def test_a_page_that_was_cut_off_or_is_a_login_page_is_refused(desk: Desk) -> None:
    whole = save_page(desk, FEE_PAGE)
    cut = desk.folder / "cut.json"
    cut.write_text(whole.read_text("utf-8")[:200], encoding="utf-8")
    login = desk.folder / "login.json"
    login.write_text("<html><body>登录</body></html>", encoding="utf-8")
    for path in (cut, login):
        with pytest.raises(InputError):
            take_page(desk, path)
    assert facts_of(desk) == []


def test_a_page_with_an_absent_table_says_nothing_about_it(desk: Desk) -> None:
    page = copy.deepcopy(FEE_PAGE)
    del page["data"]["yingjiaofei"]
    take_page(desk, save_page(desk, page))
    assert {fact.kind for fact in facts_of(desk)} == {FactKind.PAYMENT}


# Check sheets


@pytest.mark.parametrize(
    ("filled", "kinds"),
    [
        pytest.param({}, {(FactKind.UNPAID, 12)}, id="late"),
        pytest.param(
            {"案件状态": "专利权维持", "已缴年度": "12"},
            {(FactKind.PAID, 12)},
            id="paid",
        ),
        pytest.param(
            {"案件状态": "", "已缴年度": "11", "应缴金额": "960"},
            {(FactKind.PAID, 11), (FactKind.UNPAID, 12)},
            id="owed",
        ),
        pytest.param(
            {"案件状态": "未缴年费专利权终止，等恢复"},
            {(FactKind.ENDED, 12)},
            id="ended",
        ),
        pytest.param({"案件状态": "专利权维持"}, {(FactKind.LISTED, None)}, id="kept"),
    ],
)
def test_a_filled_row_is_a_fact_of_the_day_it_was_looked_up(
    desk: Desk, filled: Cells, kinds: set[tuple[FactKind, int | None]]
) -> None:
    desk.take(rows(1))
    found = desk.checksheet([looked_up() | filled])
    assert (found.accepted, adds_up(found)) == (1, True)
    told = [f for f in facts_of(desk) if f.source is FactSource.CHECK_SHEET]
    assert {(fact.kind, fact.fee_year) for fact in told} == kinds
    assert {fact.dated_on for fact in told} == {date(2026, 11, 20)}


def test_an_unfilled_row_is_skipped_and_an_undated_one_rejected(desk: Desk) -> None:
    blank = looked_up(案件状态="", 查询日="")
    found = desk.checksheet([blank, looked_up(查询日=""), looked_up()])
    assert (found.skipped, found.rejected, found.accepted) == (1, 1, 1)
    assert codes(found.rejects) == ["query_date_missing"]
    assert found.rejects[0].row == 3


def test_an_undone_check_sheet_leaves_no_fact(desk: Desk) -> None:
    desk.take(rows(1))
    before = desk.stored("facts")
    found = desk.checksheet([looked_up()])
    desk.undo(found.run)
    assert desk.stored("facts") == before


def test_an_ended_contact_is_still_known_by_its_recipient(desk: Desk) -> None:
    desk.take(rows(1))
    desk.contacts([contact()])
    recipient = contacts_of(desk)[0].recipient
    desk.contacts([contact(手机="13800000009")], now=LATER)
    with reading(desk.engine) as connection:
        known = directory.by_recipients(connection, desk.vault, [recipient])
        ended = connection.execute(select(contacts.c.ended_on)).scalars().all()
    assert known[recipient].address == "+8613800000001"
    assert sorted(map(str, ended)) == ["2026-12-22", "None"]
