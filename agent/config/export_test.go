package config

// Remembered is a configuration after it was kept and read again.
func Remembered(l Loaded) (Config, error) {
	data, err := lastData(l)
	if err != nil {
		return Config{}, err
	}
	all, err := parseLast("last", data)
	if err != nil {
		return Config{}, err
	}
	c, wrong := merge(all)
	return c, wrong.err()
}

// Loaded is a draft as if it stood in a profile.
func (d Draft) Loaded() Loaded {
	l := Loaded{Config: d.Config, Layers: map[string]Layer{}, From: Fresh}
	for _, path := range d.Keys {
		l.Layers[path] = FromManaged
	}
	return l
}
