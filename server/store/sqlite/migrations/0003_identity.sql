-- Every key that a Mac ever asked with, and what became of it: pending, active, retired,
-- refused, revoked. A Mac has one active key, by its hardware UUID and by its serial.
CREATE TABLE enrollment (
  key           INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order of the asking
  fingerprint   TEXT    NOT NULL UNIQUE,           -- SHA-256 of signing_key, hexadecimal
  signing_key   BLOB    NOT NULL,                  -- Ed25519, public
  recipient     TEXT    NOT NULL,                  -- of age, public
  hardware_uuid TEXT    NOT NULL,                  -- lower case
  serial        TEXT    NOT NULL COLLATE NOCASE,
  name          TEXT    NOT NULL,
  model         TEXT    NOT NULL,
  os_version    TEXT    NOT NULL,
  agent_version TEXT    NOT NULL,
  state         TEXT    NOT NULL,
  asked_at      INTEGER NOT NULL,
  decided_at    INTEGER,
  decided_by    TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX enrollment_one_of_uuid ON enrollment (hardware_uuid) WHERE state = 'active';
CREATE UNIQUE INDEX enrollment_one_of_serial ON enrollment (serial) WHERE state = 'active' AND serial <> '';
CREATE INDEX enrollment_by_uuid ON enrollment (hardware_uuid);
CREATE INDEX enrollment_by_serial ON enrollment (serial);
CREATE INDEX enrollment_by_state ON enrollment (state, serial);
CREATE INDEX enrollment_pending ON enrollment (asked_at) WHERE state = 'pending';

-- One-time codes, of which only the hash is kept.
CREATE TABLE code (
  hash       BLOB    PRIMARY KEY,          -- SHA-256
  serial     TEXT    NOT NULL COLLATE NOCASE, -- empty: any Mac that is not known
  expires_at INTEGER NOT NULL,
  used_by    TEXT    NOT NULL DEFAULT ''   -- a fingerprint
) WITHOUT ROWID;

-- Serials that the organisation says are its own.
CREATE TABLE expected_serial (serial TEXT PRIMARY KEY COLLATE NOCASE) WITHOUT ROWID;

-- Who did what. Rows are only ever added.
CREATE TABLE audit (
  key     INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  by      TEXT    NOT NULL,
  action  TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  detail  TEXT    NOT NULL
);
CREATE TRIGGER audit_stands BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit is never changed'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit is never shortened'); END;
