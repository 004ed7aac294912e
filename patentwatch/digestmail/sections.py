"""The sections of a mail: which of them there are, and in which order."""

from patentwatch.digestmail import grids, lists, promises
from patentwatch.digestmail.parts import Section
from patentwatch.digests.values import Digest


def sections(digest: Digest) -> tuple[list[Section], list[str]]:
    """Return the sections that have something to say, and the names of the others."""
    found, empty = [], []
    for name, section in (
        ("", grids.counties(digest)),
        ("要打的电话", lists.calls(digest)),
        ("", grids.counts(digest)),
        ("", lists.risks(digest)),
        ("联系不上的专利权人", lists.unreachable(digest)),
        ("已知的缴费", grids.paid(digest)),
        ("失效与恢复", lists.ended(digest)),
        ("需要核对的问题", lists.doubts(digest)),
        ("未送达的消息", lists.troubles(digest)),
        ("法律状态变化", lists.happened(digest)),
        *(("", promises.plan(part)) for part in digest.plans),
        ("待回复的督办单" if digest.plans else "", promises.slips(digest)),
        ("", grids.indicators(digest)),
    ):
        if section is not None:
            found.append(section)
        elif name:
            empty.append(name)
    return found, empty
