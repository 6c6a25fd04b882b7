package control

// reachable returns the name to open the socket by. On a Mac it is short.
func reachable(path string) (name string, release func(), err error) {
	return path, func() {}, nil
}
