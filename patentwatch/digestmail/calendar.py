"""The calendar of a digest: the days by which to act, one event a day and patent."""

from patentwatch import clean, phrases
from patentwatch.attachments import Entry, agenda, deadline_key
from patentwatch.digestmail import words
from patentwatch.digests.values import AtRisk, Digest
from patentwatch.mime import Attachment


def entries(digest: Digest) -> list[Entry]:
    """Return an event for every day to come; a later digest replaces it."""
    return [
        _entry(risk)
        for risk in digest.at_risk
        if risk.act_by_on is not None and risk.act_by_on >= digest.as_of_on
    ]


def attachment(digest: Digest, name: str) -> Attachment | None:
    """Return the calendar as a file, None where no day is to come."""
    found = entries(digest)
    if not found:
        return None
    content = agenda(found, made_on=digest.as_of_on)
    return Attachment(name, "text/calendar", content)


def _entry(risk: AtRisk) -> Entry:
    assert risk.act_by_on is not None  # noqa: S101 - the caller has asked
    number = phrases.number(risk.patent.application_no)
    about = (
        f"{words.name(risk.patent)}（{words.owner(risk.patent)}）",
        f"{words.tier(risk.tier)}，{words.evidence(risk)}",
        *(clean.name(tie) for tie in risk.ties),
    )
    return Entry(
        deadline_key(risk.patent.application_no, risk.fee_year, risk.tier),
        risk.act_by_on,
        f"专利年费最迟日：{number}第{risk.fee_year}年",
        "\n".join(about),
    )
