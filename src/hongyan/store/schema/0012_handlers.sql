-- Which handler of a reader asked for a command: each counts its sends for itself, so that one that is added, taken away
-- or moved changes nothing for the others. Rows from before are under no name.
ALTER TABLE command ADD COLUMN handler TEXT NOT NULL DEFAULT '';
DROP INDEX command_origin;
CREATE UNIQUE INDEX command_origin ON command (account_id, consumer, event, handler, ordinal)
    WHERE consumer IS NOT NULL;

-- How often an event was handed out again after its reader's program ended without finishing it.
ALTER TABLE progress ADD COLUMN tries TEXT NOT NULL DEFAULT '{}';

-- Events that a reader gave up, because its program ended each time that it handled them.
CREATE TABLE dead_letter (
    account_id INTEGER NOT NULL REFERENCES account (id),
    consumer   TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    at         REAL NOT NULL,
    tries      INTEGER NOT NULL,
    PRIMARY KEY (account_id, consumer, seq)
) WITHOUT ROWID;
