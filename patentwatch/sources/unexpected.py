"""What a clerk is told of a file that is not what a source of legal status gives."""

from patentwatch.errors import InputError
from patentwatch.register.magic import NAMES, Format

AGAIN = "请重新登录后再下载"


def unexpected(name: str, what: str, remedy: str = AGAIN) -> InputError:
    """Return what to raise for the file `name`, which really is `what`."""
    return InputError(
        f"{name}：法律状态文件返回非预期内容（{what}）；{remedy}",
        code="unexpected_content",
    )


def shown(form: Format) -> str:
    """Return how a message names a format; a page of HTML is mostly a login page."""
    return f"{NAMES[form]}，可能是登录页" if form is Format.HTML else NAMES[form]
