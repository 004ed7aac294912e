"""The providers' published examples, to the last digit."""

from datetime import UTC, datetime

import pytest

from patentwatch.delivery.sms import signing

PUBLISHED = "YourAccessKeySecret"


def test_acs3_is_aliyuns_own_example() -> None:
    headers = signing.acs3(
        "ecs.cn-shanghai.aliyuncs.com",
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        },
        action="RunInstances",
        version="2014-05-26",
        key_id="YourAccessKeyId",
        secret=PUBLISHED,
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


CVM = (
    b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], '
    b'"Name": "instance-name"}]}'
)


@pytest.mark.parametrize(
    ("headers", "key_id", "secret", "signature"),
    [
        pytest.param(
            {},
            "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
            id="two-headers",
        ),
        pytest.param(
            {"x-tc-action": "describeinstances"},
            "AKID" + "*" * 32,
            "*" * 32,
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
            id="three-headers",
        ),
    ],
)
def test_tc3_is_tencents_own_example(
    headers: dict[str, str], key_id: str, secret: str, signature: str
) -> None:
    signed = {
        "content-type": "application/json; charset=utf-8",
        "host": "cvm.tencentcloudapi.com",
    } | headers
    authorization = signing.tc3(
        signed,
        CVM,
        service="cvm",
        key_id=key_id,
        secret=secret,
        at=datetime.fromtimestamp(1551113065, UTC),
    )
    assert authorization == (
        f"TC3-HMAC-SHA256 Credential={key_id}/2019-02-25/cvm/tc3_request, "
        f"SignedHeaders={';'.join(sorted(signed))}, Signature={signature}"
    )


def test_a_mac_is_the_md5_of_the_fields_in_a_row() -> None:
    # printf '某局app1s3cret13800000000你好sign1' | md5sum
    mac = signing.mas_mac("某局", "app1", "s3cret", "13800000000", "你好", "sign1", "")
    assert mac == "5c8699691660f43aa27d857b6d8680c4"


def test_a_query_is_escaped_as_rfc_3986_asks() -> None:
    query = signing.query_string({"b": "a b*~/", "a": "年"})
    assert query == "a=%E5%B9%B4&b=a%20b%2A~%2F"
