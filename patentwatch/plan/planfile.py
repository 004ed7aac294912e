"""A plan's file: its TOML into values, every mistake with the line it stands on.

Opens no file. One is taken or refused as a whole: first all that has the wrong shape is
told, then all that does not fit together.
"""

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from patentwatch import toml
from patentwatch.errors import ConfigError, InputError
from patentwatch.plan import plancheck
from patentwatch.plan.kinds import Kind
from patentwatch.plan.lines import line_of, lines_of
from patentwatch.plan.plancheck import Remark
from patentwatch.plan.values import Commitment, Item, Plan, Residents

T = TypeVar("T")

_SHOWN = 30
_USUAL = ("lead", "counties")
"""What a commitment may leave to the top of the file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place of the file; `line` None: of the file as a whole.

    `commitment` is the id of the one it is about, "" for none; the message names the
    value and the remedy.
    """

    line: int | None
    commitment: str
    key: str
    message: str

    def __str__(self) -> str:
        where = f"第 {self.line} 行：" if self.line else ""
        whose = f"{self.commitment} 的 " if self.commitment else ""
        return f"{where}{whose}{self.key}{'：' if self.key else ''}{self.message}"


class PlanRefused(InputError):
    """A plan's file with mistakes in it; nothing of it is taken."""

    code = "plan_refused"

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        told = [str(fault) for fault in faults[:_SHOWN]]
        if len(faults) > _SHOWN:
            told.append(f"……共 {len(faults)} 处")
        super().__init__(
            "\n  ".join([f"{file}：计划文件未采用，请改正后再载入", *told])
        )
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as its file says it, and what a person may want to look at in the file."""

    plan: Plan
    warnings: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    """The keys above the first table; `lead` and `counties` are of whoever names none.

    The days are the first and the last of the year unless the file says others.
    """

    name: str
    title: str
    document_no: str
    year: int
    sections: tuple[str, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    in_force_on: date | None = None
    lead: str = ""
    counties: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _ItemHead:
    number: int
    section: int
    title: str
    printed_as: str = ""


def read(
    text: str, *, file: str, kinds: Mapping[str, Kind], counties: Collection[str]
) -> PlanFile:
    """Return the plan of a file; `counties` are those the configuration describes.

    Raises `PlanRefused` with the mistakes; `file` is how it is called in it.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        fault = Fault(None, "", "", f"不是有效的 TOML（须为 UTF-8 编码）：{error}")
        raise PlanRefused(file, [fault]) from error
    lines = lines_of(text)
    reading = _Reading(lines, [])
    plan = reading.plan(raw)
    if plan is None or reading.faults:
        raise PlanRefused(file, _in_order(reading.faults))
    found = _unique(_fault(one, lines) for one in plancheck.faults(plan, kinds))
    if found:
        raise PlanRefused(file, _in_order(found))
    remarks = plancheck.warnings(plan, counties)
    return PlanFile(plan, tuple(_unique(_fault(one, lines) for one in remarks)))


def to_json(plan: Plan) -> dict[str, object]:
    """Return a plan in the types of JSON; equal plans give equal documents.

    Numbers with a fraction are text; what is None is left out.
    """
    document = _plain(plan)
    assert isinstance(document, dict)  # noqa: S101 - a dataclass becomes one
    return document


def from_json(document: Mapping[str, object]) -> Plan:
    """Return the plan that `to_json` wrote down."""
    return toml.build(Plan, document, at="plan")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One pass over a file: values where they have the right shape, else faults."""

    lines: Mapping[str, int]
    faults: list[Fault]

    def plan(self, raw: dict[str, object]) -> Plan | None:
        items = self._tables(raw.pop("item", []), "item")
        residents = self._tables(raw.pop("residents", []), "residents")
        head = self._built(_Head, raw, "")
        people = [
            self._built(Residents, one, f"residents[{at}]")
            for at, one in enumerate(residents)
        ]
        first = self._take(lambda: _first(head.year), "year") if head else None
        if head is None or first is None:
            return None
        plan = Plan(
            name=head.name,
            title=head.title,
            document_no=head.document_no,
            year=head.year,
            starts_on=head.starts_on or first,
            ends_on=head.ends_on or first.replace(month=12, day=31),
            in_force_on=head.in_force_on or head.starts_on or first,
            sections=head.sections,
            items=(),
            lists=head.lists,
            residents=tuple(one for one in people if one is not None),
        )
        usual = {
            "lead": head.lead,
            "counties": list(head.counties),
            "due_on": plan.ends_on,
        }
        made = [self._item(one, usual, f"item[{at}]") for at, one in enumerate(items)]
        return replace(plan, items=tuple(item for item in made if item is not None))

    def _item(
        self, raw: dict[str, object], usual: Mapping[str, object], at: str
    ) -> Item | None:
        path = f"{at}.commitment"
        found = self._tables(raw.pop("commitment", []), path)
        made = [
            self._built(Commitment, {**usual, **one}, f"{path}[{number}]")
            for number, one in enumerate(found)
        ]
        head = self._built(_ItemHead, raw, at)
        if head is None:
            return None
        return Item(
            number=head.number,
            title=head.title,
            section=head.section,
            commitments=tuple(one for one in made if one is not None),
            printed_as=head.printed_as,
        )

    def _tables(self, raw: object, at: str) -> list[dict[str, object]]:
        return self._take(lambda: toml.tables(raw, at), at) or []

    def _built(self, kind: type[T], raw: Mapping[str, object], at: str) -> T | None:
        name = str(raw.get("id", "")) if kind is Commitment else ""
        return self._take(lambda: toml.build(kind, raw, at=at), at, name)

    def _take(self, make: Callable[[], T], at: str, name: str = "") -> T | None:
        """Return what is made; where it cannot be, keep the fault and return None."""
        try:
            return make()
        except ConfigError as error:
            path, _, message = str(error).partition(": ")
            key = path.removeprefix(at).strip(".") or at
            self.faults.append(Fault(line_of(self.lines, path), name, key, message))
            return None


def _first(year: int) -> date:
    if not 1985 <= year <= 2100:
        raise ConfigError(f"year: 须为四位数的年份，现为 {year}")
    return date(year, 1, 1)


def _fault(remark: Remark, lines: Mapping[str, int]) -> Fault:
    """Return a remark with its line, that of the top where the plan's own value is."""
    path = f"{remark.at}.{remark.key}".strip(".")
    if path not in lines and remark.key in _USUAL and remark.key in lines:
        return Fault(lines[remark.key], "", remark.key, remark.message)
    return Fault(line_of(lines, path), remark.commitment, remark.key, remark.message)


def _unique(faults: Iterable[Fault]) -> list[Fault]:
    return list(dict.fromkeys(faults))


def _in_order(faults: Sequence[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.line or 0)


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return _digits(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case tuple():
            return [_plain(one) for one in value]
        case str():
            return str(value)
    if is_dataclass(value):
        return dict(_said(value))
    return value


def _digits(number: Decimal) -> str:
    """Return the number as text; 1.10 and 1.1 are the same."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _said(value: object) -> Iterator[tuple[str, object]]:
    for item in fields(value):  # type: ignore[arg-type]  # asked before
        if (one := getattr(value, item.name)) is not None:
            yield item.name, _plain(one)
