"""Every table, once. Values in, values out: the functions beside this file use them.

`application_no` leads the keys of the big tables, so that they can be partitioned by
hash one day. Rows of `verdicts`, `attempts` and `audit` are only ever added.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from patentwatch.store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

APPLICATION_NO = String(16)
RECIPIENT = String(64)
WORD = String(40)

meta = Table(
    "meta",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", Text, nullable=False),
)

# One row per file taken (or refused) and per look of the daemon.
runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("file", Text, nullable=False, default=""),
    Column("as_of_on", Date),  # the day for which a list was valid
    Column("state", WORD, nullable=False),  # done | refused | undone
    Column("reason", Text, nullable=False, default=""),  # of --force, of an undo
    Column("counts", JSON, nullable=False, default=dict),
    Column("sheets", JSON, nullable=False, default=list),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Index("ix_runs_kind_started_at", "kind", "started_at"),
)

# Rejects, skips and warnings of a run, row by row.
run_notes = Table(
    "run_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("level", WORD, nullable=False),  # reject | skip | warning
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("code", WORD, nullable=False),
    Column("value", Text, nullable=False),
    Column("message", Text, nullable=False),
    Index("ix_run_notes_run_id", "run_id"),
)

# What a run spoke of, so that it can be taken back. `before` null: the run created the
# patent; else the columns that the run changed, as they were.
run_changes = Table(
    "run_changes",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("application_no", APPLICATION_NO, primary_key=True),
    Column("before", JSON),
)

# For which counties a run's list was complete: a patent is missing since the first
# complete list of its county that is newer than the newest list that has it.
listings = Table(
    "listings",
    metadata,
    Column("county", String(20), primary_key=True),
    Column("as_of_on", Date, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
)

patents = Table(
    "patents",
    metadata,
    Column("application_no", APPLICATION_NO, primary_key=True),
    Column("patent_type", WORD, nullable=False),
    Column("filing_on", Date, nullable=False),
    Column("grant_on", Date),  # null: the list does not say
    Column("grant_publication_no", String(20)),
    Column("title", Text, nullable=False, default=""),
    Column("patentees", Text, nullable=False, default=""),  # one a line, in order
    Column("credit_codes", Text, nullable=False, default=""),  # one a line
    Column("address", Text, nullable=False, default=""),
    Column("county", String(20)),  # null: cannot be told, the city answers
    Column("ipc", Text, nullable=False, default=""),
    Column("agency", Text, nullable=False, default=""),
    Column("reduction", Integer),  # null: unknown
    Column("paid_through", Integer),  # null: the list does not say
    Column("legal_status", Text, nullable=False, default=""),
    Column("queried_on", Date),
    Column("high_value", Boolean),
    Column("fingerprint", String(32), nullable=False),  # of all columns above
    Column("listed_on", Date, nullable=False),  # newest list that has it
    Column("listed_run_id", ForeignKey("runs.id")),  # that list's run
    Column("missing_since_on", Date),  # first list that lacks it; a question
    Column("next_look_on", Date),  # first day the verdict can change; null: at once
    Index("ix_patents_county", "county"),
    Index("ix_patents_grant_publication_no", "grant_publication_no"),
    Index("ix_patents_next_look_on", "next_look_on"),
)

holders = Table(
    "holders",
    metadata,
    Column(
        "application_no",
        ForeignKey("patents.application_no", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("name_key", String(500), primary_key=True),
    Index("ix_holders_name_key", "name_key"),
)

facts = Table(
    "facts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("natural_key", String(200), nullable=False),  # the same fact counts once
    Column("kind", WORD, nullable=False),
    Column("source", WORD, nullable=False),
    Column("dated_on", Date, nullable=False),  # when true or looked up, not when typed
    Column("fee_year", Integer),
    Column("amount_yuan", Integer),
    Column("paid_through", Integer),
    Column("county", String(20)),  # that a list states, as of its day
    Column("delivery", WORD),
    Column("ref", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("run_id", ForeignKey("runs.id")),
    Column("recorded_by", Text, nullable=False, default=""),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("application_no", "natural_key"),
    Index("ix_facts_run_id", "run_id"),
)

# Legal-status events as they were reported: only ever added. What code and text say
# stands beside them; what a person decided stands in `reviews`.
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("report_key", String(64), nullable=False),  # the same report counts once
    Column("fact_key", String(200), nullable=False),  # two reports of one fact share it
    Column("source", WORD, nullable=False),
    Column("code", WORD, nullable=False),
    Column("announced_on", Date),
    Column("effective_on", Date),
    Column("text", Text, nullable=False),
    Column("event", WORD, nullable=False),
    Column("effect", WORD, nullable=False),
    Column("status_after", WORD, nullable=False),
    Column("reason", WORD, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    # of all columns above; "" for those that were written before there was one
    Column("fingerprint", String(32), nullable=False, server_default=text("''")),
    Column("run_id", ForeignKey("runs.id")),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("application_no", "report_key"),
    Index("ix_events_run_id", "run_id"),
    Index("ix_events_needs_review", "needs_review"),
)

# What a person read out of a notice that the program could not; the newest counts.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("report_key", String(64), nullable=False),
    Column("effect", WORD, nullable=False),
    Column("reason", WORD, nullable=False),
    Column("effective_on", Date),
    Column("decided_by", Text, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("decided_at", UtcDateTime, nullable=False),
    Index("ix_reviews_application_no", "application_no"),
)

# When a right was in force, by county: folded from events and facts at every look, so
# that a count for any past day is one query. `view`: by_law | as_known.
spells = Table(
    "spells",
    metadata,
    Column("application_no", APPLICATION_NO, primary_key=True),
    Column("view", WORD, primary_key=True),
    Column("from_on", Date, primary_key=True),
    Column("until_on", Date),  # exclusive; null: no end is known
    Column("county", String(20)),
    Column("began_by", WORD, nullable=False),  # granted | restored | moved
    Column("ended_by", WORD, nullable=False),  # reason, moved, or "" while it lasts
    Index("ix_spells_view_from_on", "view", "from_on", "until_on", "county"),
)

# Status changes that matter to officials and linked parties, each once.
news = Table(
    "news",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("fact_key", String(200), nullable=False),
    Column("audience", WORD, nullable=False),  # official | linked
    Column("recipient", String(200), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("text", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    UniqueConstraint("application_no", "kind", "fact_key", "audience", "recipient"),
)

# When each patent was asked about at a remote source, and when it is to be asked again.
asks = Table(
    "asks",
    metadata,
    Column("source", WORD, primary_key=True),
    Column("application_no", APPLICATION_NO, primary_key=True),
    Column("stake", Integer, nullable=False),  # 0 is asked first
    Column("asked_at", UtcDateTime),  # null: not yet
    Column("outcome", WORD, nullable=False, default=""),
    Column("answered_at", UtcDateTime),  # newest answer that said something
    Column("next_ask_on", Date, nullable=False),
    Index("ix_asks_next", "source", "next_ask_on", "stake"),
)

# How a source of legal status is: its newest answer, and until when it is left alone.
sources = Table(
    "sources",
    metadata,
    Column("name", WORD, primary_key=True),
    Column("asked_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("not_before_at", UtcDateTime),
    Column("detail", Text, nullable=False, default=""),
)

# How far a backfill has come: one row for each of its files that was taken.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("backfill", String(64), primary_key=True),
    Column("file_key", String(64), primary_key=True),
    Column("account", JSON, nullable=False),
)

# One row per party, channel and address; addresses and persons are sealed.
contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("role", WORD, nullable=False),
    Column("party", Text, nullable=False),
    Column("name_key", String(500), nullable=False),
    Column("credit_code", String(20), nullable=False, default=""),
    Column("application_no", APPLICATION_NO, nullable=False, default=""),
    Column("county", String(20), nullable=False, default=""),
    Column("channel", WORD, nullable=False),
    Column("recipient", RECIPIENT, nullable=False),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("person_sealed", LargeBinary, nullable=False),
    Column("consent", Boolean),  # null: not asked
    Column("consent_on", Date),
    Column("consent_basis", Text, nullable=False, default=""),
    Column("standing", Text, nullable=False, default=""),  # words, blank-separated
    Column("flag", WORD, nullable=False, default=""),  # or bad, opted_out, not_theirs
    Column("flag_reason", Text, nullable=False, default=""),
    Column("flagged_on", Date),
    Column("valid_from_on", Date, nullable=False),
    Column("ended_on", Date),  # a newer list gave this party another address
    Column("run_id", ForeignKey("runs.id")),
    UniqueConstraint(
        "role", "name_key", "credit_code", "application_no", "channel", "recipient"
    ),
    Index("ix_contacts_name_key", "name_key"),
    Index("ix_contacts_credit_code", "credit_code"),
    Index("ix_contacts_application_no", "application_no"),
    Index("ix_contacts_recipient", "recipient"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("fee_year", Integer, nullable=False),
    Column("answer", WORD, nullable=False),  # paid | agent | abandon | wrong-person
    Column("recipient", RECIPIENT),
    Column("answered_on", Date, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("via", WORD, nullable=False, server_default="cli"),  # cli|sheet|link|call
    Column("paid_on", Date),  # what "paid" came with; none of it is a fact of law
    Column("amount_yuan", Integer),
    Column("receipt_no", String(40), nullable=False, server_default=text("''")),
    Column("photo", Text, nullable=False, server_default=text("''")),  # a file's name
    Column("recorded_at", UtcDateTime, nullable=False),
    Index("ix_answers_application_no", "application_no"),
)

# Signed one-purpose tokens that were used: a second use is refused.
used_tokens = Table(
    "used_tokens",
    metadata,
    Column("nonce", String(64), primary_key=True),
    Column("purpose", WORD, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)

# What people sent back by SMS; the text may hold anything, so it is sealed.
replies = Table(
    "replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reply_key", String(64), nullable=False),  # the same reply counts once
    Column("recipient", RECIPIENT, nullable=False),
    Column("meaning", WORD, nullable=False),  # opt_out | other
    Column("text_sealed", LargeBinary, nullable=False),
    Column("replied_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("reply_key"),
    Index("ix_replies_recipient", "recipient"),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("fee_year", Integer),  # null: every year
    Column("reason", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # inclusive; null: until removed
    Column("ended_on", Date),  # first day on which it no longer stands
    Column("ended_by", Text, nullable=False, default=""),
    Index("ix_holds_application_no", "application_no"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_no", APPLICATION_NO, nullable=False, default=""),
    Column("name_key", String(500), nullable=False, default=""),  # a party's
    Column("county", String(20), nullable=False, default=""),
    Column("reason", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),  # inclusive
    Column("ended_on", Date),
    Column("ended_by", Text, nullable=False, default=""),
    Index("ix_silences_application_no", "application_no"),
)

# The outbox: one recipient and one channel per row. `kind` says what is in it: alerts
# that point here, or a digest that does.
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", WORD, nullable=False, server_default="alerts"),  # | digest | canary
    Column("recipient", RECIPIENT, nullable=False),
    Column("channel", WORD, nullable=False),
    Column("transport", WORD, nullable=False),
    Column("state", WORD, nullable=False),
    Column("severity", Integer, nullable=False),  # of its most urgent alert
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before_at", UtcDateTime, nullable=False),
    Column("lease_until_at", UtcDateTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("ref", String(80)),  # Message-ID or out_id, fixed at the first claim
    Column(
        "provider_ref", String(80), nullable=False, server_default=text("''")
    ),  # theirs
    Column("parts", Integer),  # short messages billed; null: none, or not known
    Column("ask_at", UtcDateTime),  # when its fate is asked next; null: not asked
    Column("sent_at", UtcDateTime),
    Column("detail", Text, nullable=False, default=""),
    Index("ix_messages_state_not_before_at", "state", "not_before_at"),
    Index("ix_messages_recipient_channel", "recipient", "channel"),
    Index("ix_messages_ask_at", "ask_at"),
    Index("ix_messages_ref", "ref"),
)

# What a provider or a mail server reported later about a message: only ever added.
# The message's state is a fold of them, whatever their order and number.
receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("receipt_key", String(64), nullable=False),
    Column("state", WORD, nullable=False),  # delivered | undelivered | refused
    Column("code", WORD, nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Column("reported_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("receipt_key"),
    Index("ix_receipts_message_id", "message_id"),
)

# Whether a transport is worth trying: opened by failures, closed by a success.
circuits = Table(
    "circuits",
    metadata,
    Column("transport", WORD, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("down_since_at", UtcDateTime),
    Column("open_until_at", UtcDateTime),
    Column("detail", Text, nullable=False, default=""),
)

# What the administrator has to know; one row from its beginning to its end.
alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("subject", String(80), nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    Column("cleared_at", UtcDateTime),
    Index("ix_alarms_kind_subject", "kind", "subject"),
)

# Letters to officials and linked parties, once for each window. What they were made
# from is kept sealed, so that any of them can be rendered again.
digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recipient", RECIPIENT, nullable=False),
    Column("county", String(20), nullable=False),  # "": the whole city
    Column("kind", WORD, nullable=False),  # week | month | linked_month | linked_day
    Column("window_start_on", Date, nullable=False),
    Column("window_end_on", Date, nullable=False),  # inclusive
    Column("as_of_on", Date, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", WORD, nullable=False),  # version of the program
    Column("message_id", ForeignKey("messages.id")),  # null: only observed
    UniqueConstraint("recipient", "county", "kind", "window_start_on"),
    Index("ix_digests_message_id", "message_id"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("fee_year", Integer, nullable=False),
    Column("due_on", Date, nullable=False),  # R for lapsed and restore
    Column("anchor_on", Date, nullable=False),  # due_on before any roll
    Column("tier", WORD, nullable=False),
    Column("audience", WORD, nullable=False),
    Column("channel", WORD, nullable=False),
    Column("transport", WORD, nullable=False),
    Column("recipient", RECIPIENT, nullable=False),
    Column("state", WORD, nullable=False),
    Column("reason", WORD, nullable=False),
    Column("evidence", WORD, nullable=False),
    Column("correction", Boolean, nullable=False, default=False),
    Column("decided_on", Date, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("message_id", ForeignKey("messages.id")),
    Column("superseded_by", String(64)),
    Column("rulebook", String(64), nullable=False),
    UniqueConstraint("key"),
    UniqueConstraint(
        "application_no", "fee_year", "due_on", "tier", "channel", "recipient"
    ),
    Index("ix_alerts_message_id", "message_id"),
    Index("ix_alerts_state", "state"),
)

# What came of a call: only ever added; the newest that settles the task counts.
call_results = Table(
    "call_results",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", ForeignKey("alerts.id"), nullable=False),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("fee_year", Integer, nullable=False),
    Column("result", WORD, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("called_on", Date, nullable=False),
    Column("called_by", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index("ix_call_results_alert_id", "alert_id"),
    Index("ix_call_results_application_no", "application_no"),
)

# Append-only: one row when the reason or the tier of a verdict changes.
verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_no", APPLICATION_NO, nullable=False),
    Column("fee_year", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("audience", WORD, nullable=False),
    Column("channel", WORD, nullable=False),
    Column("recipient", RECIPIENT, nullable=False),  # "" when nobody can be told
    Column("tier", WORD),  # null: none reached
    Column("reason", WORD, nullable=False),
    Column("evidence", WORD, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("rulebook", String(64), nullable=False),
    Index("ix_verdicts_application_no", "application_no"),
)

# Append-only: an intent before the wire, an outcome after it.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("event", WORD, nullable=False),  # intent | outcome
    Column("at", UtcDateTime, nullable=False),
    Column("ref", String(80), nullable=False),
    Column("content_hash", String(64), nullable=False, default=""),
    Column("outcome", WORD, nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    UniqueConstraint("message_id", "attempt", "event"),
)

# Every wording of every plan: a plan that was amended keeps the old one.
plans = Table(
    "plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", WORD, nullable=False),
    Column("year", Integer, nullable=False),
    Column("in_force_on", Date, nullable=False),
    Column("fingerprint", String(64), nullable=False),  # of the content
    Column("content", JSON, nullable=False),
    Column("file", Text, nullable=False),
    Column("loaded_at", UtcDateTime, nullable=False),
    Column("loaded_by", Text, nullable=False, default=""),
    UniqueConstraint("name", "fingerprint"),
)

# Linked records of every kind. What a kind's fields mean stands in kinds.toml; dates
# in `fields` are ISO text, amounts integers of fen, so that databases compare them.
records = Table(
    "records",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", WORD, nullable=False),
    Column("natural_key", String(200), nullable=False),  # the same record counts once
    Column("title", Text, nullable=False, default=""),
    Column("county", String(20)),  # null: of the city as a whole
    Column("occurred_on", Date, nullable=False),
    Column("until_on", Date),  # from this day it does not stand any more
    Column("state", WORD, nullable=False, server_default="active"),  # or withdrawn
    Column("fields", JSON, nullable=False),
    Column("run_id", ForeignKey("runs.id")),  # the file it came from, and where there
    Column("sheet", Text, nullable=False, default=""),
    Column("row", Integer),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", Text, nullable=False, default=""),
    UniqueConstraint("kind", "natural_key"),
    Index("ix_records_kind_occurred_on", "kind", "occurred_on"),
    Index("ix_records_run_id", "run_id"),
)

# How a record was before it was changed or withdrawn.
record_changes = Table(
    "record_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("before", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Index("ix_record_changes_record_id", "record_id"),
)

# What a record is tied to: a patent (its number, whether or not a register has it), a
# party (its name key), another record (its id) or a commitment (plan/id).
record_links = Table(
    "record_links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("link", WORD, nullable=False),
    Column("to_kind", WORD, nullable=False),  # patent | party | record | commitment
    Column("to_key", String(500), nullable=False),
    Column("label", Text, nullable=False, default=""),  # as a person wrote it
    # Who says so; what a person tied by hand stays when its row is imported again.
    Column("by_row", Boolean, nullable=False, server_default=text("true")),
    Column("by_hand", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("record_id", "link", "to_kind", "to_key"),
    Index("ix_record_links_to_kind_to_key", "to_kind", "to_key"),
)

# Files that prove a record or a progress: their names and hashes.
evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE")),
    Column("plan", WORD, nullable=False, default=""),
    Column("commitment", String(20), nullable=False, default=""),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", Text, nullable=False, default=""),
    UniqueConstraint("record_id", "plan", "commitment", "sha256"),
)

# What people did about a commitment: only ever added.
commitment_acts = Table(
    "commitment_acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", WORD, nullable=False),
    Column("commitment", String(20), nullable=False),
    Column("county", String(20), nullable=False, default=""),  # "": the lead unit
    Column("act", WORD, nullable=False),  # signed | returned | progress | extended
    Column("acted_on", Date, nullable=False),
    Column("until_on", Date),  # the new due day of an extension
    Column("text", Text, nullable=False, default=""),
    Column("acted_by", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index("ix_commitment_acts_plan_commitment", "plan", "commitment"),
)

# Supervision slips, numbered through the year; `follows` is the milder one before.
slips = Table(
    "slips",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("colour", WORD, nullable=False),  # blue | yellow | red
    Column("plan", WORD, nullable=False),
    Column("commitment", String(20), nullable=False),
    Column("county", String(20), nullable=False, default=""),
    Column("issued_on", Date, nullable=False),
    Column("reply_by_on", Date, nullable=False),
    Column("text", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("follows", ForeignKey("slips.id")),
    Column("replied_on", Date),
    Column("reply", Text, nullable=False, default=""),
    Column("replied_by", Text, nullable=False, default=""),
    UniqueConstraint("year", "number"),
    Index("ix_slips_plan_commitment", "plan", "commitment"),
)

# A month that is over, sealed: its lights never change afterwards.
lights = Table(
    "lights",
    metadata,
    Column("plan", WORD, primary_key=True),
    Column("month_on", Date, primary_key=True),  # its first day
    Column("commitment", String(20), primary_key=True),
    Column("county", String(20), primary_key=True, default=""),
    Column("light", WORD, nullable=False),
    Column("actual", String(40)),  # decimal text; null: unknown
    Column("target", String(40)),
    Column("sealed_at", UtcDateTime, nullable=False),
)

bulletins = Table(
    "bulletins",
    metadata,
    Column("plan", WORD, primary_key=True),
    Column("month_on", Date, primary_key=True),
    Column("content", JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", Text, nullable=False, default=""),
)

# What a second pair of eyes may want to see: unmasking, forcing, releasing.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", WORD, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
)
