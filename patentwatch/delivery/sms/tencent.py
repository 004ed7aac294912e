"""Tencent Cloud's short message service (2021-01-11): send, ask, pull what came back.

The queues of receipts and replies give each thing once: whoever pulls them keeps what
came before asking for more.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from patentwatch import clock
from patentwatch.bounded import Page
from patentwatch.delivery.gateway import (
    Asked,
    Fate,
    Gateway,
    GatewayDown,
    Receipt,
    Reply,
)
from patentwatch.delivery.outcome import Envelope, Outcome, OutcomeKind
from patentwatch.delivery.sms import answers, refusals, rules, signing, wire
from patentwatch.delivery.sms.line import SmsLine
from patentwatch.delivery.sms.refusals import Meaning
from patentwatch.delivery.sms.wire import Call, Request, Unanswered

T = TypeVar("T")

ADDRESS = "https://sms.tencentcloudapi.com"
VERSION = "2021-01-11"
REGION = "ap-guangzhou"
NAME = "tencent"

_CONTENT_TYPE = "application/json; charset=utf-8"
_ROWS = 100
_MOST_PULLS = 100
_ASKED_BACK = timedelta(days=6, hours=23)  # seven days are answered

_FATES = {"SUCCESS": Fate.DELIVERED, "FAIL": Fate.UNDELIVERED}

_CODES = {
    "InvalidParameterValue.IncorrectPhoneNumber": Meaning.ADDRESS,
    "FailedOperation.PhoneNumberInBlacklist": Meaning.ADDRESS,
    "FailedOperation.ContainSensitiveWord": Meaning.TEXT,
    "FailedOperation.TemplateIncorrectOrUnapproved": Meaning.TEXT,
    "FailedOperation.TemplateUnapprovedOrNotExist": Meaning.TEXT,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": Meaning.TEXT,
    "FailedOperation.SignatureIncorrectOrUnapproved": Meaning.TEXT,
    "InvalidParameterValue.ContentLengthLimit": Meaning.TEXT,
    "InvalidParameterValue.TemplateParameterFormatError": Meaning.TEXT,
    "InvalidParameterValue.TemplateParameterLengthLimit": Meaning.TEXT,
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": Meaning.TEXT,
    "FailedOperation.InsufficientBalanceInSmsPackage": Meaning.ACCOUNT,
    "InvalidParameterValue.SdkAppIdNotExist": Meaning.ACCOUNT,
    "LimitExceeded.PhoneNumberThirtySecondLimit": Meaning.HALF_MINUTE,
    "LimitExceeded.DeliveryFrequencyLimit": Meaning.HALF_MINUTE,
    "LimitExceeded.PhoneNumberOneHourLimit": Meaning.HOUR,
    "LimitExceeded.PhoneNumberDailyLimit": Meaning.TODAY,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": Meaning.TODAY,
    "LimitExceeded.AppDailyLimit": Meaning.CHANNEL_TODAY,
    "LimitExceeded.AppMainlandChinaDailyLimit": Meaning.CHANNEL_TODAY,
    "LimitExceeded.AppCountryOrRegionDailyLimit": Meaning.CHANNEL_TODAY,
    "LimitExceeded.AppGlobalDailyLimit": Meaning.CHANNEL_TODAY,
    "InternalError.SendAndRecvFail": Meaning.BUSY,
}
_FAMILIES = {
    "AuthFailure": Meaning.ACCOUNT,
    "UnauthorizedOperation": Meaning.ACCOUNT,
    "UnsupportedRegion": Meaning.ACCOUNT,
    "IpInBlacklist": Meaning.ACCOUNT,
    "IpNotInWhitelist": Meaning.ACCOUNT,
    "RequestLimitExceeded": Meaning.BUSY,
    # InternalError.Timeout is documented as "timed out while sending"; of the others
    # it is not said that nothing was sent.
    "InternalError": Meaning.AMBIGUOUS,
}


def gateway(line: SmsLine) -> Gateway:
    """Return what can be done over a contract with Tencent Cloud."""
    line.address(ADDRESS)
    return Gateway(
        NAME,
        wire.one_by_one(line, partial(_send, line)),
        ask=partial(_ask, line),
        pull=partial(_pull, line, "PullSmsSendStatus", receipt),
        replies=partial(_pull, line, "PullSmsReplyStatus", reply),
        fault=rules.tencent,
    )


def _send(line: SmsLine, call: Call, envelope: Envelope) -> Outcome:
    unfit = rules.unfit(envelope, rules.tencent)
    if unfit is not None:
        return unfit
    wanted = {
        "PhoneNumberSet": [answers.mobile(envelope.to)],
        "SmsSdkAppId": line.app_id,
        "TemplateId": envelope.template,
        "SignName": line.sign_name,
        "TemplateParamSet": [value for _, value in envelope.variables],
        "SessionContext": envelope.message_key,
    }
    return _outcome(call(_request(line, "SendSms", wanted)), line)


def _request(line: SmsLine, action: str, wanted: Mapping[str, object]) -> Request:
    address = line.address(ADDRESS)
    body = json.dumps(wanted).encode()
    at = line.tell_time()
    signed = {"content-type": _CONTENT_TYPE, "host": urlsplit(address).netloc}
    authorization = signing.tc3(
        signed,
        body,
        service="sms",
        key_id=line.access_key_id,
        secret=line.secret,
        at=at,
    )
    headers = signed | {
        "Authorization": authorization,
        "X-TC-Action": action,
        "X-TC-Version": VERSION,
        "X-TC-Timestamp": str(int(at.timestamp())),
        "X-TC-Region": line.region or REGION,
    }
    return Request(f"{address}/", headers, body)


def _response(page: Page) -> Mapping[str, object]:
    said = answers.mapping(answers.document(page.body))
    return answers.mapping(said.get("Response"))


def _outcome(page: Page, line: SmsLine) -> Outcome:
    """Return what became of the one number; the call as a whole may have failed too."""
    said = _response(page)
    told = answers.mapping(said.get("Error"))
    if not told:
        statuses = answers.mappings(said.get("SendStatusSet"))
        told = statuses[0] if page.status == 200 and len(statuses) == 1 else {}
    code = answers.word(told.get("Code"))
    if not code:
        return wire.by_status(page)
    if code == "Ok":
        ref = answers.word(told.get("SerialNo"))
        return Outcome(OutcomeKind.ACCEPTED, code, provider_ref=ref)
    words = answers.text(told.get("Message"))
    meaning = refusals.meaning_of(code, _CODES, _FAMILIES)
    return refusals.outcome(meaning, code, words, line=line)


def _ask(line: SmsLine, asked: Asked) -> Receipt:
    """Return what was reported of the message.

    Only reports are told: a telephone that is switched off has none for days, so that
    nothing found does not mean nothing sent.
    """
    now = line.tell_time()
    begins_at = max(clock.at(asked.sent_on, time()), now - _ASKED_BACK)
    wanted = {
        "BeginTime": int(begins_at.timestamp()),
        "EndTime": int(now.timestamp()),
        "Offset": 0,
        "Limit": _ROWS,
        "PhoneNumber": answers.mobile(asked.to),
        "SmsSdkAppId": line.app_id,
    }
    with wire.opened(line) as call:
        question = partial(_rows, line, call, "PullSmsSendStatusByPhoneNumber", wanted)
        rows = wire.persistently(line, question)
    for found in (receipt(row) for row in rows):
        if found is not None and _is_of(asked, found):
            return replace(found, message_key=asked.message_key, to=asked.to)
    return Receipt(Fate.UNSURE, asked.message_key, to=asked.to)


def _is_of(asked: Asked, found: Receipt) -> bool:
    by_key = found.message_key == asked.message_key
    return by_key or (
        bool(asked.provider_ref) and (found.provider_ref == asked.provider_ref)
    )


def _pull(
    line: SmsLine,
    action: str,
    read: Callable[[Mapping[str, object]], T | None],
) -> Iterator[T]:
    """Yield what waits in a queue, a hundred at a time, until it is empty."""
    wanted = {"Limit": _ROWS, "SmsSdkAppId": line.app_id}
    with wire.opened(line) as call:
        for _ in range(_MOST_PULLS):
            question = partial(_rows, line, call, action, wanted)
            rows = wire.persistently(line, question)
            yield from (found for row in rows if (found := read(row)) is not None)
            if len(rows) < _ROWS:
                return


def _rows(
    line: SmsLine, call: Call, action: str, wanted: Mapping[str, object]
) -> list[Mapping[str, object]]:
    """Return the list that an answer holds; raises GatewayDown."""
    page = wire.asked(call, _request(line, action, wanted))
    said = _response(page)
    code = answers.word(answers.mapping(said.get("Error")).get("Code"))
    if refusals.meaning_of(code, {}, _FAMILIES) in (Meaning.BUSY, Meaning.AMBIGUOUS):
        raise Unanswered(code)
    found = said.get(_LISTS[action])
    if code or page.status != 200 or not isinstance(found, list):
        raise GatewayDown(code or f"http_{page.status}")
    return answers.mappings(found)


_LISTS = {
    "PullSmsSendStatus": "PullSmsSendStatusSet",
    "PullSmsSendStatusByPhoneNumber": "PullSmsSendStatusSet",
    "PullSmsReplyStatus": "PullSmsReplyStatusSet",
}


def receipt(item: Mapping[str, object]) -> Receipt | None:
    """Return what one pulled status says, None if it is none."""
    status, ref = item.get("ReportStatus"), answers.word(item.get("SerialNo"))
    if not isinstance(status, str) or not ref:
        return None
    fate = _FATES.get(status, Fate.ACCEPTED)
    words = answers.text(item.get("Description"))
    return Receipt(
        fate,
        answers.word(item.get("SessionContext")),
        provider_ref=ref,
        to=answers.mobile(item.get("PhoneNumber")),
        code=answers.code(status),
        text=words,
        reported_at=answers.unix_time(item.get("UserReceiveTime")),
        bad_address=fate is Fate.UNDELIVERED and answers.nobody_there(words),
    )


def reply(item: Mapping[str, object]) -> Reply | None:
    """Return what one pulled reply says, None if it is none."""
    to = answers.mobile(item.get("PhoneNumber"))
    said = item.get("ReplyContent")
    return _reply(to, said, answers.unix_time(item.get("ReplyTime")))


def pushed_receipt(item: Mapping[str, object]) -> Receipt | None:
    """Return what one element of a status callback says, None if it is none."""
    status, ref = item.get("report_status"), answers.word(item.get("sid"))
    if not isinstance(status, str) or not ref:
        return None
    fate = _FATES.get(status, Fate.ACCEPTED)
    words = answers.text(item.get("description"))
    return Receipt(
        fate,
        answers.word(item.get("ext")),
        provider_ref=ref,
        to=answers.mobile(item.get("mobile")),
        code=answers.code(item.get("errmsg")),
        text=words,
        reported_at=answers.local_time(item.get("user_receive_time")),
        bad_address=fate is Fate.UNDELIVERED and answers.nobody_there(words),
    )


def pushed_reply(item: Mapping[str, object]) -> Reply | None:
    """Return what a reply callback says, None if it is none."""
    to = answers.mobile(item.get("mobile"))
    return _reply(to, item.get("text"), answers.unix_time(item.get("time")))


def _reply(to: str, said: object, replied_at: object) -> Reply | None:
    """Return a reply under the same key, whether it was pulled or pushed."""
    if not to or not isinstance(said, str) or not isinstance(replied_at, datetime):
        return None
    key = answers.key_of(NAME, to, replied_at.isoformat(), said)
    return Reply(key, to, said, replied_at)
