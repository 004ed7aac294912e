"""China Mobile's cloud MAS: free text and templates, status reports, replies.

Everything here follows samples of others; the contract's own document decides. What
they agree on is the submission. In some the secret key travels in its body; it is left
out, because the mac proves it. Reports and replies (`_REPORTS` and all below it) are
seen in few samples, have no mac, and are not verified at all.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from patentwatch.bounded import Page
from patentwatch.delivery.gateway import Fate, Gateway, GatewayDown, Receipt, Reply
from patentwatch.delivery.outcome import Envelope, Outcome, OutcomeKind
from patentwatch.delivery.sms import answers, refusals, rules, signing, wire
from patentwatch.delivery.sms.line import SmsLine
from patentwatch.delivery.sms.refusals import Meaning
from patentwatch.delivery.sms.wire import Call, Request

T = TypeVar("T")

NAME = "mas"

_CODES = {
    "IllegalMac": Meaning.ACCOUNT,
    "IllegalSignId": Meaning.ACCOUNT,
    "NoSignId": Meaning.ACCOUNT,
    "InvalidUsrOrPwd": Meaning.ACCOUNT,
    "InvalidMessage": Meaning.TEXT,
}


def gateway(line: SmsLine) -> Gateway:
    """Return what can be done over a contract for cloud MAS; nothing can be asked."""
    line.address()
    return Gateway(
        NAME,
        wire.one_by_one(line, partial(_send, line)),
        pull=partial(_pull, line, _REPORTS, receipt),
        replies=partial(_pull, line, _REPLIES, reply),
        fault=rules.mas,
    )


def _send(line: SmsLine, call: Call, envelope: Envelope) -> Outcome:
    unfit = rules.unfit(envelope, rules.mas)
    if unfit is not None:
        return unfit
    return _outcome(call(_submission(line, envelope)), line)


def _submission(line: SmsLine, envelope: Envelope) -> Request:
    """Return the signed submission: the same strings are hashed and sent."""
    mobiles = answers.mobile(envelope.to).removeprefix("+86")
    wanted = {"ecName": line.company, "apId": line.app_id}
    if envelope.template:
        values = [value for _, value in envelope.variables] or [""]
        params = json.dumps(values, ensure_ascii=False)
        said = {"templateId": envelope.template, "mobiles": mobiles, "params": params}
        path = "tmpsubmit"
    else:
        said = {"mobiles": mobiles, "content": rules.unsigned(envelope.raw.decode())}
        # The encrypted door and the plain one, reached through a tunnel, differ.
        path = "submit" if line.endpoint.startswith("https:") else "norsubmit"
    ours = {"sign": line.sign_name, "addSerial": line.serial}
    mac = signing.mas_mac(
        line.company, line.app_id, line.secret, *said.values(), *ours.values()
    )
    return _posted(line, path, wanted | said | ours | {"mac": mac})


def _posted(line: SmsLine, path: str, wanted: Mapping[str, str]) -> Request:
    body = base64.b64encode(json.dumps(wanted, ensure_ascii=False).encode())
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Request(f"{line.address()}/sms/{path}", headers, body)


def _outcome(page: Page, line: SmsLine) -> Outcome:
    said = answers.mapping(answers.document(page.body))
    code = answers.word(said.get("rspcod"))
    if not code or page.status != 200:
        return wire.by_status(page)
    if code == "success" and said.get("success") in (True, "true"):
        # Both spellings are about.
        ref = said.get("msgGroup") or said.get("mgsGroup")
        return Outcome(OutcomeKind.ACCEPTED, code, provider_ref=answers.word(ref))
    if code == "success":
        return wire.by_status(page)
    meaning = refusals.meaning_of(code, _CODES, {})
    return refusals.outcome(meaning, code, "", line=line)


_REPORTS = "report"
_REPLIES = "deliver"
_DELIVERED = frozenset({"DELIVRD", "CM:0000"})
_MOST_PULLS = 100


def _pull(
    line: SmsLine, path: str, read: Callable[[Mapping[str, object]], T | None]
) -> Iterator[T]:
    """Yield what waits, until nothing does; each thing is probably given once."""
    wanted = {
        "ecName": line.company,
        "apId": line.app_id,
        "secretKey": line.secret,
    }
    with wire.opened(line) as call:
        for _ in range(_MOST_PULLS):
            question = partial(_rows, call, _posted(line, path, wanted))
            rows = wire.persistently(line, question)
            yield from (found for row in rows if (found := read(row)) is not None)
            if not rows:
                return


def _rows(call: Call, request: Request) -> list[Mapping[str, object]]:
    page = wire.asked(call, request)
    said = answers.document(page.body)
    if page.status != 200 or not isinstance(said, list):
        code = answers.word(answers.mapping(said).get("rspcod"))
        raise GatewayDown(code or f"http_{page.status}")
    return answers.mappings(said)


def receipt(item: Mapping[str, object]) -> Receipt | None:
    """Return what one status report says, None if it is none.

    No code of a failure is known well enough to give a number up for it.
    """
    ref, to = answers.word(item.get("msgGroup")), answers.mobile(item.get("mobile"))
    told = [answers.code(item.get(name)) for name in ("errorCode", "reportStatus")]
    code = next(filter(None, told), "")
    if not ref or not to or not code:
        return None
    delivered = code in _DELIVERED
    return Receipt(
        Fate.DELIVERED if delivered else Fate.UNDELIVERED,
        provider_ref=ref,
        to=to,
        code=code,
        reported_at=answers.local_time(item.get("receiveDate")),
    )


def reply(item: Mapping[str, object]) -> Reply | None:
    """Return what one reply says, None if it is none."""
    to, said = answers.mobile(item.get("mobile")), item.get("smsContent")
    replied_at = answers.local_time(item.get("sendTime"))
    if not to or not isinstance(said, str) or replied_at is None:
        return None
    key = answers.key_of(NAME, to, replied_at.isoformat(), said)
    return Reply(key, to, said, replied_at)
