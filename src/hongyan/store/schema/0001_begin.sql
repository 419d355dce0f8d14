-- Every table carries account_id: a profile holds one account, a fleet shares one store.

CREATE TABLE account (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    me   TEXT NOT NULL  -- the account's own lasting key
);

-- One row per item in the order in which the server handed it over; seq is the event's id and never changes.
CREATE TABLE journal (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  INTEGER NOT NULL REFERENCES account (id),
    received_at REAL NOT NULL,
    kind        TEXT NOT NULL,
    form        TEXT NOT NULL,  -- a message's own kind, else empty
    message_id  TEXT,           -- NULL where the server gave none: such rows are never taken for repeats
    raw         BLOB NOT NULL,
    event       BLOB NOT NULL,
    decoder     INTEGER NOT NULL,
    login       TEXT NOT NULL,
    chat_name   TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    chat        TEXT NOT NULL,
    sender      TEXT NOT NULL
);
CREATE UNIQUE INDEX journal_message ON journal (account_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX journal_account ON journal (account_id, seq);
CREATE INDEX journal_chat ON journal (account_id, chat, seq) WHERE chat <> '';

-- What the next request to the server must say: written with the rows it acknowledges.
CREATE TABLE position (
    account_id INTEGER PRIMARY KEY REFERENCES account (id),
    login      TEXT NOT NULL,
    keys       BLOB NOT NULL,
    saved_at   REAL NOT NULL,
    complete   INTEGER NOT NULL DEFAULT 0  -- whether the contact list of this login has been read to its end
);

-- Conversations with traffic, so that the latest are found without a walk through the journal.
CREATE TABLE chat (
    account_id INTEGER NOT NULL REFERENCES account (id),
    key        TEXT NOT NULL,
    last_seq   INTEGER NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;
CREATE INDEX chat_latest ON chat (account_id, last_seq);

CREATE TABLE identity (
    account_id INTEGER NOT NULL REFERENCES account (id),
    login      TEXT NOT NULL,  -- empty for names that are the same at every login
    name       TEXT NOT NULL,
    key        TEXT NOT NULL,
    PRIMARY KEY (account_id, login, name)
) WITHOUT ROWID;
CREATE INDEX identity_key ON identity (account_id, key, login);

CREATE TABLE contact (
    account_id INTEGER NOT NULL REFERENCES account (id),
    key        TEXT NOT NULL,
    login      TEXT NOT NULL,
    source     TEXT NOT NULL,
    gone       INTEGER NOT NULL DEFAULT 0,
    revision   INTEGER NOT NULL,  -- grows with every write, so that other programs read only what changed
    contact    BLOB NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;
CREATE INDEX contact_revision ON contact (account_id, revision);

CREATE TABLE command (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id    INTEGER NOT NULL REFERENCES account (id),
    client_msg_id TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    chat          TEXT NOT NULL,
    created_at    REAL NOT NULL,
    settled_at    REAL,
    not_before    REAL,           -- a time before which it is not carried out
    sent_at       REAL,
    login         TEXT NOT NULL,  -- under which it was handed to the network
    attempts      INTEGER NOT NULL DEFAULT 0,
    result        TEXT NOT NULL DEFAULT '',
    reason        TEXT NOT NULL DEFAULT '',
    said          TEXT NOT NULL DEFAULT '',
    retry_at      REAL,
    consumer      TEXT,           -- consumer, event and ordinal: what asked for it, at most once
    event         INTEGER,
    ordinal       INTEGER,
    command       BLOB NOT NULL
);
CREATE UNIQUE INDEX command_client_msg_id ON command (account_id, client_msg_id);
CREATE UNIQUE INDEX command_origin ON command (account_id, consumer, event, ordinal) WHERE consumer IS NOT NULL;
CREATE INDEX command_open ON command (account_id, id) WHERE outcome IN ('queued', 'sent');
CREATE INDEX command_chat ON command (account_id, chat, id);

CREATE TABLE progress (
    account_id INTEGER NOT NULL REFERENCES account (id),
    consumer   TEXT NOT NULL,
    low        INTEGER NOT NULL,  -- everything up to here is finished
    finished   BLOB NOT NULL,     -- and these above it
    begun      BLOB NOT NULL,     -- handed out, not finished
    PRIMARY KEY (account_id, consumer)
) WITHOUT ROWID;

CREATE TABLE pace (
    account_id INTEGER NOT NULL REFERENCES account (id),
    bucket     TEXT NOT NULL,
    state      BLOB NOT NULL,
    PRIMARY KEY (account_id, bucket)
) WITHOUT ROWID;

CREATE TABLE status (
    account_id INTEGER PRIMARY KEY REFERENCES account (id),
    status     BLOB NOT NULL
);
