-- Grows whenever a name or a key is made to stand for somebody else, so that other programs read again who is who.
ALTER TABLE account ADD COLUMN bindings INTEGER NOT NULL DEFAULT 0;
