-- The files that messages brought, as far as they were fetched: what a message's file is called, and what is known of it.
CREATE TABLE media (
    account_id INTEGER NOT NULL REFERENCES account (id),
    seq        INTEGER NOT NULL,  -- the message's row in the journal
    size       TEXT NOT NULL,     -- which of its pictures: full, thumbnail …
    path       TEXT NOT NULL,     -- below the profile's media folder
    bytes      INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    md5        TEXT NOT NULL,
    verified   TEXT NOT NULL,
    kept_at    REAL NOT NULL,
    PRIMARY KEY (account_id, seq, size)
) WITHOUT ROWID;

-- What an upload left for the send that follows it, good under the login that made it: after a crash only the send is repeated.
ALTER TABLE command ADD COLUMN handle TEXT NOT NULL DEFAULT '';
