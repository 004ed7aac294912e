"""Returned mails as servers write them, made small."""

FULL = "552 5.2.2 Mailbox full"
NOBODY = "550 5.1.1 <{to}>: Recipient address rejected: User unknown"


def dsn(
    ref: str,
    to: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = NOBODY,
    date: str = "Sat, 11 Apr 2026 10:00:00 +0800",
    original_id: bool = False,
    returned: str = "message/rfc822",
    attempted: str = "",
) -> bytes:
    """Return a notice as Postfix writes it (RFC 3464), in CRLF."""
    original = f"Original-Message-ID: <{ref}@puyang.example>\n" if original_id else ""
    tried = f"Last-Attempt-Date: {attempted}\n" if attempted else ""
    mail = "" if original_id else returned_mail(ref, to, returned)
    text = f"""\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: ip@puyang.example
Subject: Undelivered Mail Returned to Sender
Date: {date}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
{original}Arrival-Date: Sat, 11 Apr 2026 09:00:02 +0800

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
{tried}Diagnostic-Code: smtp; {said.format(to=to)}

{mail}--b1--
"""
    return crlf(text)


def returned_mail(ref: str, to: str, kind: str) -> str:
    return f"""\
--b1
Content-Type: {kind}

From: =?utf-8?b?5bGA?= <ip@puyang.example>
To: <{to}>
Message-ID: <{ref}@puyang.example>
Subject: =?utf-8?b?5bm06LS5?=

body

"""


def qq_letter(
    ref: str, to: str, said: str, *, sender: str = "PostMaster@qq.com"
) -> bytes:
    """Return a returned mail in a provider's own form: no delivery status in it."""
    return crlf(
        f"""\
From: "PostMaster" <{sender}>
To: ip@puyang.example
Subject: =?utf-8?B?57O757uf6YCA5L+hL1N5c3RlbXMgYm91bmNl?=
Date: Sat, 11 Apr 2026 10:00:00 +0800
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b2"

--b2
Content-Type: text/plain; charset=utf-8

抱歉，您的邮件被退回来了…… {said}

--b2
Content-Type: message/rfc822

From: ip@puyang.example
To: {to}
Message-ID: <{ref}@puyang.example>
Subject: x

body

--b2--
"""
    )


def forwarded(raw: bytes) -> bytes:
    """Return a clerk's mail with a returned one attached."""
    inner = raw.decode().replace("\r\n", "\n")
    return crlf(
        f"""\
From: clerk@puyang.example
To: ip@puyang.example
Subject: Fw: bounce
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b3"

--b3
Content-Type: text/plain

see attached

--b3
Content-Type: message/rfc822
Content-Disposition: attachment; filename="bounce.eml"

{inner}
--b3--
"""
    )


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
