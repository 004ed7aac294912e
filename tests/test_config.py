"""What an office may write into its configuration, and what it is told otherwise."""

import re
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest

from patentwatch import config
from patentwatch.errors import ConfigError
from patentwatch.model import Channel, County, PatentType, SmsText, Tier
from patentwatch.settings import LAWFUL_BASIS, Population, Settings

Write = Callable[[str], Settings]
SECRETS = (
    "smtp-password",
    "sms-secret",
    "sms-callback-secret",
    "console-secret",
    "ops-secret",
)
SAMPLE = Path(config.__file__).parent / "cli" / "sample.toml"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def load(text: str) -> Settings:
        path = tmp_path / "patentwatch.toml"
        path.write_text(text, "utf-8")
        return config.load(path, environ={}, cwd=tmp_path)

    return load


def test_without_a_file_everything_has_a_value(tmp_path: Path) -> None:
    settings = config.load(environ={}, cwd=tmp_path)
    assert settings.source is None
    assert settings.database.url == f"sqlite:///{tmp_path}/patentwatch.db"
    assert settings.database.key_file == tmp_path / "patentwatch.key"
    assert settings.register.inbox == tmp_path / "inbox"
    assert settings.outbox == tmp_path / "outbox"
    assert settings.register.types == (PatentType.INVENTION,)
    assert settings.office.lawful_basis == LAWFUL_BASIS
    assert settings.alerts.send_window == (time(8, 30), time(20))
    assert settings.alerts.brake is None
    assert not settings.observing


def test_an_empty_file_says_the_same_as_none(write: Write, tmp_path: Path) -> None:
    bare = config.load(environ={}, cwd=tmp_path / "elsewhere")
    settings = write("")
    assert settings.alerts == bare.alerts
    assert settings.office == bare.office


def test_every_section_is_read(write: Write, tmp_path: Path) -> None:
    settings = write(
        """
        outbox = "gone"
        [database]
        url = "sqlite:///data/city.db"
        [office]
        name = "某市知识产权局"
        phone = "0000-1234567"
        population = [{ year = 2025, persons = 5_200_000, source = "公报" }]
        [register]
        types = ["invention", "design"]
        [sms]
        templates = { urgent = "SMS_1" }
        [alerts]
        mode = "live"
        guest_list = ["me@example.cn"]
        send_window = ["09:00", 19:30:00]
        brake = 900
        [alerts.ladder.surcharge_1]
        enabled = false
        [[county]]
        code = "000101"
        name = "东区"
        aliases = ["东"]
        population = [{ year = 2025, persons = 800_000 }]
        """
    )
    assert settings.outbox == tmp_path / "gone"
    assert settings.database.url == f"sqlite:///{tmp_path}/data/city.db"
    assert settings.database.key_file == tmp_path / "data" / "patentwatch.key"
    assert settings.office.phone == "0000-1234567"
    assert settings.register.types == (PatentType.INVENTION, PatentType.DESIGN)
    assert settings.sms.templates == {SmsText.URGENT: "SMS_1"}
    assert settings.alerts.send_window == (time(9), time(19, 30))
    assert settings.alerts.ladder[Tier.SURCHARGE_1].enabled is False
    assert settings.counties == (County("000101", "东区", aliases=("东",)),)
    assert settings.population == {
        "": (Population(2025, 5_200_000, "公报"),),
        "000101": (Population(2025, 800_000),),
    }


def test_a_rung_of_the_ladder_is_changed(write: Write) -> None:
    settings = write(
        '[alerts.ladder]\nnotice = { from_days = -60, channels = ["email"] }'
    )
    change = settings.alerts.ladder[Tier.NOTICE]
    assert (change.from_days, change.channels) == (-60, (Channel.EMAIL,))


ALIYUN = "provider='aliyun'\naccess_key_id='k'\nsign_name='局'\n"
TENCENT = "provider='tencent'\napp_id='1'\naccess_key_id='k'\nsign_name='局'\n"
MAS = "provider='mas'\ncompany='局'\napp_id='1'\nsign_name='s'\n"
SMS_FAULTS = (
    ("provider='aliyun'", r"sms\.access_key_id"),
    (ALIYUN, r"sms\.secret_file"),
    ("provider='tencent'", r"sms\.app_id"),
    (TENCENT, r"sms\.secret_file: provider"),
    (MAS, r"sms\.endpoint: provider"),
    (f"{MAS}endpoint='https://mas.example.cn'", r'secret_file: .*"mas"'),
    ("endpoint='http://mas.example.cn'", r"sms\.endpoint: .*https"),
    ("grace_seconds = 119", r"sms\.grace_seconds"),
    ("per_number_daily = 0", r"sms\.per_number_daily"),
    ("price_per_thousand_yuan = -1", r"price_per_thousand_yuan 不能"),
    ("callback_secret_file = 'none'", r"callback_secret_file: 找不到"),
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[smtp]\nhots = 'x'", "smtp.hots: .*是不是 host", id="near"),
        pytest.param("[smpt]\nhost = 'x'", "smpt: .*是不是 smtp", id="section"),
        pytest.param("[smtp]\nxyzzy = 1", "smtp.xyzzy: 没有这个设置$", id="far"),
        pytest.param("[office]\nnam = 'x'", "office.nam: .*name", id="office"),
        pytest.param("source = 'x'", "source: 没有这个设置", id="not-a-key"),
        pytest.param("smtp = 1", "smtp: 须为表", id="not-a-table"),
        pytest.param("county = 1", "county: 须为表的列表", id="not-a-list"),
        pytest.param("[smtp]\nport = '25'", "smtp.port: 须为整数.*“25”", id="int"),
        pytest.param("[smtp]\nport = true", "smtp.port: 须为整数.*true", id="bool"),
        pytest.param("[smtp]\nhost = 1", "smtp.host: 须为文字", id="str"),
        pytest.param("outbox = 1", "outbox: 须为文件", id="path"),
        pytest.param("[smtp]\nsecurity = 'ssl'", 'security: .*"tls"', id="choice"),
        pytest.param("[alerts]\nmode = 'Live'", "alerts.mode: .*live", id="mode"),
        pytest.param("[register]\ntypes = 'x'", "types: 须为列表", id="list"),
        pytest.param("[register]\ntypes = ['x']", "types: “x” 无效", id="member"),
        pytest.param(
            "[alerts]\nsend_window = ['08:00']", "须有 2 个值", id="too-short"
        ),
        pytest.param(
            "[alerts]\nsend_window = ['8.30', '20:00']", "须为时刻", id="not-a-time"
        ),
        pytest.param(
            "[alerts]\nsend_window = ['07:59', '20:00']", "08:00 与 22:00", id="early"
        ),
        pytest.param(
            "[alerts]\nsend_window = ['08:00', '22:01']", "08:00 与 22:00", id="late"
        ),
        pytest.param(
            "[alerts]\nsend_window = ['20:00', '08:00']", "先早后晚", id="turned"
        ),
        pytest.param(
            "[alerts.ladder]\nurgnt = {}", "ladder.urgnt: .*urgent", id="tier"
        ),
        pytest.param(
            "[alerts.ladder]\nurgent = { days = 1 }",
            "ladder.urgent.days: 没有这个设置",
            id="step-key",
        ),
        pytest.param(
            "[alerts.ladder]\nurgent = { channels = ['fax'] }", "fax", id="channel"
        ),
        pytest.param(
            "[alerts.ladder]\nurgent = { channels = ['call'] }",
            "channels: .*email.*sms",
            id="no-calls-here",
        ),
        pytest.param("[alerts]\nbrake = 0", "brake: 须为正整数", id="brake"),
        pytest.param(
            "[alerts]\npaid_through_lag_days = -1", "不能为负数", id="negative"
        ),
        pytest.param("[digest]\nweekday = 0", "digest.weekday", id="weekday-0"),
        pytest.param("[digest]\nweekday = 8", "digest.weekday", id="weekday-8"),
        pytest.param("[digest]\nmonth_day = 0", "digest.month_day", id="month-day-0"),
        pytest.param("[digest]\nmonth_day = 32", "month_day", id="month-day-32"),
        pytest.param("[plan]\ngreen_percent = 101", "green_percent", id="over-100"),
        pytest.param("[plan]\nyellow_percent = 0", "yellow_percent", id="yellow-0"),
        pytest.param("[plan]\ngreen_percent = 60", "green_percent", id="no-yellow"),
        pytest.param("[plan]\nmilestone_days = -1", "milestone_days", id="ahead"),
        pytest.param("[plan]\nactive_days = 180", "active_days", id="as-long-as-quiet"),
        pytest.param("[plan]\nactive_day = 90", "active_days", id="plan-unknown-key"),
        pytest.param("[[county]]\ncode = '1'", "county.name: 缺少", id="required"),
        pytest.param(
            "[[county]]\ncode='1'\nname='东'\n[[county]]\ncode='2'\nname='东'",
            "“东” 用了两次",
            id="county-twice",
        ),
        pytest.param("[smtp]\nhost = 'x'", "smtp.sender", id="no-sender"),
        pytest.param(
            "[smtp]\nhost='x'\nsender='a@b.cn'\nusername='u'", "同时设置", id="half"
        ),
        pytest.param("[smtp", "不是有效的 TOML", id="broken"),
        *(
            pytest.param(f"[sms]\n{text}", told, id=f"sms-{told}")
            for text, told in SMS_FAULTS
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    write: Write, tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        write(text)
    assert str(caught.value).startswith(str(tmp_path / "patentwatch.toml"))
    assert caught.value.exit_status == 78


@pytest.mark.parametrize(
    "text",
    [
        "[smtp]\npassword = 'hunter2'",
        "[sms]\nsecret = 'hunter2'",
        "[sms]\naccess_key = 'hunter2'",
        "[sms]\naccess_key_secret = 'hunter2'",
        "[console]\nsigning_token = 'hunter2'",
        "[[county]]\npassword = 'hunter2'",
        "[database]\nurl = 'postgresql://u:hunter2@db/x'",
        "[database]\nurl = 'postgresql+psycopg:///x?user=u&password=hunter2'",
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(
    write: Write, text: str
) -> None:
    with pytest.raises(ConfigError, match="不能写在配置文件里") as caught:
        write(text)
    assert "hunter2" not in str(caught.value)


MAIL = "[smtp]\nhost='x'\nsender='a@b.cn'\nusername='u'\npassword_file='pw'\n"


def test_a_secret_file_must_exist(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"smtp\.password_file: 找不到文件"):
        write(MAIL)


def test_a_secret_file_must_not_be_open_to_strangers(
    write: Write, tmp_path: Path
) -> None:
    secret = tmp_path / "pw"
    secret.write_text("hunter2\n")
    secret.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        write(MAIL)
    secret.chmod(0o640)
    settings = write(MAIL)
    assert settings.smtp.password_file == secret
    assert config.secret(secret) == "hunter2"


def test_systemd_credentials_go_before_the_folder(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "pw").write_text("hunter2")
    (credentials / "pw").chmod(0o400)
    file = tmp_path / "patentwatch.toml"
    file.write_text(MAIL)
    settings = config.load(
        file, environ={"CREDENTIALS_DIRECTORY": str(credentials)}, cwd=tmp_path
    )
    assert settings.smtp.password_file == credentials / "pw"


def test_a_password_needs_encryption(write: Write, tmp_path: Path) -> None:
    (tmp_path / "pw").touch(0o600)
    with pytest.raises(ConfigError, match=r"smtp\.security"):
        write(f"{MAIL}security = 'none'")


@pytest.mark.parametrize(
    ("security", "port"), [("none", 25), ("starttls", 587), ("tls", 465)]
)
def test_the_port_follows_the_security(write: Write, security: str, port: int) -> None:
    text = f"[smtp]\nhost='x'\nsender='a@b.cn'\nsecurity='{security}'"
    assert write(text).smtp.port == port
    assert write(f"{text}\nport = 2525").smtp.port == 2525


@pytest.mark.parametrize(
    ("text", "observing"),
    [
        ("", False),
        ("[smtp]\nhost='x'\nsender='a@b.cn'", True),
        ("[sms]\nprovider='sheet'", True),
        ("[smtp]\nhost='x'\nsender='a@b.cn'\n[alerts]\nmode='live'", False),
        ("[alerts]\nmode='observe'", True),
    ],
)
def test_a_real_transport_observes_first(
    write: Write, text: str, *, observing: bool
) -> None:
    assert write(text).observing is observing


@pytest.mark.parametrize(
    "text",
    [
        "provider='sheet'",
        f"{ALIYUN}secret_file='sms'",
        f"{TENCENT}secret_file='sms'",
        f"{MAS}secret_file='sms'\nendpoint='https://mas.example.cn:28888'",
        f"{MAS}secret_file='sms'\nendpoint='http://127.0.0.1:1992'",
        "grace_seconds = 120\nper_number_daily = 1\nprice_per_thousand_yuan = 0",
    ],
)
def test_a_whole_contract_is_taken(write: Write, tmp_path: Path, text: str) -> None:
    (tmp_path / "sms").touch(0o600)
    assert write(f"[sms]\n{text}").sms.grace_seconds == 120


def test_a_callback_secret_must_not_be_open_to_strangers(
    write: Write, tmp_path: Path
) -> None:
    (tmp_path / "back").touch()
    (tmp_path / "back").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        write("[sms]\ncallback_secret_file='back'")


def test_the_files_are_looked_for_in_order(tmp_path: Path) -> None:
    here, named, chosen = (tmp_path / name for name in ("here", "named", "chosen"))
    for folder in (here, named, chosen):
        folder.mkdir()
        (folder / "patentwatch.toml").write_text(f"[office]\nname = '{folder.name}'")
    environ = {"PATENTWATCH_CONFIG": str(named / "patentwatch.toml")}
    option = chosen / "patentwatch.toml"
    assert config.load(option, environ=environ, cwd=here).office.name == "chosen"
    assert config.load(environ=environ, cwd=here).office.name == "named"
    assert config.load(environ={}, cwd=here).office.name == "here"


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="找不到配置文件"):
        config.load(Path("none.toml"), environ={}, cwd=tmp_path)


def test_the_environment_overrides_the_database(tmp_path: Path) -> None:
    environ = {"PATENTWATCH_DATABASE_URL": "postgresql+psycopg://u:hunter2@db/x"}
    settings = config.load(environ=environ, cwd=tmp_path)
    assert settings.database.url == "postgresql+psycopg://u:hunter2@db/x"
    assert "hunter2" not in str(settings.masked())


def test_what_is_printed_hides_addresses(write: Write) -> None:
    shown = str(write("[alerts]\nguest_list = ['somebody@example.cn']").masked())
    assert "somebody" not in shown
    assert "08:30" in shown


def test_every_line_of_the_sample_is_true() -> None:
    """Uncommented, the sample is a valid file that sets every key there is."""
    lines = SAMPLE.read_text("utf-8").splitlines()
    key = re.compile(r"^# (?=[a-z_]+ = |\[)")
    text = "\n".join(key.sub("", line) for line in lines)
    names = set(re.findall(r"^([a-z_]+) = ", text, re.MULTILINE))
    sections = set(re.findall(r"^\[+([a-z]+)", text, re.MULTILINE))
    shape = Settings()
    for section in sections - {"county"}:
        assert set(_keys(getattr(shape, section))) <= names | {"ladder"}, section
    assert sections | {"outbox", "counties", "population", "source"} == {
        *_keys(shape),
        "county",
    }


def test_the_sample_uncommented_can_be_loaded(tmp_path: Path) -> None:
    text = SAMPLE.read_text("utf-8")
    text = re.sub(r"^# (?=[a-z_]+ = |\[)", "", text, flags=re.MULTILINE)
    for name in SECRETS:
        (tmp_path / name).touch(0o600)
    (tmp_path / "strategic-ipc.txt").touch()
    path = tmp_path / "patentwatch.toml"
    path.write_text(text, "utf-8")
    settings = config.load(path, environ={}, cwd=tmp_path)
    assert settings.counties[0].name == "东城区"
    assert Tier.NOTICE in settings.alerts.ladder


def _keys(section: object) -> list[str]:
    return list(getattr(type(section), "__dataclass_fields__", {}))


def test_strategic_classes_of_the_file_and_of_the_list_are_one(
    tmp_path: Path, write: Write
) -> None:
    (tmp_path / "ipc.txt").write_text(
        "# 参照关系表\nC08L\n\nH01L 21/*  # 半导体\n", "utf-8-sig"
    )
    text = '[register]\nstrategic_ipc = ["G06"]\nstrategic_ipc_file = "ipc.txt"'
    assert write(text).register.strategic_ipc == ("G06", "C08L", "H01L 21/*")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('strategic_ipc = ["C8L"]', "register.strategic_ipc: “C8L” 不是 IPC 分类号"),
        ('strategic_ipc_file = "bad.txt"', "strategic_ipc_file 第2行: “新材料” 不是"),
        ('strategic_ipc_file = "none.txt"', "无法读取"),
        ('strategic_ipc_file = "gbk.txt"', "须为 UTF-8 文本"),
    ],
)
def test_a_class_that_is_none_is_refused_with_its_place(
    tmp_path: Path, write: Write, text: str, said: str
) -> None:
    (tmp_path / "bad.txt").write_text("C08L\n新材料\n", "utf-8")
    (tmp_path / "gbk.txt").write_bytes("C08L # 新材料".encode("gbk"))
    with pytest.raises(ConfigError, match=re.escape(said)):
        write(f"[register]\n{text}")
