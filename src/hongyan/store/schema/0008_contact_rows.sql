-- Contacts are large rows under keys that come in no order: as rows of their own they are written three times as fast.
CREATE TABLE contact_by_row (
    account_id INTEGER NOT NULL REFERENCES account (id),
    key        TEXT NOT NULL,
    login      TEXT NOT NULL,
    source     TEXT NOT NULL,
    gone       INTEGER NOT NULL DEFAULT 0,
    revision   INTEGER NOT NULL,  -- grows with every write, so that other programs read only what changed
    contact    BLOB NOT NULL,
    PRIMARY KEY (account_id, key)
);
INSERT INTO contact_by_row (account_id, key, login, source, gone, revision, contact)
    SELECT account_id, key, login, source, gone, revision, contact FROM contact;
DROP TABLE contact;
ALTER TABLE contact_by_row RENAME TO contact;
CREATE INDEX contact_revision ON contact (account_id, revision);
