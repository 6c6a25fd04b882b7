-- What the newest snapshot foresees of the Mac as a whole: a JSON object of
-- names and answers. Macs that were there before have none until their next one.
ALTER TABLE device ADD COLUMN forecasts TEXT NOT NULL DEFAULT '{}';
CREATE INDEX device_hold_restart
  ON device (coalesce(forecasts ->> '$.hold_restart', 'unknown'), verdict, name, id);

-- How many devices have which answer now, kept by triggers like the other counts.
CREATE TABLE forecast_tally (
  name    TEXT    NOT NULL,
  answer  TEXT    NOT NULL,
  devices INTEGER NOT NULL,
  PRIMARY KEY (name, answer)
) WITHOUT ROWID;
CREATE TRIGGER device_foreseen AFTER UPDATE OF forecasts ON device WHEN old.forecasts <> new.forecasts BEGIN
  UPDATE forecast_tally SET devices = devices - 1
  WHERE (name, answer) IN (SELECT key, value FROM json_each(old.forecasts));
  INSERT INTO forecast_tally SELECT key, value, 1 FROM json_each(new.forecasts) WHERE true
  ON CONFLICT DO UPDATE SET devices = devices + 1;
END;
