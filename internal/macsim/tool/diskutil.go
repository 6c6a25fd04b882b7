package tool

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// diskutil answers for the startup volume: its cryptographic users, and what it
// is. documented: verbs ignore case.
func diskutil(m *state.Mac, c *Call) Reply {
	if len(c.Args) < 2 {
		return notSimulated(c)
	}
	switch strings.ToLower(c.Args[0]) {
	case "apfs":
		return diskutilAPFS(m, c, strings.ToLower(c.Args[1]), c.Args[2:])
	case "info":
		return diskutilInfo(m, c, c.Args[1:])
	}
	return notSimulated(c)
}

// diskutilAPFS knows two of the verbs of APFS. Their refusals on another file
// system or another volume are in words that nobody has published.
func diskutilAPFS(m *state.Mac, c *Call, verb string, args []string) Reply {
	update := verb == "updatepreboot"
	volume, plist, ok := volumeArgument(args)
	switch {
	case !ok || !update && !isListCryptoUsers(verb) || update && plist:
		return notSimulated(c)
	case m.FileSystem != state.APFS:
		return unpublished(c, 1, "on a volume that is not APFS")
	case !isStartupVolume(m, volume):
		return unpublished(c, 1, "for a volume that is not there")
	case update:
		return updatePreboot(m, c)
	case plist:
		return Reply{Stdout: document(cryptoUserList(m))}
	}
	return printed(cryptoUserText(m, volumeName(m, volume))...)
}

// isListCryptoUsers knows the verb's names. community: all but the second.
func isListCryptoUsers(verb string) bool {
	return slices.Contains([]string{"listusers", "listcryptousers", "listkeys", "listcryptokeys"}, verb)
}

// volumeArgument is one volume with or without -plist. community: the option may
// stand before or after it.
func volumeArgument(args []string) (volume string, plist, ok bool) {
	if i := slices.Index(args, "-plist"); i >= 0 {
		plist, args = true, slices.Concat(args[:i], args[i+1:])
	}
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		return "", false, false
	}
	return args[0], plist, true
}

// isStartupVolume knows the startup volume by where it is mounted, by its name,
// and where it is a snapshot, by the volume's own name. documented: man diskutil.
func isStartupVolume(m *state.Mac, volume string) bool {
	name := volumeName(m, volume)
	return name != "" && (name == m.Volume || name == snapshotOf(m.Volume))
}

// volumeName is the name of a volume without its folder, and of "/" the one that
// the Mac started from. observed (11, 26).
func volumeName(m *state.Mac, volume string) string {
	if volume == "/" {
		return m.Volume
	}
	return strings.TrimPrefix(volume, "/dev/")
}

// snapshotOf is the volume disk3s1 of the snapshot disk3s1s1; empty for what is
// no snapshot.
func snapshotOf(volume string) string {
	if strings.Count(volume, "s") < 3 { // the s of disk is one
		return ""
	}
	return volume[:strings.LastIndexByte(volume, 's')]
}
