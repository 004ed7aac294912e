"""A row of the contact list → one party's addresses and what may be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patentwatch.model import County, PatentNumber
from patentwatch.register import addresses, cells, names, words
from patentwatch.register.addresses import Addresses
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.counties import CountyIndex
from patentwatch.register.fields import Fields
from patentwatch.register.numbercells import required
from patentwatch.register.outcome import Outcome, Refused, Warnings, outcome_of


class Role(StrEnum):
    """In which capacity somebody is on the list; the words that routing knows."""

    PATENTEE = "patentee"
    AGENT = "agent"
    COUNTY_OFFICIAL = "county_official"
    CITY_OFFICIAL = "city_official"
    PLEDGEE = "pledgee"


@dataclass(frozen=True, slots=True)
class ContactRow:
    """What one row says. `mobiles` are E.164, `landlines` cannot take an SMS.

    A consent of None was not asked: allowed on the office's lawful basis only.
    `standing` holds agent_pays, sms_only, copy_me.
    """

    party: str
    role: Role
    person: str = ""
    mobiles: tuple[str, ...] = ()
    landlines: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    county: str | None = None
    application_no: PatentNumber | None = None
    credit_code: str | None = None
    sms_consent: bool | None = None
    email_consent: bool | None = None
    consent_on: date | None = None
    consent_basis: str = ""
    standing: frozenset[str] = frozenset()


class ContactRows:
    """Reads the rows of one sheet of contacts."""

    def __init__(
        self, layout: Layout, *, today: date, counties: Sequence[County] = ()
    ) -> None:
        self._layout = layout
        self._today = today
        self._counties = CountyIndex(counties)
        self._sheet_county = self._counties.find(layout.sheet)

    def read(self, row: Row) -> Outcome[ContactRow]:
        """Return the contact in `row`, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._contact)

    def _contact(self, row: Row, warnings: Warnings) -> ContactRow:
        fields = Fields(self._layout, row)
        role = _role(fields["role"])
        person = fields.line("person", warnings)
        party = fields.line("party", warnings)
        if role in _OFFICIALS:
            party = party or person
        if not party:
            raise Refused("party", "name_missing")
        credit_code = _credit_code(fields["credit_code"], warnings)
        number = (
            required(fields["application_no"]) if fields["application_no"] else None
        )
        if _is_ambiguous(party, role, number=number, credit_code=credit_code):
            raise Refused("party", "person_ambiguous", party)
        found = _addresses(fields, warnings)
        return ContactRow(
            party=party,
            role=role,
            person=person,
            mobiles=found.mobiles,
            landlines=found.landlines,
            emails=found.emails,
            county=self._county(fields["county"], role, warnings),
            application_no=number,
            credit_code=credit_code,
            sms_consent=_consent(fields, "sms_consent"),
            email_consent=_consent(fields, "email_consent"),
            consent_on=self._consent_on(fields, warnings),
            consent_basis=fields.line("consent_basis", warnings),
            standing=_standing(fields["standing"]),
        )

    def _county(self, text: str, role: Role, warnings: Warnings) -> str | None:
        code = self._counties.find(text) if text else self._sheet_county
        if role is Role.COUNTY_OFFICIAL and code is None:
            raise Refused("county", "county_missing", text)
        if text and code is None and role is not Role.CITY_OFFICIAL:
            warnings.add("county", "county_unknown", text)
        return code

    def _consent_on(self, fields: Fields, warnings: Warnings) -> date | None:
        if fields["consent_date"]:
            return fields.past_day("consent_date", self._today)
        for field in ("sms_consent", "email_consent"):
            if _consent(fields, field):
                warnings.add(field, "consent_undated", fields[field])
        return None


_OFFICIALS = frozenset({Role.COUNTY_OFFICIAL, Role.CITY_OFFICIAL})
_ROLES = {
    "": Role.PATENTEE,
    "专利权人": Role.PATENTEE,
    "权利人": Role.PATENTEE,
    "本人": Role.PATENTEE,
    "代理机构": Role.AGENT,
    "专利代理机构": Role.AGENT,
    "代理人": Role.AGENT,
    "县区负责人": Role.COUNTY_OFFICIAL,
    "区县负责人": Role.COUNTY_OFFICIAL,
    "市级负责人": Role.CITY_OFFICIAL,
    "市局负责人": Role.CITY_OFFICIAL,
    "质权人": Role.PLEDGEE,
}
_STANDING = {
    "代理机构缴费": "agent_pays",
    "只发短信": "sms_only",
    "抄送本人": "copy_me",
}


def _role(text: str) -> Role:
    role = _ROLES.get("".join(text.split()))
    if role is None:
        raise Refused("role", "role_unknown", text)
    return role


def _is_ambiguous(
    party: str, role: Role, *, number: PatentNumber | None, credit_code: str | None
) -> bool:
    named_twice = role is Role.PATENTEE and number is None and credit_code is None
    return named_twice and names.is_person(party)


def _credit_code(text: str, warnings: Warnings) -> str | None:
    if not text:
        return None
    valid, invalid = words.credit_codes(text)
    for code in invalid:
        warnings.add("credit_code", "credit_code_invalid", code)
    return valid[0] if valid else None


def _addresses(fields: Fields, warnings: Warnings) -> Addresses:
    """Return every address of the row; one that is unusable refuses the whole row."""
    found = Addresses()
    for field in ("phone", "landline", "email"):
        read = addresses.emails if field == "email" else addresses.phones
        one = read(fields[field])
        if one.fault:
            raise Refused(field, one.fault, fields[field])
        if one.count > 1:
            code = "emails_split" if field == "email" else "phones_split"
            warnings.add(field, code, fields[field], str(one.count))
        if one.landlines and field == "phone":
            warnings.add(field, "landline_no_sms", ";".join(one.landlines))
        found = found.joined(one)
    if not found.count:
        raise Refused("", "no_address")
    return found


def _consent(fields: Fields, field: str) -> bool | None:
    text = fields[field]
    answer = cells.yes_or_no(text) if text else None
    if text and answer is None:
        raise Refused(field, "consent_unknown", text)
    return answer


def _standing(text: str) -> frozenset[str]:
    said = names.split(text.replace("，", ";").replace(",", ";")).names
    unknown = next((word for word in said if word not in _STANDING), None)
    if unknown is not None:
        raise Refused("standing", "standing_unknown", unknown)
    return frozenset(_STANDING[word] for word in said)
