"""One page that shows messages as their readers will see them; needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch import clean, phrases, templates
from patentwatch.model import Audience, Channel, Tier
from patentwatch.render import Rendered

_PAGE_LIMIT = 100_000_000

_TIERS = {
    Tier.NOTICE: "首次通知",
    Tier.REMINDER: "到期提醒",
    Tier.URGENT: "临期提醒",
    Tier.OVERDUE: "已过缴费期",
    Tier.SURCHARGE_1: "滞纳金5%",
    Tier.SURCHARGE_2: "滞纳金10%",
    Tier.SURCHARGE_3: "滞纳金15%",
    Tier.SURCHARGE_4: "滞纳金20%",
    Tier.FINAL: "最后一个月",
    Tier.LAST_WEEK: "最后一周",
    Tier.LAPSED: "补缴期满",
    Tier.RESTORE: "恢复期将满",
}
_CHANNELS = {Channel.EMAIL: "邮件", Channel.SMS: "短信", Channel.CALL: "电话"}
_AUDIENCES = {
    Audience.PATENTEE: "专利权人",
    Audience.AGENT: "代理机构",
    Audience.OFFICIAL: "工作人员",
    Audience.LINKED: "关联方",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewEntry:
    """One message of the page. `tier` is that of its most urgent item.

    None where there is none: a `report` to an official or a bank, else a test.
    `href` is the way from the page to the file that holds the message, "" for none.
    `to` is what may be shown of the address (masked by the caller), "" for nothing.
    """

    rendered: Rendered
    on: date
    tier: Tier | None
    audience: Audience
    party: str
    to: str = ""
    href: str = ""
    report: bool = False


@dataclass(frozen=True, slots=True)
class PreviewPaper:
    """A paper beside the messages: what it is for, and its files (form, way to it)."""

    title: str
    purpose: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PreviewLights:
    """How many promises of the work plan were green, yellow and red on a day."""

    on: date
    green: int
    yellow: int
    red: int


@dataclass(frozen=True, slots=True)
class _Card:
    tier: str
    tier_name: str
    tone: str
    channel: str
    channel_name: str
    audience: str
    party: str
    to: str
    on: str
    subject: str
    text: str
    html: str
    href: str
    billing: str


def index_page(
    messages: Sequence[PreviewEntry],
    *,
    office: str,
    papers: Sequence[PreviewPaper] = (),
    lights: Sequence[PreviewLights] = (),
    subtitle: str = "",
) -> str:
    """Return the page: papers, lights, messages, the most urgent tier first.

    HTML bodies sit in sandboxed frames.
    """
    ordered = sorted(
        messages, key=lambda entry: -(entry.tier.severity if entry.tier else -1)
    )
    cards = tuple(_card(entry) for entry in ordered)
    values = {
        "office": clean.line(office),
        "subtitle": clean.line(subtitle),
        "papers": papers,
        "lights": tuple(
            (phrases.day(one.on), f"{one.green}", f"{one.yellow}", f"{one.red}")
            for one in lights
        ),
        "cards": cards,
        "count": str(len(cards)),
        "tiers": _used({card.tier: card.tier_name for card in cards}, cards, "tier"),
        "channels": _used(
            {card.channel: card.channel_name for card in cards}, cards, "channel"
        ),
    }
    return templates.fill("preview/index.html", values, limit=_PAGE_LIMIT)


def _used(
    names: dict[str, str], cards: Sequence[_Card], field: str
) -> tuple[tuple[str, str, str], ...]:
    """Return (word, name, how many) for each word that occurs."""
    words = [getattr(card, field) for card in cards]
    return tuple((word, name, str(words.count(word))) for word, name in names.items())


def _card(entry: PreviewEntry) -> _Card:
    rendered = entry.rendered
    sms = rendered.channel is Channel.SMS
    word, name = _kind(entry)
    billing = f"{len(rendered.text)} 字，{rendered.parts} 条计费" if sms else ""
    return _Card(
        tier=word,
        tier_name=name,
        tone=_tone(entry.tier),
        channel=rendered.channel.value,
        channel_name=_CHANNELS[rendered.channel],
        audience=_AUDIENCES[entry.audience],
        party=clean.line(entry.party, limit=100),
        to=clean.line(entry.to),
        on=phrases.day(entry.on),
        subject=rendered.subject or rendered.text,
        text=rendered.text,
        html=rendered.html,
        href=entry.href,
        billing=billing,
    )


def _kind(entry: PreviewEntry) -> tuple[str, str]:
    """Return by what a message is sorted, as a word and as its name."""
    if entry.tier:
        return entry.tier.value, _TIERS[entry.tier]
    return ("report", "周报月报") if entry.report else ("test", "测试")


def _tone(tier: Tier | None) -> str:
    if tier is None or tier.severity < Tier.OVERDUE.severity:
        return "calm"
    return "warn" if tier.severity < Tier.FINAL.severity else "grave"
