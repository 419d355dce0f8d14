-- How much of a chat nobody has read at any of the account's screens, and up to which row it was read. What was there
-- before anybody counted is taken as read.
ALTER TABLE chat ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chat ADD COLUMN read_seq INTEGER NOT NULL DEFAULT 0;
UPDATE chat SET read_seq = last_seq;

-- What people at this machine made of a chat: a text that is not sent yet, and what only they see.
CREATE TABLE desk (
    account_id INTEGER NOT NULL REFERENCES account (id),
    key        TEXT NOT NULL,
    draft      TEXT NOT NULL DEFAULT '',
    quoting    INTEGER NOT NULL DEFAULT 0,   -- the row that the draft answers
    attached   TEXT NOT NULL DEFAULT '[]',   -- paths of files that go with it, as JSON
    drafted_at REAL NOT NULL DEFAULT 0,
    muted      INTEGER,                      -- NULL: as the service says
    archived   INTEGER NOT NULL DEFAULT 0,   -- the chat's last row when it was put away, 0 if it was not
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;

-- Rows that a person does not want to see any more at this machine; they stay in the archive.
CREATE TABLE hidden (
    account_id INTEGER NOT NULL REFERENCES account (id),
    seq        INTEGER NOT NULL,
    PRIMARY KEY (account_id, seq)
) WITHOUT ROWID;
