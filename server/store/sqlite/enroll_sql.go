package sqlite

const (
	keySQL = `SELECT fingerprint, signing_key, state, hardware_uuid, serial FROM enrollment WHERE fingerprint = ?`

	addKeySQL = `INSERT INTO enrollment (fingerprint, signing_key, recipient, hardware_uuid, serial,
		name, model, os_version, agent_version, state, asked_at, heard_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?11, ?11)`

	forgetSQL = `DELETE FROM enrollment WHERE state = 'pending' AND heard_at < ?`

	dropOldestSQL = `DELETE FROM enrollment WHERE key =
		(SELECT min(key) FROM enrollment WHERE state = 'pending' AND serial = ?)`

	useCodeSQL = `UPDATE code SET used_by = ?2 WHERE hash = ?1`

	learnSQL = `UPDATE enrollment SET serial = ?1 WHERE fingerprint = ?2 AND serial = ''`

	// learnableSQL says whether no key that was let in has the serial ?1, but that of the
	// claim ?2 and former ones of the same hardware UUID ?3.
	learnableSQL = `SELECT NOT EXISTS (SELECT 1 FROM enrollment WHERE serial = ?1 AND fingerprint <> ?2
		AND (state = 'active' OR state IN ('retired', 'revoked') AND hardware_uuid <> ?3))`

	// ofThisMac finds the keys of a hardware UUID ?1 and a serial ?2, but ?3. Each half
	// has an index; an empty serial is nobody's.
	ofThisMac = `(SELECT * FROM enrollment WHERE hardware_uuid = ?1 AND fingerprint <> ?3
		UNION SELECT * FROM enrollment WHERE serial = ?2 AND ?2 <> '' AND fingerprint <> ?3)`

	// formerSQL finds the key ?4 that signed as well, if it is active, of the same Mac, and
	// the only one that the new key would retire; and whether it came by rotation after ?5.
	formerSQL = `SELECT serial, decided_by = 'previous key' AND decided_at > ?5 FROM enrollment
		WHERE fingerprint = ?4 AND state = 'active' AND hardware_uuid = ?1 AND (serial = ?2 OR serial = '' OR ?2 = '') AND ?4 <> ?3
		AND NOT EXISTS (SELECT 1 FROM ` + ofThisMac + ` WHERE state = 'active' AND fingerprint <> ?4)`

	// standingSQL is store.Standing but for the code and the former key. What is pending,
	// and was heard of after ?4, is counted. A key that waits already is among it, which
	// changes nothing: it keeps its place.
	standingSQL = `SELECT
		EXISTS (SELECT 1 FROM expected_serial WHERE serial = ?2),
		EXISTS (SELECT 1 FROM ` + ofThisMac + ` WHERE state IN ('active', 'retired', 'revoked')),
		EXISTS (SELECT 1 FROM ` + ofThisMac + ` WHERE state = 'active' AND hardware_uuid = ?1 AND serial <> ?2),
		(SELECT count(*) FROM enrollment AS e WHERE state = 'pending' AND heard_at >= ?4
			AND NOT EXISTS (SELECT 1 FROM expected_serial AS x WHERE x.serial = e.serial)),
		(SELECT count(*) FROM enrollment WHERE state = 'pending' AND serial = ?2 AND heard_at >= ?4)`

	// rivalsSQL finds the active keys in the place of which another one steps.
	rivalsSQL = `SELECT other.fingerprint, other.signing_key, other.state, other.hardware_uuid, other.serial
		FROM enrollment AS other JOIN enrollment AS self ON self.fingerprint = ?1
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
