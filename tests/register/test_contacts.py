from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.model import County, PatentNumber
from patentwatch.register import addresses
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind, layout_of
from patentwatch.register.contacts import ContactRow, ContactRows, Role
from patentwatch.register.outcome import Outcome

COUNTIES = (County("410902", "华龙区"),)
TODAY = date(2026, 11, 22)
GOOD = {"名称": "某某公司", "手机": "13812340000"}


def read(cells: Mapping[str, str]) -> Outcome[ContactRow]:
    fields = {**GOOD, **cells}
    layout = layout_of(list(fields), Kind.CONTACTS)
    rows = ContactRows(layout, today=TODAY, counties=COUNTIES)
    return rows.read(Row(7, list(fields.values())))


def taken(cells: Mapping[str, str]) -> ContactRow:
    outcome = read(cells)
    assert outcome.value is not None, outcome
    return outcome.value


def test_a_full_row_becomes_a_contact() -> None:
    outcome = read(
        {
            "角色": "代理机构",
            "联系人": "王五",
            "邮箱": "Office@Example.CN",
            "县区": "华龙",
            "短信同意": "是",
            "邮件同意": "否",
            "同意日期": "2026-01-05",
            "依据": "书面同意",
            "常设指示": "代理机构缴费；抄送本人",
            "申请号": "ZL201310199708X",
            "统一社会信用代码": "91330000712550473W",
        }
    )
    assert outcome.warnings == ()
    assert outcome.value == ContactRow(
        party="某某公司",
        role=Role.AGENT,
        person="王五",
        mobiles=("+8613812340000",),
        emails=("Office@example.cn",),
        county="410902",
        application_no=PatentNumber("201310199708.X"),
        credit_code="91330000712550473W",
        sms_consent=True,
        email_consent=False,
        consent_on=date(2026, 1, 5),
        consent_basis="书面同意",
        standing=frozenset({"agent_pays", "copy_me"}),
    )


def test_blank_consent_was_not_asked() -> None:
    contact = taken({"短信同意": "", "邮件同意": ""})
    assert (contact.sms_consent, contact.email_consent) == (None, None)
    assert contact.role is Role.PATENTEE


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        pytest.param({"名称": ""}, "name_missing", id="no-name"),
        pytest.param({"名称": "张三"}, "person_ambiguous", id="person"),
        pytest.param({"角色": "朋友"}, "role_unknown", id="role"),
        pytest.param({"手机": ""}, "no_address", id="no-address"),
        pytest.param({"手机": "138123400001"}, "phone_invalid", id="I19-12-digits"),
        pytest.param({"手机": "138****0000"}, "contact_masked", id="I19-masked"),
        pytest.param({"邮箱": "a***@b.cn"}, "contact_masked", id="masked-mail"),
        pytest.param({"邮箱": "a@b"}, "email_invalid", id="no-domain"),
        pytest.param({"邮箱": "a b@c.cn"}, "email_invalid", id="blank"),
        pytest.param({"邮箱": "a@b.cn <c@d.cn>"}, "email_invalid", id="I20-two-faces"),
        pytest.param({"短信同意": "也许"}, "consent_unknown", id="consent"),
        pytest.param({"同意日期": "2026-02-30"}, "date_impossible", id="consent-date"),
        pytest.param({"常设指示": "别烦我"}, "standing_unknown", id="standing"),
        pytest.param({"申请号": "2.01E+12"}, "number_damaged", id="number"),
        pytest.param(
            {"角色": "县区负责人", "县区": "洛阳"}, "county_missing", id="official"
        ),
    ],
)
def test_a_contact_that_cannot_be_used_is_refused(
    cells: dict[str, str], code: str
) -> None:
    outcome = read(cells)
    assert outcome.reject is not None
    assert (outcome.reject.code, outcome.reject.row) == (code, 7)
    assert outcome.value is None


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"手机": "0393-1234567"}, "landline_no_sms"),
        ({"手机": "13812340000;13912340000"}, "phones_split"),
        ({"邮箱": "a@b.cn，c@d.cn"}, "emails_split"),
        ({"短信同意": "是"}, "consent_undated"),
        ({"县区": "洛阳"}, "county_unknown"),
    ],
)
def test_a_doubtful_cell_is_warned_of(cells: dict[str, str], code: str) -> None:
    outcome = read(cells)
    assert outcome.value is not None
    assert [note.code for note in outcome.warnings] == [code]


def test_a_person_is_taken_with_a_number_or_as_an_official() -> None:
    assert taken({"名称": "张三", "申请号": "201310199708.X"}).party == "张三"
    official = taken({"名称": "", "联系人": "张三", "角色": "市级负责人"})
    assert (official.party, official.role) == ("张三", Role.CITY_OFFICIAL)


def test_notes_never_show_an_address() -> None:
    for cells in (
        {"手机": "138123400001"},
        {"手机": "0393-1234567"},
        {"手机": "13812340000、13912340000"},
        {"邮箱": "secret.name@b"},
        {"邮箱": "secret@b.cn;hidden@b.cn"},
    ):
        outcome = read(cells)
        for note in (outcome.reject, *outcome.warnings):
            shown = f"{note.value} {note.message}" if note else ""
            for secret in ("12340000", "123400001", "93123", "secret", "hidden"):
                assert secret not in shown


@pytest.mark.parametrize(
    ("text", "mobiles", "landlines"),
    [
        ("138 1234 0000", ("+8613812340000",), ()),
        ("+86 138-1234-0000", ("+8613812340000",), ()),
        ("１３８１２３４００００", ("+8613812340000",), ()),
        ("13812340000.0", ("+8613812340000",), ()),
        ("13812340000 13912340000", ("+8613812340000", "+8613912340000"), ()),
        ("13812340000/0393-1234567", ("+8613812340000",), ("+863931234567",)),
        ("+852 9123 4567", (), ("+85291234567",)),
        ("", (), ()),
    ],
)
def test_phones_are_told_apart(
    text: str, mobiles: tuple[str, ...], landlines: tuple[str, ...]
) -> None:
    found = addresses.phones(text)
    assert (found.mobiles, found.landlines, found.fault) == (mobiles, landlines, "")


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("a@b.cn", ("a@b.cn",)),
        ("ａ＠ｂ.ｃｎ", ("a@b.cn",)),
        ("张,三 <a@b.cn>", ("a@b.cn",)),
        ("甲 <a@b.cn>; 乙 <c@d.cn>", ("a@b.cn", "c@d.cn")),
        ("a@b.cn;a@B.CN", ("a@b.cn",)),
        ("\u200ba@b.cn\u202c", ("a@b.cn",)),
        ("mailto:a@b.cn", ("a@b.cn",)),
    ],
)
def test_i20_only_addresses_are_addresses(text: str, emails: tuple[str, ...]) -> None:
    assert addresses.emails(text).emails == emails


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_no_input_makes_the_parser_raise(phone: str, email: str, name: str) -> None:
    outcome = read({"名称": name, "手机": phone, "邮箱": email, "常设指示": name})
    assert (outcome.value is None) != (outcome.reject is None)
    if outcome.value is not None:
        for address in outcome.value.emails:
            assert address.isascii()
            assert len(address.splitlines()) == 1
