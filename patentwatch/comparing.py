"""What a staged list says beside the register: repeats, differences, a refusal."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row

from patentwatch.model import RowNote
from patentwatch.register.changes import Refusal, Shift, refusal
from patentwatch.register.result import NOTES_KEPT, Intake
from patentwatch.settings import Settings
from patentwatch.store import patents, staging
from patentwatch.store.staging import Scope


def settle_repeats(connection: Connection, intake: Intake) -> None:
    """Count a number listed twice once if the data are the same, else not at all."""
    dropped: list[int] = []
    for rows in staging.repeated(connection):
        number, places = rows[0].application_no, _places(rows)
        if len({row.fingerprint for row in rows}) == 1:
            doubles, code, notes = rows[1:], "duplicate_row", intake.skips
            text = f"申请号 {number} 重复（{places}），内容相同，只计一次"
            intake.skipped += len(doubles)
        else:
            doubles, code, notes = rows, "duplicate_conflict", intake.rejects
            columns = "、".join(_differing(rows))
            text = (
                f"申请号 {number} 在{places}内容不一致（{columns}），均未采用；"
                "请核对后只保留一行"
            )
            intake.rejected += len(doubles)
        intake.note(
            notes,
            (RowNote(row.sheet, row.row, "", code, number, text) for row in doubles),
        )
        dropped += [row.seq for row in doubles]
    staging.drop(connection, dropped)
    if dropped:
        order = {sheet["name"]: place for place, sheet in enumerate(intake.sheets)}
        for notes in (intake.rejects, intake.skips):
            notes.sort(key=lambda note: (order[note.sheet], note.row))


def _places(rows: Sequence[Row[Any]]) -> str:
    if len({row.sheet for row in rows}) == 1:
        return f"第 {'、'.join(str(row.row) for row in rows)} 行"
    return "、".join(f"工作表“{row.sheet}”第 {row.row} 行" for row in rows)


def _differing(rows: Sequence[Row[Any]]) -> Iterator[str]:
    columns = [row._mapping for row in rows]  # noqa: SLF001 - documented access
    for name in patents.ATTRIBUTES:
        if any(one[name] != columns[0][name] for one in columns):
            yield FIELD_WORDS[_FIELDS.get(name, name)]


def compare(
    connection: Connection, scope: Scope, intake: Intake, settings: Settings
) -> Refusal | None:
    """Count and show what the list changes; return why it should be refused."""
    counts = staging.classify(connection, scope)
    intake.created, intake.changed = counts.created, counts.changed
    intake.unchanged = counts.unchanged
    intake.accepted = counts.created + counts.changed + counts.unchanged
    vanished = staging.vanished(connection, scope)
    intake.vanished = sum(gone for gone, _ in vanished.values())
    intake.changes = list(islice(_changes(connection), NOTES_KEPT))
    names = {county.code: county.name for county in settings.counties}
    return refusal(
        {names.get(code, code): Shift(*moved) for code, moved in vanished.items()},
        Shift(*staging.shifted_filing_dates(connection)),
    )


def _changes(connection: Connection) -> Iterator[dict[str, Any]]:
    for old, new in staging.changed_pairs(connection):
        for name in patents.ATTRIBUTES:
            if old[name] != new[name]:
                yield {
                    "application_no": new["application_no"],
                    "field": _FIELDS.get(name, name),
                    "old": _shown(old[name]),
                    "new": _shown(new[name]),
                }


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.replace("\n", "；") if isinstance(value, str) else value


FIELD_WORDS = {
    "patent_type": "专利类型",
    "filing_date": "申请日",
    "grant_date": "授权公告日",
    "grant_publication_no": "授权公告号",
    "title": "名称",
    "patentee": "专利权人",
    "credit_code": "统一社会信用代码",
    "address": "地址",
    "county": "县区",
    "ipc": "分类号",
    "agency": "代理机构",
    "reduction": "费减比例",
    "paid_through": "已缴年度",
    "legal_status": "法律状态",
    "queried_on": "查询日",
    "high_value": "高价值",
}
"""How a clerk knows the fields of a change."""

_FIELDS = {
    "filing_on": "filing_date",
    "grant_on": "grant_date",
    "patentees": "patentee",
    "credit_codes": "credit_code",
}
