package run

// System returns the runner of this Mac's own tools. There is no way to make it
// start anything else.
func System() Exec { return Exec{root: "/"} }

// SystemDisk returns this Mac's own files.
func SystemDisk() Disk { return newDisk("/") }
