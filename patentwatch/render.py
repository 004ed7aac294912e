"""From a letter to what leaves the house: an e-mail's bytes or a short message.

Everything a reader sees comes from `alerts/templates`; everything a template sees is
already text. A message is whole or it is an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from jinja2 import Environment

from patentwatch import attachments, clean, mime, phrases, smsparts, templates
from patentwatch.errors import PatentwatchError
from patentwatch.letters import Letter
from patentwatch.model import Channel
from patentwatch.phrases import ENDED, LAST, ItemText
from patentwatch.smswords import Saying, sayings

OFFICE_SITE = "https://cponline.cnipa.gov.cn"
OFFICE_SITE_NAME = "国家知识产权局专利业务办理系统"

SMS_LIMIT = 500
MAIL_LIMIT = 200_000

# More rows than this are left to the attached table, so that a mail stays small.
_ROWS_SHOWN = 60
_TABLE_ABOVE = 3

_TONE = {
    "overdue": "warn",
    "surcharge": "warn",
    "final_presumed": "warn",
    "final": "grave",
    "last_week": "grave",
    "lapsed": "grave",
    "restore": "grave",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished message. `raw` is what goes over the wire or into a file.

    `message` is the template folder. `html` and `subject` are "" for a short message;
    only that one has `sayings`, for a gateway that keeps the texts itself.
    """

    message: str
    channel: Channel
    subject: str
    text: str
    html: str
    raw: bytes
    sayings: tuple[Saying, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of `raw`, in hexadecimal."""
        return sha256(self.raw).hexdigest()

    @property
    def parts(self) -> int:
        """How many short messages are billed; 1 for an e-mail."""
        return smsparts.parts(self.text) if self.channel is Channel.SMS else 1


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled line of the first screen; `strong` where the eye should rest."""

    name: str
    text: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One item among several. `amount` is "" where none can be named."""

    position: str
    item: ItemText
    status: str
    amount: str


def message(
    letter: Letter,
    *,
    sender: str,
    to: str = "",
    sent_at: datetime,
    unsubscribe: str | None = None,
    env: Environment | None = None,
) -> Rendered:
    """Return `letter` as it leaves the house.

    `sender` is the relay's from-address (unused for SMS), `to` the recipient's
    mailbox, needed for e-mail. `sent_at` becomes the Date header; it must know its
    zone. `unsubscribe` is the link of the mail's List-Unsubscribe. `env` renders other
    templates than those that ship.

    Raises `PatentwatchError` with the code `template_broken`, `letter_incomplete`,
    `letter_impossible`, `message_id_invalid` or `bad_contact`.
    """
    _complete(letter)
    texts = tuple(phrases.item_text(item, letter) for item in letter.items)
    name = _name(letter, texts)
    desk = _Desk(name, env)
    values = _values(letter, texts)
    posting = _Posting(sender, to, sent_at, unsubscribe)
    if letter.channel is Channel.SMS:
        return _short(desk, values, texts)
    if len(texts) > 1:
        return _several(desk, values, letter, texts, posting)
    return _single(desk, values, letter, texts, posting)


class _Posting(NamedTuple):
    """What the envelope of a mail says."""

    sender: str
    to: str
    sent_at: datetime
    unsubscribe: str | None


@dataclass(frozen=True, slots=True)
class _Desk:
    """Fills the templates of one message."""

    name: str
    env: Environment | None

    def text(self, file: str, values: Mapping[str, object]) -> str:
        name = file if "/" in file else f"{self.name}/{file}"
        return templates.fill(name, values, limit=MAIL_LIMIT, env=self.env)

    def sentence(self, file: str, values: Mapping[str, object]) -> str:
        """Join a template's lines, as Chinese has no blank between them."""
        return "".join(self.lines(file, values))

    def lines(self, file: str, values: Mapping[str, object]) -> tuple[str, ...]:
        lines = self.text(file, values).splitlines()
        return tuple(line.strip() for line in lines if line.strip())


def _complete(letter: Letter) -> None:
    """Refuse a letter that would leave a hole in the text."""
    office = letter.office
    missing = [
        word
        for word, there in (
            ("发件单位名称", clean.name(office.name)),
            ("联系电话", clean.name(office.phone)),
            ("专利", letter.items or letter.test),
        )
        if not there
    ]
    if letter.channel is Channel.CALL:
        raise PatentwatchError("电话任务没有消息可发", code="letter_impossible")
    if missing:
        text = f"消息缺少：{'、'.join(missing)}"
        raise PatentwatchError(text, code="letter_incomplete")


def _name(letter: Letter, texts: tuple[ItemText, ...]) -> str:
    if not texts:
        return "test"
    if len(texts) > 1:
        return "several"
    if letter.channel is Channel.SMS and texts[0].kind == "notice":
        raise PatentwatchError("首次通知只发邮件", code="letter_impossible")
    return texts[0].kind


def _values(letter: Letter, texts: tuple[ItemText, ...]) -> dict[str, object]:
    """Return what every template of this letter may use."""
    office = letter.office
    party = clean.name(letter.party)
    days = [phrases.act_by_on(item) for item in letter.items]
    known = [day for day in days if day is not None]
    # Where one day is only estimated, no other may pass for the nearest.
    nearest = min(known) if known and None not in days else None
    urgent = [item for item in letter.items if item.tier in LAST + ENDED]
    short = letter.channel is Channel.SMS
    name = clean.short_message(office.name) if short else clean.line(office.name)
    return {
        "office": {
            "name": name,
            "phone": clean.line(office.phone),
            "website": clean.line(office.website),
        },
        "party": party,
        "audience": letter.audience.value,
        "whose": phrases.whose(letter.audience),
        "today": phrases.day(letter.on),
        "test": letter.test,
        "items": texts,
        "item": texts[0] if len(texts) == 1 else None,
        "count": str(len(texts)),
        "critical": str(len(urgent)) if urgent else "",
        "correction": any(item.correction for item in texts),
        "nearest": phrases.day(nearest) if nearest else "",
        "nearest_short": (
            phrases.short_day(nearest, seen_on=letter.on) if nearest else ""
        ),
        "unknown_reduction": any(item.unknown_reduction for item in texts),
        "ended": any(item.tier in ENDED for item in letter.items),
        "restoration_fee": texts[0].restoration_fee if texts else "",
        "office_site": OFFICE_SITE,
        "office_site_name": OFFICE_SITE_NAME,
    }


def _short(
    desk: _Desk, values: Mapping[str, object], texts: tuple[ItemText, ...]
) -> Rendered:
    text = desk.sentence("sms.txt", values)
    if len(text) > SMS_LIMIT:
        raise templates.TemplateBrokenError(f"模板 {desk.name}/sms.txt 输出过长")
    said = sayings(texts, nearest=str(values["nearest_short"]))
    return Rendered(desk.name, Channel.SMS, "", text, "", text.encode(), said)


def _single(
    desk: _Desk,
    values: dict[str, object],
    letter: Letter,
    texts: tuple[ItemText, ...],
    posting: _Posting,
) -> Rendered:
    if texts:
        values["rows"] = tuple(
            _row(line) for line in desk.lines("frame/rows.txt", values)
        )
        values["notes"] = desk.lines("frame/notes.txt", values)
        values["windows_title"] = _windows_title(texts[0])
    else:
        values["notes"] = desk.lines("notes.txt", values)
    values["tone"] = _TONE.get(desk.name, "calm")
    values["width"] = "600"
    return _mail(desk, values, letter, _files(letter, ()), posting)


def _row(line: str) -> Row:
    name, _, text = line.partition("：")
    return Row(name, text, strong=name == "最迟")


def _windows_title(item: ItemText) -> str:
    if item.soft:
        return "如未缴，各时段应缴金额"
    in_time = item.kind in ("notice", "reminder", "urgent")
    return "逾期补缴的金额" if in_time else "各时段应缴金额"


def _several(
    desk: _Desk,
    values: dict[str, object],
    letter: Letter,
    texts: tuple[ItemText, ...],
    posting: _Posting,
) -> Rendered:
    statuses = [desk.sentence("status.txt", {"item": item}) for item in texts]
    values["lines"] = tuple(
        Line(
            str(position),
            item,
            status,
            "" if item.kind in ("lapsed", "restore") else item.amount_due,
        )
        for position, (item, status) in enumerate(
            zip(texts[:_ROWS_SHOWN], statuses[:_ROWS_SHOWN], strict=True), 1
        )
    )
    rest = len(texts) - _ROWS_SHOWN
    values["rest"] = str(rest) if rest > 0 else ""
    values["notes"] = desk.lines("notes.txt", values)
    values["tone"] = _gravest(texts)
    values["width"] = "720"
    files = _files(letter, statuses)
    return _mail(desk, values, letter, files, posting)


def _gravest(texts: tuple[ItemText, ...]) -> str:
    tones = {_TONE.get(item.kind, "calm") for item in texts}
    return next((tone for tone in ("grave", "warn") if tone in tones), "calm")


def _files(letter: Letter, statuses: list[str] | tuple[()]) -> list[mime.Attachment]:
    files: list[mime.Attachment] = []
    if len(letter.items) > _TABLE_ABOVE:
        files.append(attachments.table(letter, statuses))
    calendar = attachments.calendar(letter)
    return [*files, calendar] if calendar else files


_FILE_WORDS = {attachments.TABLE: "清单", attachments.CALENDAR: "日历提醒"}


def _mail(
    desk: _Desk,
    values: dict[str, object],
    letter: Letter,
    files: list[mime.Attachment],
    posting: _Posting,
) -> Rendered:
    subject = clean.header(desk.sentence("subject.txt", values))
    values["subject"] = subject
    values["lead"] = desk.sentence("lead.txt", values)
    values["attachments"] = "，".join(
        f"{file.name}（{_FILE_WORDS[file.name]}）" for file in files
    )
    text = _tidy(desk.text("body.txt", values))
    html = desk.text("body.html", values)
    if len(text.encode()) + len(html.encode()) > MAIL_LIMIT:
        raise templates.TemplateBrokenError(f"模板 {desk.name} 输出过长：超过 200 kB")
    raw = mime.build(
        sender=posting.sender,
        sender_name=letter.office.name,
        to=posting.to,
        to_name=letter.party,
        subject=subject,
        text=text,
        html=html,
        attachments=files,
        sent_at=posting.sent_at,
        identity=letter.message_id,
        unsubscribe=posting.unsubscribe,
    )
    return Rendered(desk.name, Channel.EMAIL, subject, text, html, raw)


def _tidy(text: str) -> str:
    """Return `text` without trailing blanks and with one empty line at a time."""
    kept: list[str] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n") + "\n"
