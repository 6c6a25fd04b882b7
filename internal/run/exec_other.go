//go:build !darwin

package run

// Under returns a runner of the tools below a root folder, where a simulated
// Mac stands in for a real one. There is no such function on a Mac.
func Under(root string) Exec { return Exec{root: root} }

// DiskUnder returns the files below that folder. There is no such function on a
// Mac.
func DiskUnder(root string) Disk { return newDisk(root) }
