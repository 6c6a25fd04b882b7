package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// diskutilInfo says what the startup volume is, in the form for programs. That
// for people has columns that differ between releases, and nobody has published
// since when.
func diskutilInfo(m *state.Mac, c *Call, args []string) Reply {
	volume, plist, ok := volumeArgument(args)
	switch {
	case !ok:
		return notSimulated(c)
	case !isStartupVolume(m, volume) && plist:
		return notSimulated(c)
	case !isStartupVolume(m, volume):
		return refused(1, "Could not find disk: "+volume) // community; inferred: the stream
	case !plist || volumeName(m, volume) != m.Volume:
		return notSimulated(c)
	}
	return Reply{Stdout: document(volumeInfo(m))}
}

// volumeInfo is what the state knows of the volume. observed (10.7: HFS; 11:
// APFS): the keys, of which these are a part; inferred: that FileVault counts as
// on until the volume is decrypted.
func volumeInfo(m *state.Mac) dict {
	d := dict{
		"DeviceIdentifier":          m.Volume,
		"DeviceNode":                "/dev/" + m.Volume,
		"FilesystemName":            "APFS",
		"FilesystemType":            "apfs",
		"FilesystemUserVisibleName": "APFS",
		"MountPoint":                "/",
		"VolumeName":                "Macintosh HD", // the usual name
	}
	if m.FileSystem == state.HFS {
		d["FilesystemName"], d["FilesystemType"] = "Journaled HFS+", "hfs"
		d["FilesystemUserVisibleName"] = "Mac OS Extended (Journaled)"
		return d
	}
	d["FileVault"] = encrypted(m)
	return d
}
