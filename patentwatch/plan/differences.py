"""What a new wording of a plan changes: promises that come, go or read otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from patentwatch.plan.planfile import to_json
from patentwatch.plan.values import Plan

_Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Difference:
    """One change; `id` is the commitment's, "" for what is not one's own.

    `old` and `new` are in the types of JSON, None where there is nothing. `field` is ""
    for a commitment that is added or removed as a whole; the one is then its text.
    """

    what: Literal["added", "removed", "changed"]
    id: str
    field: str
    old: object
    new: object


def differences(old: Plan | None, new: Plan) -> tuple[Difference, ...]:
    """Return what changes, in the order of the new text; `old` None: all is added."""
    before = _commitments(old) if old else {}
    after = _commitments(new)
    found: list[Difference] = []
    if old:
        found += _fields("", _others(old), _others(new))
    for id_, one in after.items():
        if id_ in before:
            found += _fields(id_, before[id_], one)
        else:
            found.append(Difference("added", id_, "", None, one["text"]))
    for id_, one in before.items():
        if id_ not in after:
            found.append(Difference("removed", id_, "", one["text"], None))
    return tuple(found)


def _fields(id_: str, old: _Document, new: _Document) -> Iterator[Difference]:
    for name in [*new, *(name for name in old if name not in new)]:
        if old.get(name) != new.get(name):
            yield Difference("changed", id_, name, old.get(name), new.get(name))


def _commitments(plan: Plan) -> Mapping[str, _Document]:
    return {
        cast("str", one["id"]): one
        for item in _items(to_json(plan))
        for one in cast("list[_Document]", item["commitments"])
    }


def _others(plan: Plan) -> _Document:
    """Return what belongs to no single commitment, an item's words by its number."""
    document = to_json(plan)
    items = _items(document)
    del document["items"]
    for item in items:
        for name in ("title", "section", "printed_as"):
            document[f"item {item['number']} {name}"] = item[name]
    return document


def _items(document: _Document) -> list[_Document]:
    return cast("list[_Document]", document["items"])
