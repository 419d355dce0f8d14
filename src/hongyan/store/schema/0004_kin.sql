-- Keys that turned out to stand for somebody who had one already. The journal keeps what it said; readers are told the
-- first key. Rows go by the address (login, name), so that a wrong guess can be taken apart again.
CREATE TABLE alias (
    account_id INTEGER NOT NULL REFERENCES account (id),
    key        TEXT NOT NULL,
    canonical  TEXT NOT NULL,
    evidence   TEXT NOT NULL,
    confidence REAL NOT NULL,
    made_at    REAL NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;

-- Those of the present login who may be somebody known before; a person decides.
CREATE TABLE unresolved (
    account_id INTEGER NOT NULL REFERENCES account (id),
    key        TEXT NOT NULL,
    candidates TEXT NOT NULL,  -- JSON
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;
CREATE INDEX journal_address ON journal (account_id, login, chat_name);
