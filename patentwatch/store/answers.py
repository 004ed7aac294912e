"""What people answered: only ever added, read as deciding needs it; tokens used up."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select

from patentwatch.answers import Given, Via, Word, confirms
from patentwatch.model import Answer, RecipientId
from patentwatch.store.inserting import insert_into
from patentwatch.store.patents import chunks, look_again
from patentwatch.store.tables import answers, used_tokens
from patentwatch.tokens import Token

_DETAILS = ("paid_on", "amount_yuan", "receipt_no", "photo")


def of(
    connection: Connection, numbers: Iterable[str], *, on: date
) -> dict[str, list[Answer]]:
    """Return the newest answer of each kind about each annuity as of a day.

    With it comes the newest of a later day, if there is one: it takes nothing away
    from what was known before it.
    """
    newest: dict[tuple[str, int, str, bool], Answer] = {}
    before: dict[tuple[str, int], list[Row[Any]]] = {}
    for chunk in chunks(numbers):
        query = (
            select(answers)
            .where(answers.c.application_no.in_(chunk))
            .order_by(answers.c.answered_on, answers.c.id)
        )
        for row in connection.execute(query):
            later = row.answered_on > on
            key = (row.application_no, row.fee_year, row.answer, later)
            known = newest.get(key)
            confirmed = (known is not None and known.confirmed) or (
                row.answer == Word.ABANDON
                and _is_confirmed(row, before.setdefault(key[:2], []))
            )
            newest[key] = Answer(
                fee_year=row.fee_year,
                answer=row.answer,
                answered_on=row.answered_on,
                recipient=RecipientId(row.recipient) if row.recipient else None,
                confirmed=confirmed,
            )
    found: dict[str, list[Answer]] = {}
    for (number, _, _, _), answer in newest.items():
        found.setdefault(number, []).append(answer)
    return found


def _is_confirmed(row: Row[Any], before: list[Row[Any]]) -> bool:
    """Whether an earlier "abandon" makes this one the second word; remember it."""
    confirmed = any(
        confirms(
            Via(row.via),
            row.recipient,
            earlier_via=Via(one.via),
            earlier_recipient=one.recipient,
            same_day=one.answered_on == row.answered_on,
        )
        for one in before
    )
    before.append(row)
    return confirmed


def add(connection: Connection, given: Given, *, now: datetime) -> None:
    """Store what a person answered; the annuity is looked at again."""
    connection.execute(
        insert(answers).values(
            application_no=given.application_no,
            fee_year=given.fee_year,
            answer=given.word.value,
            recipient=given.recipient,
            answered_on=given.given_on,
            given_by=given.by,
            reason=given.reason,
            via=given.via.value,
            recorded_at=now,
            **{name: getattr(given, name) for name in _DETAILS},
        )
    )
    look_again(connection, [given.application_no])


def known(connection: Connection, given: Given) -> tuple[bool, bool]:
    """Return whether this answer is stored, and whether with all that it says now."""
    same = and_(
        answers.c.application_no == given.application_no,
        answers.c.fee_year == given.fee_year,
        answers.c.answer == given.word.value,
        answers.c.answered_on == given.given_on,
        answers.c.recipient == given.recipient
        if given.recipient
        else answers.c.recipient.is_(None),
    )
    rows = connection.execute(select(answers).where(same)).all()
    whole = any(
        all(getattr(row, name) == getattr(given, name) for name in _DETAILS)
        for row in rows
    )
    return bool(rows), whole


def listed(connection: Connection, number: str | None, *, on: date) -> list[Row[Any]]:
    """Return the answers about a patent, or all, given until a day; newest first."""
    query = select(answers).where(answers.c.answered_on <= on)
    query = query.order_by(answers.c.answered_on.desc(), answers.c.id.desc())
    if number is not None:
        query = query.where(answers.c.application_no == number)
    return list(connection.execute(query).all())


def use_up(connection: Connection, token: Token, *, now: datetime) -> bool:
    """Note that a token was used; False when it had been before."""
    used = (
        insert_into(connection, used_tokens)
        .values(nonce=token.nonce, purpose=token.purpose.value, used_at=now)
        .on_conflict_do_nothing()
        .returning(used_tokens.c.nonce)
    )
    return connection.execute(used).one_or_none() is not None
