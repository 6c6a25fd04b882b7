-- Times are milliseconds since 1970, UTC. A verdict is stored as its place from
-- the worst: 0 critical, 1 unknown, 2 degraded, 3 ok.

-- One Mac and its current state. Everything a list shows stands in this row.
CREATE TABLE device (
  key           INTEGER PRIMARY KEY,
  id            TEXT    NOT NULL UNIQUE,
  serial        TEXT    NOT NULL,
  name          TEXT    NOT NULL,
  model         TEXT    NOT NULL,
  os_version    TEXT    NOT NULL,
  os_build      TEXT    NOT NULL,
  agent_version TEXT    NOT NULL,
  verdict       INTEGER NOT NULL DEFAULT 1,
  findings      TEXT    NOT NULL DEFAULT '[]', -- JSON, in the order in which they are shown
  first_seen    INTEGER NOT NULL,
  last_seen     INTEGER NOT NULL,
  observed_at   INTEGER,                       -- of the newest report of a state
  epoch         INTEGER NOT NULL DEFAULT 0,    -- its epoch's rank
  seq           INTEGER NOT NULL DEFAULT 0,
  state_hash    TEXT    NOT NULL DEFAULT '',   -- the state that it names
  snapshot      INTEGER REFERENCES report (key),
  snapshot_hash TEXT    NOT NULL DEFAULT ''    -- the state that snapshot holds
);
CREATE INDEX device_worst_first ON device (verdict, name, id);

-- Which runs of numbers a device has had, ranked by first sight.
CREATE TABLE epoch (
  device     INTEGER NOT NULL REFERENCES device (key),
  id         BLOB    NOT NULL,
  rank       INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  reports    INTEGER NOT NULL,
  numbers    INTEGER NOT NULL, -- different seq stored
  last_seq   INTEGER NOT NULL,
  PRIMARY KEY (device, id),
  UNIQUE (device, rank)
) WITHOUT ROWID;

-- Every report, once per device and ID. Of a heartbeat these columns are all
-- that there is to keep, so it has no payload.
CREATE TABLE report (
  key         INTEGER PRIMARY KEY,
  device      INTEGER NOT NULL REFERENCES device (key),
  id          BLOB    NOT NULL,
  digest      BLOB    NOT NULL, -- SHA-256 of the bytes that the device wrote
  epoch       INTEGER NOT NULL, -- rank
  seq         INTEGER NOT NULL,
  kind        TEXT    NOT NULL,
  verdict     INTEGER NOT NULL,
  findings    TEXT    NOT NULL, -- codes, sorted, with a space between them
  observed_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  payload     BLOB,             -- those bytes, as zstd
  UNIQUE (device, id)
);
CREATE INDEX report_in_order ON report (device, epoch, seq);

-- Which devices have which finding now.
CREATE TABLE finding (
  code   TEXT    NOT NULL,
  device INTEGER NOT NULL REFERENCES device (key),
  PRIMARY KEY (code, device)
) WITHOUT ROWID;

-- Counts, kept by triggers so that no statement can forget them.
CREATE TABLE verdict_tally (verdict INTEGER PRIMARY KEY, devices INTEGER NOT NULL);
INSERT INTO verdict_tally VALUES (0, 0), (1, 0), (2, 0), (3, 0);
CREATE TABLE finding_tally (code TEXT PRIMARY KEY, devices INTEGER NOT NULL) WITHOUT ROWID;

CREATE TRIGGER device_added AFTER INSERT ON device BEGIN
  UPDATE verdict_tally SET devices = devices + 1 WHERE verdict = new.verdict;
END;
CREATE TRIGGER device_judged AFTER UPDATE OF verdict ON device WHEN old.verdict <> new.verdict BEGIN
  UPDATE verdict_tally SET devices = devices - 1 WHERE verdict = old.verdict;
  UPDATE verdict_tally SET devices = devices + 1 WHERE verdict = new.verdict;
END;
CREATE TRIGGER finding_added AFTER INSERT ON finding BEGIN
  INSERT INTO finding_tally VALUES (new.code, 1) ON CONFLICT DO UPDATE SET devices = devices + 1;
END;
CREATE TRIGGER finding_gone AFTER DELETE ON finding BEGIN
  UPDATE finding_tally SET devices = devices - 1 WHERE code = old.code;
END;

-- Search for any part of a name, a serial or an ID.
CREATE VIRTUAL TABLE device_text USING fts5 (
  name, serial, id, content = 'device', content_rowid = 'key', tokenize = 'trigram'
);
CREATE TRIGGER device_text_added AFTER INSERT ON device BEGIN
  INSERT INTO device_text (rowid, name, serial, id) VALUES (new.key, new.name, new.serial, new.id);
END;
CREATE TRIGGER device_text_changed AFTER UPDATE OF name, serial ON device
WHEN old.name <> new.name OR old.serial <> new.serial BEGIN
  INSERT INTO device_text (device_text, rowid, name, serial, id)
  VALUES ('delete', old.key, old.name, old.serial, old.id);
  INSERT INTO device_text (rowid, name, serial, id) VALUES (new.key, new.name, new.serial, new.id);
END;
