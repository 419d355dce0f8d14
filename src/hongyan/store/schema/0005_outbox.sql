-- The time that was asked for, apart from the one that a pause leads to: what is later than allowed is not sent.
ALTER TABLE command ADD COLUMN due_at REAL;
