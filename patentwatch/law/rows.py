"""One row of a law table as it was parsed, read field by field, strictly.

Every complaint names the table, the row and the field, because the reader of the
complaint is the person who has just dropped a file into the override folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from patentwatch.errors import LawError
from patentwatch.model import PatentType


@dataclass(frozen=True, slots=True)
class Row:
    """Row `number` (from 1) of the section `section` in the table `table`."""

    table: str
    section: str
    number: int
    values: Mapping[str, object]
    _read: set[str] = field(default_factory=set)

    def fault(self, what: str) -> LawError:
        """Return the error that says `what` is wrong with this row."""
        return LawError(
            f"{self.table}：[[{self.section}]] 第{self.number}条：{what}",
            code="law_table",
        )

    def _value(self, key: str) -> object:
        self._read.add(key)
        if key not in self.values:
            raise self.fault(f"缺少 {key}，请补上")
        return self.values[key]

    def day(self, key: str) -> date:
        """Return a date; an instant is refused."""
        return self._as_day(key, self._value(key))

    def _as_day(self, key: str, value: object) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.fault(f"{key} 应为日期，如 2027-01-01，不加引号")
        return value

    def days(self, key: str) -> frozenset[date]:
        """Return dates; naming one twice is refused."""
        values = [self._as_day(key, value) for value in self._list(key)]
        if len(set(values)) != len(values):
            raise self.fault(f"{key} 中有重复的日期")
        return frozenset(values)

    def _list(self, key: str) -> list[object]:
        value = self._value(key)
        if not isinstance(value, list):
            raise self.fault(f"{key} 应为列表 [ … ]")
        return value

    def number_of(self, key: str, *, least: int, most: int = 10**9) -> int:
        """Return a whole number from `least` to `most`, both inclusive."""
        return self._as_number(key, self._value(key), least=least, most=most)

    def _as_number(self, key: str, value: object, *, least: int, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fault(f"{key} 应为整数")
        if not least <= value <= most:
            raise self.fault(f"{key} = {value}，应在 {least} 至 {most} 之间")
        return value

    def percents(self, key: str) -> tuple[int, ...]:
        """Return percentages from 0 to 100; an empty list is refused."""
        values = tuple(
            self._as_number(key, value, least=0, most=100) for value in self._list(key)
        )
        if not values:
            raise self.fault(f"{key} 不能为空")
        return values

    def text(self, key: str) -> str:
        """Return a text that is not blank."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"{key} 应为非空的文字")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._list(key)
        if not all(isinstance(value, str) for value in values):
            raise self.fault(f"{key} 应为文字的列表")
        return tuple(str(value) for value in values)

    def switch(self, key: str) -> bool:
        """Return true or false."""
        value = self._value(key)
        if not isinstance(value, bool):
            raise self.fault(f"{key} 应为 true 或 false")
        return value

    def patent_type(self, key: str) -> PatentType:
        """Return one of the three kinds of patents."""
        return self._as_patent_type(self.text(key))

    def patent_types(self, key: str) -> frozenset[PatentType]:
        """Return kinds of patents."""
        return frozenset(self._as_patent_type(value) for value in self.texts(key))

    def _as_patent_type(self, value: str) -> PatentType:
        try:
            return PatentType(value)
        except ValueError:
            known = "、".join(PatentType)
            raise self.fault(f"专利类型“{value}”无法识别，应为 {known}") from None

    def parts(self, key: str) -> tuple["Row", ...]:
        """Return the rows inside this row, which complain in its name."""
        found: list[Row] = []
        for value in self._list(key):
            if not isinstance(value, dict):
                raise self.fault(f"{key} 应为 {{ … }} 的列表")
            found.append(Row(self.table, self.section, self.number, value))
        return tuple(found)

    def finish(self) -> None:
        """Refuse what nobody asked for: a mistyped key must not pass in silence."""
        unknown = sorted(set(self.values) - self._read)
        if unknown:
            raise self.fault(f"不认识的字段 {'、'.join(unknown)}，请核对拼写")
