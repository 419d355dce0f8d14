-- Tables get the names that the parts of the store have.
ALTER TABLE desk RENAME TO chat_state;
ALTER TABLE pace RENAME TO rate_limit;
ALTER TABLE said RENAME TO search_text;
ALTER TABLE said_index RENAME TO search_index;
