-- What people look for, one folded line per message, apart from the raw bytes so that a scan of it stays short; and its
-- index of overlapping pairs of characters. Both can be made again from the journal.
CREATE TABLE said (
    seq        INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    text       TEXT NOT NULL
);
CREATE VIRTUAL TABLE said_index USING fts5 (
    grams, content = '', detail = none, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* S* Co Cn'"
);

CREATE TABLE indexed (
    account_id INTEGER PRIMARY KEY REFERENCES account (id),
    low        INTEGER NOT NULL  -- the index holds what there is up to this row of the journal
);

CREATE INDEX journal_gap ON journal (account_id, seq) WHERE kind = 'gap';
