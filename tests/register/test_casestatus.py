"""What a status cell of a register says; the words are the query system's own."""

import pytest

from patentwatch.register.casestatus import CaseStatus, classify


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("专利权维持", CaseStatus.IN_FORCE),
        ("授权", CaseStatus.IN_FORCE),
        ("未授权", CaseStatus.PENDING),
        ("等年费滞纳金", CaseStatus.LATE),
        ("无滞纳金", CaseStatus.UNKNOWN),
        ("未缴年费专利权终止，等恢复", CaseStatus.UNPAID_ENDED),
        ("未缴年费专利权终止,等恢复", CaseStatus.UNPAID_ENDED),
        ("未缴年费终止失效", CaseStatus.UNPAID_ENDED),
        ("视为放弃,等恢复", CaseStatus.ENDED),
        ("视为放弃失效", CaseStatus.ENDED),
        ("届满终止失效", CaseStatus.ENDED),
        ("放弃专利权（重复授权）", CaseStatus.ENDED),
        ("无效宣告失效", CaseStatus.ENDED),
        ("专利权部分无效", CaseStatus.IN_FORCE),
        ("终止", CaseStatus.ENDED_UNTOLD),
        ("逾期视撤失效", CaseStatus.PENDING),
        ("驳回失效", CaseStatus.PENDING),
        ("等待实审提案", CaseStatus.PENDING),
        ("一二三", CaseStatus.UNKNOWN),
    ],
)
def test_a_status_means_what_the_query_system_means_by_it(
    text: str, status: CaseStatus
) -> None:
    assert classify(text) is status
