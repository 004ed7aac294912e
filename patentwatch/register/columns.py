"""Which column of a list is which field, whatever its maker called it.

The words come from real exporters and from sheets that offices fill in by hand.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch.errors import InputError
from patentwatch.register import cells
from patentwatch.register.headers import LABELS, REQUIRED, WORDS, Kind

HEADER_WITHIN = 10
"""The header row is looked for among so many first rows."""

__all__ = [
    "HEADER_WITHIN", "Headings", "Kind", "Layout", "field_of", "header_row",
    "headings", "kind_of", "known_words", "layout_of", "listed_on", "needed",
    "normalised",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headings:
    """What the columns of a kind of list may be called, and which it needs.

    `index`: a normalised word → the field, and its place among the field's words.
    `labels`: the usual header of a field. Of every group in `required` one column must
    be there.
    """

    kind: str
    index: Mapping[str, tuple[str, int]]
    labels: Mapping[str, str]
    required: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field of one sheet stands.

    `headers` are the words as found. `width` is the number of header cells: what
    stands to the right of them has no meaning. `ignored` are headers that name a
    field for which a better column was there. `labels` name the columns that are not,
    `unknown` are the headers that name nothing.
    """

    kind: str
    sheet: str
    headers: Mapping[str, str]
    positions: Mapping[str, int]
    width: int
    ignored: tuple[str, ...] = ()
    labels: Mapping[str, str] = dataclasses.field(default_factory=lambda: LABELS)
    unknown: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """Return the header as found, or the usual one when there is no column."""
        return self.headers.get(name) or self.labels.get(name, name)


@dataclass(frozen=True, slots=True)
class _Candidate:
    rank: tuple[int, int]  # how directly the header names it, place among the words
    position: int
    header: str


_BLANKS = re.compile(r"[\s\u200b\ufeff*:·]+")
_MARKED = re.compile(r"\[[^\[\]]*\]")
_UNIT = re.compile(r"\([^()]*\)")
_TRADITIONAL = str.maketrans(
    "請號專權發稱類別構縣區費繳減關開書價聯繫機箱郵話電碼據額備註狀態標當業應應數統會與",
    "请号专权发称类别构县区费缴减关开书价联系机箱邮话电码据额备注状态标当业应应数统会与",
) | str.maketrans("【〔〖】〕〗", "((()))")
_LISTED = re.compile(
    r"(?:截至|截止|统计|数据|名单)(?:日期|时间|日|到|至)*[::\s]*"
    r"([12][0-9]{3}\s*[-./年]\s*[0-9]{1,2}\s*[-./月]\s*[0-9]{1,2}|[12][0-9]{7}\b)"
)


def normalised(header: str) -> str:
    """Return `header` as it is compared: one width, no blanks, lower-case."""
    folded = unicodedata.normalize("NFKC", header)
    return _BLANKS.sub("", folded).lower().translate(_TRADITIONAL)


def headings(
    kind: str,
    words: Mapping[str, Sequence[str]],
    *,
    labels: Mapping[str, str],
    required: Sequence[Sequence[str]],
) -> Headings:
    """Return the headings of a list whose fields may be called by these `words`."""
    index = {
        normalised(word): (field, place)
        for field, said in words.items()
        for place, word in reversed(list(enumerate(said)))
    }
    return Headings(kind, index, labels, required)


_HEADINGS = {
    kind: headings(kind, words, labels=LABELS, required=REQUIRED[kind])
    for kind, words in WORDS.items()
}


def layout_of(
    headers: Sequence[str], kind: Kind | Headings, *, sheet: str = ""
) -> Layout:
    """Return where the fields of `kind` stand under `headers`.

    Raises InputError `missing_column` or `duplicate_column`; the caller, who knows
    it, names the file.
    """
    wanted = _headings(kind)
    found = _candidates(headers, wanted)
    chosen: dict[str, _Candidate] = {}
    ignored = []
    for field, candidates in found.items():
        best, *others = sorted(candidates, key=lambda one: one.rank)
        if [one for one in others if one.rank == best.rank]:
            count = sum(one.rank == best.rank for one in candidates)
            raise InputError(
                f"列“{best.header}”出现 {count} 次，请只保留一列",
                code="duplicate_column",
            )
        chosen[field] = best
        ignored += [one.header for one in others]
    missing = _missing(chosen, wanted)
    if missing:
        raise InputError(
            f"缺少列：{'、'.join(missing)}；请补上该列，或把列名改成这些字样",
            code="missing_column",
        )
    width = max((i for i, one in enumerate(headers, 1) if one.strip()), default=0)
    return Layout(
        wanted.kind,
        sheet,
        {field: one.header for field, one in chosen.items()},
        {field: one.position for field, one in chosen.items()},
        width,
        tuple(ignored),
        wanted.labels,
        tuple(_unknown(headers, wanted)),
    )


def header_row(rows: Sequence[Sequence[str]], kind: Kind | Headings) -> int | None:
    """Return the place of the header among the first `rows`, None when none fits.

    A row that has every required column wins; else the one that names most fields,
    at least two, so that it can be said what is missing there.
    """
    wanted = _headings(kind)
    best, place = 1, None
    for i, row in enumerate(rows[:HEADER_WITHIN]):
        found = _candidates(row, wanted)
        if found and not _missing(found, wanted):
            return i
        if len(found) > best:
            best, place = len(found), i
    return place


def kind_of(headers: Sequence[str]) -> Kind | None:
    """Return which kind of list has these `headers`, None when none has.

    A list of notices may show filing days as well; the text of a notice tells it from
    a register.
    """
    if _tells_of_events(headers):
        return Kind.STATUS
    for kind in _LOOKED_FOR:
        found = _candidates(headers, _HEADINGS[kind])
        if found and not _missing(found, _HEADINGS[kind]):
            return kind
    return None


# A call sheet shows owners and telephones as well, a check sheet payments.
_LOOKED_FOR = (
    Kind.CALL_SHEET,
    Kind.CHECK_SHEET,
    Kind.ANSWERS,  # with the columns of payments, but nobody's word is a payment
    Kind.PAYMENTS,
    Kind.REGISTER,
    Kind.CONTACTS,
    Kind.STATUS,
    Kind.CASE_STATUS,
)


def _tells_of_events(headers: Sequence[str]) -> bool:
    found = _candidates(headers, _HEADINGS[Kind.STATUS])
    return {"application_no", "announced_on", "status_text"} <= found.keys()


def field_of(header: str, kind: Kind) -> str | None:
    """Return the field of `kind` that `header` names, None when it names none."""
    match = _match(header, _HEADINGS[kind].index)
    return match[0] if match else None


def known_words(headers: Sequence[str], more: Headings | None = None) -> int:
    """Return how many of `headers` name a field of any kind of list, or of `more`."""
    known = [*_HEADINGS.values(), *([more] if more else [])]
    return sum(any(_match(header, one.index) for one in known) for header in headers)


def needed(kind: Kind | Headings) -> str:
    """Return the required columns of `kind` for a message."""
    return "、".join(_missing({}, _headings(kind)))


def listed_on(rows: Sequence[Sequence[str]]) -> date | None:
    """Return the day in 截至日期：2026-10-31 among the `rows` above the header."""
    for row in rows:
        text = unicodedata.normalize("NFKC", " ".join(row))
        found = _LISTED.search(text)
        if found:
            return cells.day(found[1])
    return None


def _headings(kind: Kind | Headings) -> Headings:
    return _HEADINGS[kind] if isinstance(kind, Kind) else kind


def _candidates(
    headers: Sequence[str], wanted: Headings
) -> dict[str, list[_Candidate]]:
    found: dict[str, list[_Candidate]] = {}
    for position, header in enumerate(headers):
        match = _match(header, wanted.index)
        if match:
            field, rank = match
            one = _Candidate(rank, position, " ".join(header.split()))
            found.setdefault(field, []).append(one)
    return found


def _unknown(headers: Sequence[str], wanted: Headings) -> Iterator[str]:
    for header in headers:
        if header.strip() and not _match(header, wanted.index):
            yield " ".join(header.split())


def _match(
    header: str, index: Mapping[str, tuple[str, int]]
) -> tuple[str, tuple[int, int]] | None:
    if not header or len(header) > 60:
        return None
    for distance, word in enumerate(_readings(normalised(header))):
        if word in index:
            field, place = index[word]
            return field, (distance, place)
    return None


def _readings(word: str) -> Iterator[str]:
    """Yield the word, then without [标], then without a unit: 金额(元)."""
    yield word
    unmarked = _MARKED.sub("", word)
    if unmarked != word:
        yield unmarked
    bare = _UNIT.sub("", unmarked)
    if bare != unmarked:
        yield bare


def _missing(found: Mapping[str, object], wanted: Headings) -> list[str]:
    return [
        " 或 ".join(wanted.labels[field] for field in group)
        for group in wanted.required
        if not any(field in found for field in group)
    ]
