package sqlite

const (
	keySQL = `SELECT fingerprint, signing_key, state, hardware_uuid, serial FROM enrollment WHERE fingerprint = ?`

	addKeySQL = `INSERT INTO enrollment (fingerprint, signing_key, recipient, hardware_uuid, serial,
		name, model, os_version, agent_version, state, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	forgetSQL = `DELETE FROM enrollment WHERE state = 'pending' AND asked_at < ?`

	useCodeSQL = `UPDATE code SET used_by = ?2 WHERE hash = ?1`

	// ofThisMac finds the keys of a hardware UUID ?1 and a serial ?2, but ?3. Each half
	// has an index; an empty serial is nobody's.
	ofThisMac = `(SELECT * FROM enrollment WHERE hardware_uuid = ?1 AND fingerprint <> ?3
		UNION SELECT * FROM enrollment WHERE serial = ?2 AND ?2 <> '' AND fingerprint <> ?3)`

	// standingSQL is store.Standing but for the code; ?4 is the key that signed as well.
	// What is pending is counted in an index alone. A key that waits already is among
	// it, which changes nothing: it keeps its place.
	standingSQL = `SELECT
		EXISTS (SELECT 1 FROM enrollment
			WHERE fingerprint = ?4 AND state = 'active' AND hardware_uuid = ?1 AND serial = ?2 AND ?4 <> ?3),
		EXISTS (SELECT 1 FROM expected_serial WHERE serial = ?2),
		EXISTS (SELECT 1 FROM ` + ofThisMac + ` WHERE state IN ('active', 'retired', 'revoked')),
		EXISTS (SELECT 1 FROM ` + ofThisMac + ` WHERE state = 'active'),
		EXISTS (SELECT 1 FROM ` + ofThisMac + ` WHERE state = 'active' AND serial <> ?2),
		(SELECT count(*) FROM enrollment AS e WHERE state = 'pending'
			AND NOT EXISTS (SELECT 1 FROM expected_serial AS x WHERE x.serial = e.serial)),
		(SELECT count(*) FROM enrollment WHERE state = 'pending' AND serial = ?2)`

	// rivalsSQL finds the active keys in the place of which another one steps.
	rivalsSQL = `SELECT other.fingerprint FROM enrollment AS other JOIN enrollment AS self ON self.fingerprint = ?1
		WHERE other.state = 'active' AND other.key <> self.key
		AND (other.hardware_uuid = self.hardware_uuid OR other.serial = self.serial AND self.serial <> '')`

	enrollmentColumns = `fingerprint, signing_key, state, hardware_uuid, serial, recipient, name, model, os_version,
		agent_version, asked_at, coalesce(decided_at, 0), decided_by, key,
		EXISTS (SELECT 1 FROM expected_serial AS x WHERE x.serial = e.serial),
		EXISTS (SELECT 1 FROM enrollment AS o WHERE o.hardware_uuid = e.hardware_uuid AND o.key <> e.key
			AND o.state IN ('active', 'retired', 'revoked'))
		OR EXISTS (SELECT 1 FROM enrollment AS o WHERE o.serial = e.serial AND e.serial <> '' AND o.key <> e.key
			AND o.state IN ('active', 'retired', 'revoked'))`
)
