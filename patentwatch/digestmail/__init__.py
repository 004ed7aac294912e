"""A digest as it leaves the house: mail, workbook, calendar – from its value alone.

Equal digests give equal bytes: nothing here reads a clock or a database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment

from patentwatch import clean, mime, phrases, templates
from patentwatch.digestmail import calendar, workbook
from patentwatch.digestmail.parts import Section
from patentwatch.digestmail.sections import sections
from patentwatch.digestmail.words import age, money, period, source, title
from patentwatch.digests.making import masked
from patentwatch.digests.values import Digest

NOTHING_DUE = "本期无到期、无逾期事项"
LIST_OLD_AFTER_DAYS = 35
"""A list comes once a month; when it is older, that is said first of all."""

_LIMIT = 400_000
_NUMERALS = (*tuple("一二三四五六七八九十"), "十一", "十二", "十三", "十四")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees of a digest without opening a file."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the figures at the top; `grave` where it asks for something today."""

    figure: str
    label: str
    grave: bool


def shown(digest: Digest, *, env: Environment | None = None) -> Shown:
    """Return a digest in words, telephone numbers masked: those are for the workbook.

    `env` renders other templates than those that ship.
    """
    values = _values(masked(digest))
    subject = clean.header("".join(_fill("subject.txt", values, env).split("\n")))
    values["subject"] = subject
    text = _fill("body.txt", values, env)
    return Shown(subject, _tidy(text), _fill("body.html", values, env))


def mail(
    digest: Digest,
    *,
    ref: str,
    sender: str,
    sender_name: str,
    to: str,
    to_name: str,
    sent_at: datetime,
) -> bytes:
    """Return the mail of a digest; `ref` is the word of its Message-ID."""
    page = shown(digest)
    return mime.build(
        sender=sender,
        sender_name=sender_name,
        to=to,
        to_name=to_name,
        subject=page.subject,
        text=page.text,
        html=page.html,
        attachments=files(digest),
        sent_at=sent_at,
        identity=ref,
    )


def files(digest: Digest) -> list[mime.Attachment]:
    """Return the workbook, and the calendar where there are days to come."""
    name = file_name(digest)
    found = [workbook.attachment(digest, f"{name}.xlsx")]
    days = calendar.attachment(digest, f"{name}.ics")
    return [*found, days] if days else found


def _file_names(digest: Digest) -> list[str]:
    name = file_name(digest)
    days = [f"{name}.ics（日历）"] if calendar.entries(digest) else []
    return [f"{name}.xlsx（明细表格）", *days]


def file_name(digest: Digest) -> str:
    """Return what the files of a digest are called, without their ending."""
    where = digest.county or "city"
    return f"digest-{where}-{digest.window.start_on}-{digest.window.kind}"


def _fill(file: str, values: dict[str, object], env: Environment | None) -> str:
    return templates.fill(f"digest/{file}", values, limit=_LIMIT, env=env)


def _values(digest: Digest) -> dict[str, object]:
    found, empty = sections(digest)
    return {
        "office": clean.line(digest.office_name),
        "phone": clean.line(digest.office_phone),
        "title": title(digest),
        "period": period(digest.window),
        "today": phrases.day(digest.as_of_on),
        "lead": _lead(digest),
        "calm": digest.nothing_due,
        "tiles": _tiles(digest),
        "banners": tuple(_banners(digest)),
        "sections": tuple(
            _Numbered(number, section)
            for number, section in zip(_NUMERALS[: len(found)], found, strict=True)
        ),
        "empty": "、".join(empty),
        "data": tuple(_data(digest)),
        "attachments": "、".join(_file_names(digest)),
        "headline": _headline(digest),
    }


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A section with its number."""

    number: str
    section: Section


def _lead(digest: Digest) -> str:
    if digest.nothing_due:
        return f"{NOTHING_DUE}。"
    risks = digest.at_risk
    confirmed = sum(risk.confirmed for risk in risks)
    tied = sum(bool(risk.ties) for risk in risks)
    parts = [f"临期或逾期、尚未办结的年费{len(risks)}笔"]
    parts += [f"其中{confirmed}笔已确认欠费"] if confirmed else []
    parts += [f"{tied}件专利有质押、许可等关联"] if tied else []
    yuan = sum(risk.amount_yuan or 0 for risk in risks)
    money_due = f"，应缴共{money(yuan)}" if yuan else ""
    return f"{'，'.join(parts)}{money_due}。{_asked(digest)}"


def _asked(digest: Digest) -> str:
    calls = len(digest.calls)
    if not calls:
        return "没有待打的电话。"
    if digest.of_the_city:
        reported = sum(call.overdue for call in digest.calls)
        return f"市局要办或督办的电话{calls}件，其中县区报来{reported}件。"
    return f"请今日打{calls}件电话。"


def _headline(digest: Digest) -> str:
    """Return what the subject says beside the title."""
    if digest.nothing_due:
        return NOTHING_DUE
    return f"待办{len(digest.at_risk)}笔，电话{len(digest.calls)}件"


def _tiles(digest: Digest) -> tuple[Tile, ...]:
    calls, unreachable = len(digest.calls), len(digest.unreachable)
    confirmed = sum(risk.confirmed for risk in digest.at_risk)
    return (
        Tile(str(len(digest.at_risk)), "待办年费", grave=False),
        Tile(str(confirmed), "已确认欠费", grave=confirmed > 0),
        Tile(str(calls), "要打的电话", grave=calls > 0),
        Tile(str(unreachable), "联系不上", grave=unreachable > 0),
    )


def _banners(digest: Digest) -> Iterator[str]:
    """Yield what makes the figures doubtful: old data, observing, undecided."""
    on = digest.as_of_on
    if digest.observing:
        yield "当前为观察模式：只判断和记录，没有向专利权人发送提醒。"
    if digest.listed_on and (on - digest.listed_on).days > LIST_OLD_AFTER_DAYS:
        yield f"有效专利清单截至{age(digest.listed_on, on)}，请导入新清单。"
    if digest.sources and all(one.stale for one in digest.sources):
        heard = [one.answered_on for one in digest.sources if one.answered_on]
        until = f"截至{age(max(heard), on)}" if heard else "从未得到回答"
        yield f"法律状态数据{until}，已超过7天没有更新；提醒照常进行。"
    if digest.undecided:
        yield f"有{digest.undecided}件专利无法判断，未计入本报告，请联系管理员。"


def _data(digest: Digest) -> Iterator[str]:
    """Yield until when the data go from which the digest was made."""
    on = digest.as_of_on
    whose = "各县区清单中最早的" if digest.of_the_city else "有效专利清单"
    if digest.listed_on:
        yield f"{whose}截至{age(digest.listed_on, on)}"
    else:
        yield f"{whose}：还没有导入"
    for one in digest.sources:
        until = "：从未得到回答"
        if one.answered_on:
            until = f"截至{age(one.answered_on, on)}"
        old = "，已超过7天没有更新" if one.stale else ""
        yield f"{clean.line(source(one.name))}{until}{old}"
    yield f"所述期间：{period(digest.window)}；待办和电话按{phrases.day(on)}列出"


def _tidy(text: str) -> str:
    """Return `text` without trailing blanks and with one empty line at a time."""
    kept: list[str] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n") + "\n"
