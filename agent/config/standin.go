package config

// caution is laid above whatever stands in the place of layers with a mistake: what
// could not be read may have asked for it, so in doubt no name leaves the Mac and
// nothing is done to it. A good profile stands above that in turn, as it would have
// stood above the layer with the mistake.
func caution() *reading {
	r := newReading(FromCaution, "")
	r.values["privacy.names"] = Hashed
	r.values["remediation.level"] = Observe
	r.values["remediation.actions"] = []ActionLevel{}
	return r
}
