"""`status classify`: what a notice about a patent's legal status says."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import BinaryIO

import click

from patentwatch.cli.options import emit_json, json_option
from patentwatch.status.codes import Effect, StatusTable
from patentwatch.status.notices import Notice, classify
from patentwatch.statusfiles import load

_BOM = b"\xef\xbb\xbf"
_EFFECTS = {
    Effect.GRANT: "授予专利权",
    Effect.END: "专利权已终止",
    Effect.RESTORE: "权利已恢复",
    Effect.LIMIT: "专利权缩小后继续有效",
    Effect.TERM: "专利权期限改变",
    Effect.NONE: "不影响专利权的效力",
    Effect.PENDING: "尚未授权",
    Effect.APPLICATION_END: "专利申请已结束，没有专利权",
    Effect.AMBIGUOUS: "无法判断",
}


@click.command(
    "classify",
    help="说明一条法律状态公告的含义；代码优先，代码不足以判断时看文字。\n\n"
    "看不懂的交人核对，不猜测，退出码为 1。--batch 逐行回答 JSON Lines"
    "（- 为标准输入），顺序不变；答不出的行给出 error，其余照答。",
)
@click.option("--code", help="公告的事件代码，如 CF01")
@click.option("--text", help="公告的文字")
@click.option("--batch", type=click.File("rb"), metavar="FILE", help="JSON Lines 文件")
@json_option
def classify_(
    *, code: str | None, text: str | None, batch: BinaryIO | None, as_json: bool
) -> int:
    """Answer for one notice or a file of them; 1 where a person must look."""
    table = load()
    if batch is not None:
        if code is not None or text is not None:
            raise click.UsageError("--batch 的每一行自带代码和文字，不与其他选项同用")
        return _answer_lines(batch, sys.stdout.buffer, table)
    if not ((code or "").strip() or (text or "").strip()):
        raise click.UsageError("缺少 --code 或 --text；或用 --batch FILE 逐行回答")
    notice = classify(code, text, table=table)
    if as_json:
        emit_json(asdict(notice))
    else:
        for line in _sentences(notice):
            click.echo(line)
    return 1 if notice.needs_review else 0


def _answer_lines(lines: Iterable[bytes], out: BinaryIO, table: StatusTable) -> int:
    """Write one line for each that is not blank; 1 if a person must look at one."""
    code = 0
    for line in lines:
        raw = line.strip().removeprefix(_BOM)
        if not raw:
            continue
        found = _answer(raw, table)
        written = json.dumps(
            found, ensure_ascii=False, separators=(",", ":"), default=str
        )
        out.write(f"{written}\n".encode(errors="backslashreplace"))
        if "error" in found or found["needs_review"]:
            code = 1
    out.flush()
    return code


def _answer(raw: bytes, table: StatusTable) -> dict[str, object]:
    try:
        asked = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return _error("not_json", "这一行不是 UTF-8 的 JSON，请核对")
    if not isinstance(asked, dict):
        return _error("not_an_object", '这一行应如 {"code": "CF01", "text": "…"}')
    code, text = asked.get("code"), asked.get("text")
    if not (isinstance(code, str | None) and isinstance(text, str | None)):
        return _error("not_text", "code 和 text 须为文字或 null")
    if not ((code or "").strip() or (text or "").strip()):
        return _error("nothing_given", "code 和 text 至少要有一个")
    return asdict(classify(code, text, table=table))


def _error(code: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message}}


def _sentences(notice: Notice) -> Iterator[str]:
    yield f"{notice.code or '（无代码）'}：{_EFFECTS[notice.effect]}（{notice.reason}）"
    if notice.effective_on:
        yield f"  生效日：{notice.effective_on}"
    if notice.announced_on:
        yield f"  公告日：{notice.announced_on}"
    for label, value in notice.fields.items():
        yield f"  {label}：{value}"
    if notice.needs_review:
        yield "请人工核对：这条公告不能完全自动判断。"
