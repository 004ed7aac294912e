"""What a measure must not say: what its type needs, and what its records have."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from patentwatch.plan.kinds import Field, FieldType, Kind
from patentwatch.plan.values import (
    COUNTIES,
    OCCURRED_ON,
    REGISTER_MEASURES,
    TITLES_OF,
    Measure,
    MeasureType,
    Selection,
)
from patentwatch.spelling import did_you_mean


@dataclass(frozen=True, slots=True)
class Wrong:
    """A key of the measure, and what is wrong with its value, in Chinese."""

    key: str
    message: str


_NEEDS: Mapping[MeasureType, frozenset[str]] = {
    MeasureType.COUNT: frozenset({"records"}),
    MeasureType.SUM: frozenset({"records", "field"}),
    MeasureType.DISTINCT: frozenset({"records", "field"}),
    MeasureType.RATIO: frozenset({"records", "of"}),
    MeasureType.COVERAGE: frozenset({"records", "entries"}),
    MeasureType.GROWTH: frozenset({"records"}),
    MeasureType.MEDIAN_DAYS: frozenset({"records", "field"}),
    MeasureType.LATEST: frozenset({"records", "field"}),
    MeasureType.LINKED: frozenset(),
    MeasureType.REGISTER: frozenset({"register"}),
}
_MAY: Mapping[MeasureType, frozenset[str]] = {
    MeasureType.COVERAGE: frozenset({"field"}),
    MeasureType.RATIO: frozenset({"field"}),
    MeasureType.LINKED: frozenset({"records"}),
}
_NUMBERS = frozenset({FieldType.INTEGER, FieldType.NUMBER, FieldType.YUAN})
_FIELD_TYPES: Mapping[MeasureType, tuple[frozenset[FieldType], str]] = {
    MeasureType.SUM: (_NUMBERS, "数字"),
    MeasureType.LATEST: (_NUMBERS, "数字"),
    MeasureType.MEDIAN_DAYS: (frozenset({FieldType.DATE}), "日期"),
}


def wrong_with(
    measure: Measure, kinds: Mapping[str, Kind], lists: Collection[str]
) -> Iterator[Wrong]:
    """Yield what is wrong with a measure; `lists` are the names of the plan's lists."""
    yield from _keys(measure)
    for key, selection in (("records", measure.records), ("of", measure.of)):
        if selection is not None:
            yield from _selection(selection, kinds, key)
    yield from _field(measure, kinds)
    yield from _entries(measure, kinds, lists)
    if measure.register and measure.register not in REGISTER_MEASURES:
        yield Wrong("register", unknown(measure.register, REGISTER_MEASURES))


def unknown(word: str, known: Collection[str]) -> str:
    """Return what a clerk is told of a word that is none of the known ones."""
    meant = did_you_mean(word, known)
    return f"“{word}”无效{meant}；可用的值：{'、'.join(known) or '（没有）'}"


def _keys(measure: Measure) -> Iterator[Wrong]:
    given = {
        key
        for key in ("records", "field", "of", "entries", "register")
        if getattr(measure, key)
    }
    needs = set(_NEEDS[measure.type])
    if measure.type is MeasureType.COVERAGE and measure.entries != COUNTIES:
        needs.add("field")
    for key in sorted(needs - given):
        yield Wrong(key, f'缺少这一项：type = "{measure.type}" 时必须写明')
    for key in sorted(given - needs - _MAY.get(measure.type, frozenset())):
        yield Wrong(key, f'type = "{measure.type}" 时没有这一项，请删去')


def _selection(
    selection: Selection, kinds: Mapping[str, Kind], at: str
) -> Iterator[Wrong]:
    if not selection.kinds:
        yield Wrong(f"{at}.kinds", "是空的；请写至少一个记录类型")
    for name in selection.kinds:
        if name not in kinds:
            yield Wrong(f"{at}.kinds", "没有这个记录类型：" + unknown(name, kinds))
            continue
        kind = kinds[name]
        for key, values in selection.where.items():
            yield from _where(kind, key, values, f"{at}.where.{key}")
        for role in ("dated", "until", "by"):
            if (date := getattr(selection, role)) not in {"", OCCURRED_ON}:
                yield from _is_date(kind, date, f"{at}.{role}")


def _where(kind: Kind, key: str, values: tuple[str, ...], at: str) -> Iterator[Wrong]:
    found = kind.field(key)
    if found is None:
        yield Wrong(at, _no_field(kind, key))
        return
    if not values:
        yield Wrong(at, "是空的；请写至少一个值")
    for value in values:
        if found.type is FieldType.CHOICE and value not in found.choices:
            yield Wrong(at, f"（{found.label}）{unknown(value, found.choices)}")


def _is_date(kind: Kind, key: str, at: str) -> Iterator[Wrong]:
    found = kind.field(key)
    if found is None:
        yield Wrong(at, _no_field(kind, key))
    elif found.type is not FieldType.DATE:
        yield Wrong(at, f"{key}（{found.label}）不是日期；请写一个日期字段")


def _field(measure: Measure, kinds: Mapping[str, Kind]) -> Iterator[Wrong]:
    if not measure.field:
        return
    for selection in (measure.records, measure.of):
        for name in selection.kinds if selection else ():
            if name in kinds:
                yield from _fits(measure, kinds[name])


def _fits(measure: Measure, kind: Kind) -> Iterator[Wrong]:
    found = kind.field(measure.field)
    if found is None:
        yield Wrong("field", _no_field(kind, measure.field))
    elif measure.type in _FIELD_TYPES and not _is_of_type(found, measure.type):
        word = _FIELD_TYPES[measure.type][1]
        yield Wrong(
            "field", f"{found.key}（{found.label}）不是{word}；请写一个{word}字段"
        )


def _is_of_type(found: Field, type_: MeasureType) -> bool:
    return found.type in _FIELD_TYPES[type_][0]


def _no_field(kind: Kind, key: str) -> str:
    known = [one.key for one in kind.fields]
    return f"“{kind.label}”（{kind.key}）没有这个字段：{unknown(key, known)}"


def _entries(
    measure: Measure, kinds: Mapping[str, Kind], lists: Collection[str]
) -> Iterator[Wrong]:
    name = measure.entries
    if name in {"", COUNTIES} or name in lists:
        return
    if name.startswith(TITLES_OF):
        if (kind := name.removeprefix(TITLES_OF)) not in kinds:
            yield Wrong("entries", "没有这个记录类型：" + unknown(kind, kinds))
        return
    yield Wrong("entries", "没有这份名单：" + unknown(name, [COUNTIES, *lists]))
