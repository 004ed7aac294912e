"""The sample city on a day: every patent with its stage, its owners and its papers.

The same day gives the same city. Numbers have valid check digits and serials that the
national office never reaches, so that no sample is anybody's patent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from patentwatch.demo import people
from patentwatch.demo.people import Owner
from patentwatch.demo.stages import (
    LIST_AGE,
    STAGES,
    Stage,
    days_of,
    due_days,
)
from patentwatch.law.annuities import annuity, surcharge_percent
from patentwatch.law.fees import payable_fee_yuan, percent_of
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.terms import grant_year, months_after
from patentwatch.model import PatentNumber, PatentType
from patentwatch.register.numbers import check_digit

SEED = 410900
FIRST_SERIAL = 9_000_001
"""The office numbers the applications of a year from 0000001; it never comes so far."""

_FILLER = "paid_column"
_SHEET_AGE = (1, 3)
_THINGS = (
    "耐高温密封垫", "羽绒清洗装置", "玻璃瓶检测台", "石化管道接头", "小麦播种机",
    "防腐涂料", "生物质颗粒炉", "污水处理膜", "输油泵", "柔性传感器", "香料提取物",
    "木质家具榫卯件", "电池隔膜", "无土栽培槽", "钻井液助剂", "乳液聚合物",
)  # fmt: skip
_WAYS = ("的制备方法", "及其控制方法", "及使用方法", "", "的检测系统", "及生产工艺")


@dataclass(frozen=True, slots=True)
class Sample:
    """One patent of the sample city; `fee_year` and `due_on` are the year in question.

    `receipt` is a payment (day, yuan); `queried_on` when it was looked up, None if not;
    `asked_yuan` what the national office then asked for.
    """

    stage: Stage
    number: PatentNumber
    title: str
    filing_on: date
    grant_on: date
    grant_publication_no: str
    fee_year: int
    due_on: date
    owners: tuple[Owner, ...]
    reduction: int | None
    receipt: tuple[date, int] | None = None
    queried_on: date | None = None
    asked_yuan: int = 0

    @property
    def county(self) -> str:
        """Return the county of the first owner, who answers for the patent."""
        return self.owners[0].county

    @property
    def paid_through(self) -> int | None:
        """Return what the list says in 已缴年费年度, None for an empty cell."""
        column = self.stage.column
        return None if column is None else self.fee_year + column


@dataclass(frozen=True, slots=True)
class City:
    """Everything about the sample city on one day."""

    today: date
    listed_on: date
    owners: tuple[Owner, ...]
    samples: tuple[Sample, ...]


def sample_city(today: date, *, rulebook: Rulebook) -> City:
    """Return the sample city as it stands on `today`."""
    rng = Random(SEED)  # noqa: S311 - a sample, not a secret
    owners = people.owners(rng)
    return City(
        today,
        today - LIST_AGE,
        (people.UNIVERSITY, *owners),
        tuple(_Maker(today, owners, rulebook, rng).samples()),
    )


def counts(zones: Mapping[str, Sequence[date]]) -> dict[str, int]:
    """Return how many patents each stage has; those of an empty zone fill the last."""
    found = {stage.name: stage.count if zones[stage.zone] else 0 for stage in STAGES}
    found[_FILLER] += sum(s.count for s in STAGES) - sum(found.values())
    return found


class _Maker:
    """Makes the samples of one city, one after another."""

    def __init__(
        self, today: date, owners: tuple[Owner, ...], rulebook: Rulebook, rng: Random
    ) -> None:
        self._today, self._owners = today, owners
        self._rulebook, self._rng = rulebook, rng
        self._zones = due_days(today, rulebook=rulebook)
        # A few own many, many own few.
        self._weights = [1 + 16 / (1 + i) for i in range(len(owners))]

    def samples(self) -> Iterator[Sample]:
        """Yield every patent, in the order of the list."""
        wanted = counts(self._zones)
        stages = [s for s in STAGES for _ in range(wanted[s.name])]
        theirs = dict.fromkeys((s.name for s in STAGES), 0)
        self._rng.shuffle(stages)
        for serial, stage in enumerate(stages, FIRST_SERIAL):
            theirs[stage.name] += 1
            university = theirs[stage.name] <= stage.university
            yield self._sample(stage, serial, university=university)

    def _sample(self, stage: Stage, serial: int, *, university: bool) -> Sample:
        rng = self._rng
        due_on = rng.choice(self._zones[stage.zone])
        fee_year = stage.fee_year or self._fee_year(stage)
        filing_on = months_after(due_on, -12 * (fee_year - 1))
        granted_in = fee_year - 1 if stage.newly_granted else rng.randint(2, 3)
        grant_on = self._grant_on(filing_on, granted_in)
        owners = (people.UNIVERSITY,) if university else self._some_owners()
        sample = Sample(
            stage,
            _number(filing_on.year, serial),
            f"一种示例{rng.choice(_THINGS)}{rng.choice(_WAYS)}",
            filing_on,
            grant_on,
            f"CN1{serial + 80_000_000 - FIRST_SERIAL:08d}B",
            fee_year,
            due_on,
            owners,
            self._reduction(stage, owners),
        )
        return self._with_papers(sample)

    def _fee_year(self, stage: Stage) -> int:
        return (
            self._rng.randint(3, 5) if stage.newly_granted else self._rng.randint(5, 17)
        )

    def _grant_on(self, filing_on: date, year: int) -> date:
        """Return a day in patent year `year` that the list could already name."""
        first = months_after(filing_on, 12 * (year - 1))
        last = months_after(filing_on, 12 * year) - timedelta(days=1)
        span = (min(last, self._today - LIST_AGE) - first).days
        return first + timedelta(days=self._rng.randint(0, max(0, span)))

    def _some_owners(self) -> tuple[Owner, ...]:
        first = self._rng.choices(self._owners, self._weights)[0]
        if first.person or self._rng.random() >= 0.06:
            return (first,)
        second = self._rng.choice([o for o in self._owners if not o.person])
        return (first,) if second == first else (first, second)

    def _reduction(self, stage: Stage, owners: tuple[Owner, ...]) -> int | None:
        if stage.receipt == "reduced":
            return None
        if owners[0].person:
            return 85
        granted = 85 if len(owners) == 1 else 70
        return self._rng.choices((None, 0, granted), (5, 3, 4))[0]

    def _with_papers(self, sample: Sample) -> Sample:
        stage = sample.stage
        if stage.receipt:
            sample = replace(sample, receipt=self._receipt(sample))
        if stage.sheet:
            queried_on = self._today - timedelta(days=self._rng.randint(*_SHEET_AGE))
            sample = replace(
                sample,
                queried_on=queried_on,
                asked_yuan=self._asked(sample, queried_on),
            )
        return sample

    def _receipt(self, sample: Sample) -> tuple[date, int]:
        """Return a payment in time: before the due day, and before today."""
        day = min(sample.due_on, self._today) - timedelta(days=self._rng.randint(1, 20))
        reduced = 85 if sample.stage.receipt == "reduced" else sample.reduction
        return day, self._fee_yuan(sample, reduced)

    def _asked(self, sample: Sample, on: date) -> int:
        if sample.stage.sheet == "paid":
            return 0
        fee = annuity(
            PatentType.INVENTION,
            sample.filing_on,
            sample.fee_year,
            rulebook=self._rulebook,
        )
        percent = surcharge_percent(fee, on=on)
        full = percent_of(fee.full_fee_yuan, percent)
        return self._fee_yuan(sample, sample.reduction) + full

    def _fee_yuan(self, sample: Sample, reduction: int | None) -> int:
        return payable_fee_yuan(
            PatentType.INVENTION,
            sample.fee_year,
            due_on=sample.due_on,
            grant_year=grant_year(sample.filing_on, sample.grant_on),
            reduction=reduction,
            open_licence=False,
            rulebook=self._rulebook,
        )


def late_until(sample: Sample, *, rulebook: Rulebook) -> date:
    """Return the last day of the late period of the year in question."""
    return days_of(sample.due_on, rulebook=rulebook).ends_on


def _number(year: int, serial: int) -> PatentNumber:
    digits = f"{year}1{serial:07d}"
    return PatentNumber(f"{digits}.{check_digit(digits)}")
