-- When a key that waits asked last, to the day: one that still asks is not forgotten.
ALTER TABLE enrollment ADD COLUMN heard_at INTEGER NOT NULL DEFAULT 0;
UPDATE enrollment SET heard_at = asked_at;
DROP INDEX enrollment_pending;
CREATE INDEX enrollment_pending ON enrollment (heard_at) WHERE state = 'pending';
