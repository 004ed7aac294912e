"""The letter to a linked party as it leaves the house: what happened, and no fees."""

from datetime import datetime

from patentwatch import clean, mime, templates
from patentwatch.linkedletters import LinkedLetter
from patentwatch.linkedmail import Shown
from patentwatch.model import Audience
from patentwatch.phrases import day, number, whose


def shown(found: LinkedLetter) -> Shown:
    """Return a letter in words."""
    values = _values(found)
    subject = clean.header(_text("subject.txt", values).strip())
    values |= {
        "subject": subject,
        "lead": _text("lead.txt", values).strip(),
        "notes": tuple(_text("notes.txt", values).splitlines()),
    }
    text = _text("body.txt", values).strip("\n") + "\n"
    return Shown(subject, text, _text("body.html", values))


def mail(
    found: LinkedLetter,
    *,
    ref: str,
    sender: str,
    sender_name: str,
    to: str,
    sent_at: datetime,
) -> bytes:
    """Return the mail of a letter; `ref` is the word of its Message-ID."""
    page = shown(found)
    return mime.build(
        sender=sender,
        sender_name=sender_name,
        to=to,
        to_name=found.parties[0] if len(found.parties) == 1 else "",
        subject=page.subject,
        text=page.text,
        html=page.html,
        attachments=(),
        sent_at=sent_at,
        identity=ref,
    )


def _text(file: str, values: dict[str, object]) -> str:
    return templates.fill(f"linked_day/{file}", values)


def _values(found: LinkedLetter) -> dict[str, object]:
    return {
        "party": "、".join(clean.name(party) for party in found.parties),
        "whose": whose(Audience.LINKED),
        "today": day(found.on),
        "count": str(len(found.news)),
        "lines": tuple(
            {
                "position": str(position),
                "title": clean.name(one.title),
                "number": number(one.application_no),
                "text": clean.line(one.text),
                "since": day(one.happened_on),
            }
            for position, one in enumerate(found.news, 1)
        ),
        "office": {
            "name": clean.line(found.office_name),
            "phone": clean.line(found.office_phone),
            "website": "",
        },
        "tone": "warn",
        "width": "600",
        "items": (),
        "attachments": "",
        "test": False,
        "correction": False,
    }
