"""Answers of the EPO's legal service, made by hand in its real shape; all invented."""

from dataclasses import dataclass

FAULT_404 = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<fault xmlns="http://ops.epo.org" xmlns:xlink="http://www.w3.org/1999/xlink">
    <code>SERVER.EntityNotFound</code>
    <message>No results found</message>
</fault>
"""
ROBOT_403 = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<fault xmlns="http://ops.epo.org">
    <code>CLIENT.RobotDetected</code>
    <message>Recent behaviour implies you are a robot.</message>
</fault>
"""
BAD_TOKEN_400 = (
    b"<error><code>400</code><message>invalid_access_token</message>"
    b"<description>Access token is invalid</description>\n\t\t\t\t</error>"
)
LOGIN_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Login</title></head>"
    b"<body><form action='/login'>CF01 lapsed</form></body></html>"
)
JSON_ERROR = b'{"code": 500, "message": "CF01: the right has lapsed"}'


@dataclass(frozen=True, slots=True)
class Report:
    """One `ops:legal`; days as they are written there, "" for no element."""

    code: str
    gazette: str = "0001-01-01"
    effective: str = ""
    text: str = ""
    country: str = "CN"


def legal(
    *reports: Report,
    application: str,
    publication: str,
    kind: str = "B",
    members: int = 5,
) -> bytes:
    """Return an answer with one family member; `members` is the size of the family."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>\
<?xml-stylesheet type="text/xsl" href="../../../../style/legal.xsl"?>
<ops:world-patent-data xmlns="http://www.epo.org/exchange" \
xmlns:ops="http://ops.epo.org" xmlns:xlink="http://www.w3.org/1999/xlink">
  <ops:patent-family legal="true" total-result-count="{members}">
    <ops:publication-reference>{_document(publication, kind)}\
</ops:publication-reference>
    {member(*reports, application=application, publication=publication, kind=kind)}
  </ops:patent-family>
</ops:world-patent-data>
""".encode()


def member(
    *reports: Report, application: str, publication: str, kind: str = "B"
) -> str:
    """Return one family member; without an application no reference to one."""
    filed = (
        '<application-reference doc-id="1" is-representative="YES">'
        f"{_document(application, 'A')}</application-reference>"
    )
    return f"""<ops:family-member family-id="1">
      <publication-reference>{_document(publication, kind)}
        <document-id document-id-type="epodoc"><doc-number>CN{publication}</doc-number>
        </document-id></publication-reference>
      {filed if application else ""}
      {"".join(map(_legal, reports))}
    </ops:family-member>"""


def _document(number: str, kind: str) -> str:
    return (
        '<document-id document-id-type="docdb"><country>CN</country>'
        f"<doc-number>{number}</doc-number><kind>{kind}</kind></document-id>"
    )


def _legal(report: Report) -> str:
    effective = (
        f'<ops:L525EP desc="Effective DATE">{report.effective}</ops:L525EP>'
        if report.effective
        else ""
    )
    text = f"<ops:L510EP>{report.text}</ops:L510EP>" if report.text else ""
    code = report.code.ljust(4)
    return f"""<ops:legal code="{code}" desc="INVENTED" infl=" " dateMigr="00010101">
        <ops:pre line="00001">CN    {report.gazette}{code}INVENTED</ops:pre>
        <ops:L001EP desc="Country Code">{report.country}</ops:L001EP>
        <ops:L002EP>F</ops:L002EP>
        <ops:L003EP>    20990001</ops:L003EP>
        <ops:L007EP desc="Gazette DATE">{report.gazette}</ops:L007EP>
        <ops:L008EP>{report.code}</ops:L008EP>
        <ops:L018EP desc="DATE last exchanged">2024-02-29</ops:L018EP>
        <ops:L019EP desc="DATE first created">2024-02-28</ops:L019EP>
        <ops:L500EP>{text}{effective}</ops:L500EP>
      </ops:legal>"""
