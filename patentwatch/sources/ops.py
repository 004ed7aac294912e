"""Asks the EPO's legal service (OPS 3.2) what became of one patent.

Whom to ask about, how often, and what to do with the answer is not decided here.
"""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from types import TracebackType
from typing import Self

from patentwatch.bounded import Bounds
from patentwatch.model import PatentType
from patentwatch.register.numbers import type_of
from patentwatch.sources.ops_answers import (
    FOREIGN,
    Answer,
    AnswerKind,
    Asked,
    Query,
    read,
    says_not_found,
    unexpected,
)
from patentwatch.sources.ops_limits import Quota
from patentwatch.sources.ops_line import FAILURES, TRY_LATER, Line
from patentwatch.status.codes import StatusTable

__all__ = ["BASE_URL", "Answer", "AnswerKind", "Asked", "Bounds", "Ops", "Quota"]

log = logging.getLogger(__name__)

BASE_URL = "https://ops.epo.org/3.2"

_PUBLICATION = re.compile(r"(?:CN)?([0-9]{7,9})([A-Z][0-9]?)?")
_PUBLICATION_KINDS = {
    PatentType.INVENTION: ("B", "A", "C"),
    PatentType.UTILITY_MODEL: ("U", "Y"),
    PatentType.DESIGN: ("S",),
}
_APPLICATION_KINDS = {
    PatentType.INVENTION: ("A",),
    PatentType.UTILITY_MODEL: ("U", "A"),
    PatentType.DESIGN: ("F", "A"),
}
_TROUBLES_IN_A_ROW = 3


class Ops:
    """The service, as far as we need it: one patent at a time, for one thread.

    `wait` gets seconds and returns True when told to stop, as `Event.wait` does.
    `steady` counts seconds and is never set; `tell_time` gives aware UTC.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str,
        secret: str,
        table: StatusTable,
        tell_time: Callable[[], datetime],
        steady: Callable[[], float],
        wait: Callable[[float], bool],
        quota: Quota | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._table = table
        self._line = Line(
            base_url,
            key=key,
            secret=secret,
            tell_time=tell_time,
            steady=steady,
            wait=wait,
            quota=quota or Quota(),
            bounds=bounds or Bounds(),
        )
        self._troubles = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def closed(self) -> Answer | None:
        """Return the LATER that every question would get now; None: ask."""
        return self._line.closed()

    def ask(self, asked: Asked) -> Answer:
        """Return what is known there about one patent.

        Takes as long as the pace asks for, some minutes at most. After a few answers
        in a row that were of no use nothing is sent for a while: every question gets
        LATER at once.
        """
        if closed := self.closed():
            return closed
        answer = self._first_with_events(asked)
        log.info(
            "ops asked patent=%s kind=%s code=%s events=%d skipped=%d",
            asked.application_no,
            answer.kind,
            answer.code or "-",
            len(answer.events),
            answer.skipped,
        )
        self._count(answer)
        return answer

    def _first_with_events(self, asked: Asked) -> Answer:
        skipped = 0
        for query in queries(asked):
            answer = self._answer(asked, query)
            skipped += answer.skipped
            if answer.kind is AnswerKind.UNKNOWN:
                continue
            if answer.code == FOREIGN and query.guessed:
                continue
            return answer
        return Answer(AnswerKind.UNKNOWN, skipped=skipped)

    def _answer(self, asked: Asked, query: Query) -> Answer:
        page = self._line.get(query.path)
        if isinstance(page, Answer):
            return page
        if page.body is None:
            return unexpected("too_large", "欧专局服务的回答过大，未读取")
        if page.status == 200:
            return read(page.body, asked, query=query, table=self._table)
        if page.status == 404 and says_not_found(page.body):
            return Answer(AnswerKind.UNKNOWN)
        return unexpected(
            f"http_{page.status}", f"欧专局服务返回了未约定的状态码 {page.status}"
        )

    def _count(self, answer: Answer) -> None:
        """Stop for a while when the service, not the patent, seems to be at fault."""
        strange = answer.kind is AnswerKind.UNEXPECTED and answer.code != FOREIGN
        if not strange and answer.code not in FAILURES:
            self._troubles = 0
            return
        self._troubles += 1
        if self._troubles >= _TROUBLES_IN_A_ROW:
            self._line.close_for(TRY_LATER, "troubled")
            self._troubles = 0


def queries(asked: Asked) -> Iterator[Query]:
    """Yield what to ask, one after the other, until something is known.

    The publication under the kind it has, then under the other kinds of its type;
    without a publication the application, whose number there has no check digit.
    """
    patent_type = type_of(asked.application_no)
    stated = _PUBLICATION.fullmatch((asked.publication_no or "").strip().upper())
    if stated is None:
        digits = asked.application_no.partition(".")[0]
        for kind in _APPLICATION_KINDS[patent_type]:
            yield Query("application", digits, kind)
        return
    digits, own = stated[1], stated[2]
    if own:
        yield Query("publication", digits, own, guessed=False)
    for kind in _PUBLICATION_KINDS[patent_type]:
        if kind != own:
            yield Query("publication", digits, kind)
