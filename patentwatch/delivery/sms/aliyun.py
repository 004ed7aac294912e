"""Aliyun's short message service (Dysmsapi 2017-05-25): send, ask, read receipts.

SendSms is not idempotent: what may have been taken is asked for by number, day and
our own name for it (OutId) before anybody sends it again.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlsplit

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

ADDRESS = "https://dysmsapi.aliyuncs.com"
VERSION = "2017-05-25"
NAME = "aliyun"

_PAGE_ROWS = 50
_MOST_PAGES = 100

_FATES = {2: Fate.UNDELIVERED, 3: Fate.DELIVERED}
_BEST_FIRST = (Fate.DELIVERED, Fate.ACCEPTED, Fate.UNDELIVERED)

_CODES = {
    "isv.MOBILE_NUMBER_ILLEGAL": Meaning.ADDRESS,
    # Not the number's fault: the template is one for numbers abroad.
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": Meaning.TEXT,
    "isv.SMS_CONTENT_ILLEGAL": Meaning.TEXT,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": Meaning.TEXT,
    "isv.SMS_TEMPLATE_ILLEGAL": Meaning.TEXT,
    "isv.TEMPLATE_MISSING_PARAMETERS": Meaning.TEXT,
    "isv.TEMPLATE_PARAMS_ILLEGAL": Meaning.TEXT,
    "isv.INVALID_PARAMETERS": Meaning.TEXT,
    "isv.INVALID_JSON_PARAM": Meaning.TEXT,
    "isv.BLACK_KEY_CONTROL_LIMIT": Meaning.TEXT,
    "isv.PARAM_LENGTH_LIMIT": Meaning.TEXT,
    "isv.PARAM_NOT_SUPPORT_URL": Meaning.TEXT,
    "isv.OUT_OF_SERVICE": Meaning.ACCOUNT,
    "isv.AMOUNT_NOT_ENOUGH": Meaning.ACCOUNT,
    "isv.ACCOUNT_ABNORMAL": Meaning.ACCOUNT,
    "isv.ACCOUNT_NOT_EXISTS": Meaning.ACCOUNT,
    "isv.SECURITY_FROZEN_ACCOUNT": Meaning.ACCOUNT,
    "isv.PRODUCT_UN_SUBSCRIPT": Meaning.ACCOUNT,
    "isv.PRODUCT_UNSUBSCRIBE": Meaning.ACCOUNT,
    "isv.SMS_SIGN_ILLEGAL": Meaning.ACCOUNT,
    "isv.SMS_SIGNATURE_ILLEGAL": Meaning.ACCOUNT,
    "isv.SIGN_STATE_ILLEGAL": Meaning.ACCOUNT,
    "isv.DENY_IP_RANGE": Meaning.ACCOUNT,
    "isv.RAM_PERMISSION_DENY": Meaning.ACCOUNT,
    "isp.RAM_PERMISSION_DENY": Meaning.ACCOUNT,
    "isv.DAY_LIMIT_CONTROL": Meaning.CHANNEL_TODAY,
    "isv.MONTH_LIMIT_CONTROL": Meaning.CHANNEL_TODAY,
    "isp.SYSTEM_ERROR": Meaning.BUSY,
    "SignatureDoesNotMatch": Meaning.ACCOUNT,
    "IncompleteSignature": Meaning.ACCOUNT,
    # Ours are never used twice: something on the way repeated the call, and the first
    # copy of it may have been taken.
    "SignatureNonceUsed": Meaning.AMBIGUOUS,
}
_FAMILIES = {
    "Throttling": Meaning.BUSY,
    "InvalidAccessKeyId": Meaning.ACCOUNT,
    "InvalidTimeStamp": Meaning.ACCOUNT,
    "Forbidden": Meaning.ACCOUNT,
    "NoPermission": Meaning.ACCOUNT,
}
_LIMIT = "isv.BUSINESS_LIMIT_CONTROL"
_SPANS = (("分钟", Meaning.MINUTE), ("小时", Meaning.HOUR))


def gateway(line: SmsLine) -> Gateway:
    """Return what can be done over a contract with Aliyun."""
    line.address(ADDRESS)
    return Gateway(
        NAME,
        wire.one_by_one(line, partial(_send, line)),
        ask=partial(_ask, line),
        fault=rules.aliyun,
    )


def _send(line: SmsLine, call: Call, envelope: Envelope) -> Outcome:
    unfit = rules.unfit(envelope, rules.aliyun)
    if unfit is not None:
        return unfit
    variables = json.dumps(dict(envelope.variables), ensure_ascii=False)
    query = {
        "PhoneNumbers": answers.mobile(envelope.to).removeprefix("+86"),
        "SignName": line.sign_name,
        "TemplateCode": envelope.template,
        "TemplateParam": variables,
        "OutId": envelope.message_key,
    }
    return _outcome(call(_request(line, "SendSms", query)), line)


def _request(line: SmsLine, action: str, query: Mapping[str, str]) -> Request:
    address = line.address(ADDRESS)
    headers = signing.acs3(
        urlsplit(address).netloc,
        query,
        action=action,
        version=VERSION,
        key_id=line.access_key_id,
        secret=line.secret,
        at=line.tell_time(),
        nonce=secrets.token_hex(16),
    )
    return Request(f"{address}/?{signing.query_string(query)}", headers)


def _outcome(page: Page, line: SmsLine) -> Outcome:
    said = answers.mapping(answers.document(page.body))
    code = answers.word(said.get("Code"))
    if page.status == 200 and code == "OK":
        ref = answers.word(said.get("BizId"))
        return Outcome(OutcomeKind.ACCEPTED, code, provider_ref=ref)
    if not code or code == "OK":
        return wire.by_status(page)
    words = answers.text(said.get("Message"))
    meaning = _meaning(code, words)
    if page.status >= 500 and meaning is not Meaning.BUSY:
        return wire.by_status(page)
    return refusals.outcome(meaning, code, words, line=line)


def _meaning(code: str, words: str) -> Meaning:
    if code == _LIMIT:
        spans = (span for name, span in _SPANS if name in words)
        return next(spans, Meaning.DAY)
    return refusals.meaning_of(code, _CODES, _FAMILIES)


def _ask(line: SmsLine, asked: Asked) -> Receipt:
    """Return the best that is known of any copy of the message.

    What left about midnight may be filed under either day.
    """
    days = [asked.sent_on]
    if asked.sent_on < line.today():
        days.append(asked.sent_on + timedelta(days=1))
    with wire.opened(line) as call:
        found = [
            _detail(row, asked)
            for day in days
            for row in _details(line, call, asked, day)
            if row.get("OutId") == asked.message_key
        ]
    found.sort(key=lambda receipt: _BEST_FIRST.index(receipt.fate))
    unheard_of = Receipt(Fate.UNHEARD_OF, asked.message_key, to=asked.to)
    return found[0] if found else unheard_of


def _details(
    line: SmsLine, call: Call, asked: Asked, day: date
) -> Iterator[Mapping[str, object]]:
    """Yield every record of the number on `day`; raises GatewayDown unless all came."""
    query = {
        "PhoneNumber": answers.mobile(asked.to).removeprefix("+86"),
        "SendDate": f"{day:%Y%m%d}",
        "PageSize": str(_PAGE_ROWS),
    }
    if asked.provider_ref:
        query["BizId"] = asked.provider_ref
    came = 0
    for page in range(1, _MOST_PAGES + 1):
        question = partial(_answer, line, call, query | {"CurrentPage": str(page)})
        said = wire.persistently(line, question)
        listed = answers.mapping(said.get("SmsSendDetailDTOs")).get("SmsSendDetailDTO")
        rows = answers.mappings(listed)
        yield from rows
        came += len(rows)
        total = said.get("TotalCount")
        if not isinstance(total, int):
            raise GatewayDown("not_understood")
        if came >= total:
            return
        if not rows:
            # Seen: a count without the records. An absence proves nothing then.
            # https://github.com/aliyun/alibabacloud-java-sdk/issues/42
            break
    raise GatewayDown("records_missing")


def _answer(
    line: SmsLine, call: Call, query: Mapping[str, str]
) -> Mapping[str, object]:
    page = wire.asked(call, _request(line, "QuerySendDetails", query))
    said = answers.mapping(answers.document(page.body))
    code = answers.word(said.get("Code"))
    if page.status == 200 and code == "OK":
        return said
    if _meaning(code, "") in (Meaning.BUSY, Meaning.DAY):
        raise Unanswered(code)
    raise GatewayDown(code or f"http_{page.status}")


def _detail(row: Mapping[str, object], asked: Asked) -> Receipt:
    status = row.get("SendStatus")
    fate = _FATES.get(status, Fate.ACCEPTED) if isinstance(status, int) else None
    words = answers.text(row.get("ErrCode"))
    return Receipt(
        fate or Fate.ACCEPTED,
        asked.message_key,
        provider_ref=asked.provider_ref,
        to=asked.to,
        code=answers.code(words),
        reported_at=answers.local_time(row.get("ReceiveDate")),
        bad_address=fate is Fate.UNDELIVERED and answers.nobody_there(words),
    )


def receipt(item: Mapping[str, object]) -> Receipt | None:
    """Return what one element of a pushed report says, None if it is none."""
    if "success" not in item or not ("out_id" in item or "biz_id" in item):
        return None
    delivered = item["success"] in (True, "true")
    words = answers.text(item.get("err_msg"))
    return Receipt(
        Fate.DELIVERED if delivered else Fate.UNDELIVERED,
        answers.word(item.get("out_id")),
        provider_ref=answers.word(item.get("biz_id")),
        to=answers.mobile(item.get("phone_number")),
        code=answers.code(item.get("err_code")),
        text=words,
        reported_at=answers.local_time(item.get("report_time")),
        parts=answers.whole(item.get("sms_size")),
        bad_address=not delivered and answers.nobody_there(words),
    )


def reply(item: Mapping[str, object]) -> Reply | None:
    """Return what one element of a pushed reply says, None if it is none."""
    to = answers.mobile(item.get("phone_number"))
    said, replied_at = item.get("content"), answers.local_time(item.get("send_time"))
    if not to or not isinstance(said, str) or replied_at is None:
        return None
    number = answers.word(item.get("sequence_id")) or replied_at.isoformat()
    return Reply(answers.key_of(NAME, to, number, said), to, said, replied_at)
