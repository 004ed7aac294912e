"""Who lives in the sample city: counties, owners, agencies, a bank; their addresses.

Every name says that it is a sample (示例), every mailbox is at a reserved domain, every
number is of a shape that exists and belongs to nobody here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

OFFICE = "濮阳市示例知产局"
"""Eight characters, as 濮阳市知识产权局: an SMS is then billed once."""
PHONE = "0393-0000000"

COUNTIES = (
    ("410902", "华龙区", 24),
    ("410922", "清丰县", 10),
    ("410923", "南乐县", 8),
    ("410926", "范县", 8),
    ("410927", "台前县", 6),
    ("410928", "濮阳县", 16),
    ("410971", "濮阳工业园区", 10),
    ("410972", "濮阳经济技术开发区", 18),
)
"""Code, name and how many of a hundred owners live there."""

CSV_COUNTY = "410927"
"""The county that sends a list of its own, as a text file."""

COMPANIES, PERSONS = 168, 30


@dataclass(frozen=True, slots=True)
class Owner:
    """A patentee. `mobile` and `email` "" where none is known.

    A consent of None was not asked. `standing` is the office's word for it.
    `landline` can be rung and takes no message.
    """

    name: str
    county: str
    person: bool = False
    contact: str = ""
    mobile: str = ""
    email: str = ""
    landline: str = ""
    sms_consent: bool | None = None
    email_consent: bool | None = None
    standing: str = ""
    agency: str = ""


UNIVERSITY = Owner(
    "濮阳示例学院",
    "410902",
    contact="示例科研处",
    mobile="13800009001",
    email="research@example.org",
    email_consent=True,
    sms_consent=True,
)

AGENCIES = (
    Owner(
        "濮阳示例甲专利代理事务所（普通合伙）",
        "410902",
        contact="代理示例",
        mobile="13800009101",
        email="docket@example.net",
    ),
    Owner("郑州示例乙知识产权代理有限公司", "", email="annuity@example.net"),
)

BANK = Owner(
    "示例银行股份有限公司濮阳分行",
    "",
    contact="贷后示例",
    email="pledge@example.org",
)
"""The pledgee of the patents that are pledged."""

_PLACES = {
    "410902": "濮阳市华龙区",
    "410922": "清丰县",
    "410923": "南乐县",
    "410926": "范县",
    "410927": "台前县",
    "410928": "濮阳县",
    "410971": "濮阳工业园区",
    "410972": "濮阳经开区",
}
_WORDS = (
    "晨曦", "星河", "松涛", "云帆", "远山", "清泉", "丹枫", "碧波", "飞鸿", "金穗",
    "蓝田", "青禾", "玉衡", "天枢", "北斗", "南岭", "东篱", "西窗", "春晓", "秋实",
    "夏荷", "冬青", "长风", "白帆", "朝霞", "暮云", "明月", "繁星", "流萤", "归雁",
)  # fmt: skip
_TRADES = (
    "石化设备有限公司", "新材料有限公司", "家具有限公司", "羽绒制品有限公司",
    "玻璃科技有限公司", "化工有限公司", "农业科技有限公司", "食品有限公司",
    "环保工程有限公司", "电子科技有限公司", "机械制造有限公司", "医药有限公司",
)  # fmt: skip
_INITIALS = "qwertyuiopasdfghjklzxcvbnm"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"


def owners(rng: Random) -> tuple[Owner, ...]:
    """Return every owner but the university, the busiest first."""
    names = [f"{word}{trade}" for word in _WORDS for trade in _TRADES]
    rng.shuffle(names)
    found = [_company(i, names[i], rng) for i in range(COMPANIES)]
    # Two firms of one industrial park use the park's mailbox: one recipient.
    for i in (3, 4):
        found[i] = replace(found[i], county="410971", email="park@example.com")
    found += [_person(i, rng) for i in range(PERSONS)]
    return tuple(found)


def officials() -> Iterator[tuple[str, str, Owner]]:
    """Yield the officials who answer for a county, and the city's, with their role."""
    for number, (code, name, _) in enumerate(COUNTIES, 1):
        yield (
            "县区负责人",
            name,
            Owner(
                f"{name}市场监督管理局（示例）",
                code,
                contact="负责示例",
                mobile=f"1380000{9200 + number}",
                email=f"county{code}@example.org",
            ),
        )
    city = Owner(
        OFFICE, "", contact="市级示例", mobile="13800009200", email="city@example.org"
    )
    yield "市级负责人", "", city


def _company(i: int, name: str, rng: Random) -> Owner:
    county = rng.choices([c[0] for c in COUNTIES], [c[2] for c in COUNTIES])[0]
    owner = Owner(
        f"{_PLACES[county]}示例{name}",
        county,
        contact=f"{rng.choice(_SURNAMES)}示例",
        mobile=f"1380000{1000 + i}",
        email=f"{_INITIALS[i % 26]}{i:03d}@example.com",
        sms_consent=True,
        email_consent=True,
        agency=AGENCIES[i % 3].name if i % 3 < len(AGENCIES) else "",
    )
    gap = _GAPS.get(i % 24)
    return gap(owner) if gap and i else owner


def _person(i: int, rng: Random) -> Owner:
    county = rng.choices([c[0] for c in COUNTIES], [c[2] for c in COUNTIES])[0]
    return Owner(
        f"{_SURNAMES[i]}示例",
        county,
        person=True,
        contact=f"{_SURNAMES[i]}示例",
        mobile=f"1380000{3000 + i}" if i % 5 else "",
        email=f"{_INITIALS[i % 26]}{i:02d}@example.net" if i % 3 else "",
        sms_consent=True,
        email_consent=True,
    )


_GAPS: dict[int, Callable[[Owner], Owner]] = {
    0: lambda o: replace(o, standing="代理机构缴费", agency=AGENCIES[0].name),
    5: lambda o: replace(o, mobile="", email=""),
    7: lambda o: replace(o, mobile=""),
    8: lambda o: replace(o, mobile="", email="", landline=PHONE),
    11: lambda o: replace(o, email=""),
    13: lambda o: replace(o, sms_consent=None, email_consent=None),
    17: lambda o: replace(o, sms_consent=False),
    19: lambda o: replace(o, mobile=""),
    21: lambda o: replace(o, sms_consent=False, email_consent=False),
    22: lambda o: replace(o, standing="只发短信"),
}
"""What every so-and-so-many-th firm is like: offices know owners with gaps."""
