package rootfile

// CheckFolder says whether names in a folder are safe: nobody but root, or the user
// who runs the program, may write to it or to one above it, or all may but not move
// what is not theirs, as in /tmp. It changes nothing. The error is or wraps
// [ErrUntrusted], or fs.ErrNotExist where there is no such folder.
func CheckFolder(dir string) error { return Files{}.checkFolders(dir) }
