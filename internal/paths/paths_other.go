//go:build !darwin

package paths

// Under returns the places below a root folder, where a simulated Mac stands in
// for a real one. There is no such function on a Mac.
func Under(root string) Paths { return Paths{root: root} }
