package tool

// Disk shows a tool what lies at a path of the Mac, in its folder. It says no where
// nothing lies there, and of what cannot be read.
type Disk func(path string) (OnDisk, bool)

// OnDisk is a file as launchd looks at it before it believes it.
type OnDisk struct {
	Content []byte
	Mode    uint32 // permissions alone
	Regular bool   // a file, and no link
	Foreign bool   // belongs to somebody else than root, or whoever plays root
}

// look is what lies at the path, where there is a folder to look into.
func (c *Call) look(path string) (OnDisk, bool) {
	if c.Disk == nil {
		return OnDisk{}, false
	}
	return c.Disk(path)
}
