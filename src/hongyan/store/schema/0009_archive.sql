-- A row whose content a rule of the archive took away stays as a stub of the kind 'removed': its number, its place in the
-- chat and the key by which a repeat is known stand. The index leaves stubs out, so that history does not walk over them.
DROP INDEX journal_chat;
CREATE INDEX journal_chat ON journal (account_id, chat, seq) WHERE kind <> 'removed';
CREATE INDEX journal_removed ON journal (account_id, chat) WHERE kind = 'removed';

-- Messages that were taken back, by the service's number, and the row that told of it.
CREATE TABLE recalled (
    account_id INTEGER NOT NULL REFERENCES account (id),
    message_id TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (account_id, message_id)
) WITHOUT ROWID;
INSERT OR IGNORE INTO recalled (account_id, message_id, seq)
SELECT account_id, message_id, seq FROM (
    SELECT account_id, seq, json_extract(CAST(event AS TEXT), '$.message.recalled') AS message_id
    FROM journal WHERE form = 'recall'
) WHERE message_id <> '';

-- The copies that sends hold on to; those that messages brought are in the table of media. One file may serve many.
CREATE TABLE sent_file (
    account_id INTEGER NOT NULL REFERENCES account (id),
    command    INTEGER NOT NULL,
    name       TEXT NOT NULL,  -- the last part of the path
    PRIMARY KEY (account_id, command)
) WITHOUT ROWID;
CREATE INDEX sent_file_name ON sent_file (account_id, name);
CREATE INDEX media_path ON media (account_id, path);
INSERT INTO sent_file (account_id, command, name)
SELECT account_id, id, replace(path, rtrim(path, replace(path, '/', '')), '') FROM (
    SELECT account_id, id, json_extract(CAST(command AS TEXT), '$.path') AS path
    FROM command WHERE json_extract(CAST(command AS TEXT), '$.command') = 'send-file'
);

-- Files, relative to the media folder, that nothing holds on to any more: deleted once they are not brand-new.
CREATE TABLE leftover (
    account_id INTEGER NOT NULL REFERENCES account (id),
    path       TEXT NOT NULL,
    PRIMARY KEY (account_id, path)
) WITHOUT ROWID;
