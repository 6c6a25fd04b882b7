package parse

import "github.com/tokenward/tokenward/internal/plistx"

// Volume is what diskutil says of the startup volume.
type Volume struct {
	FileSystem *string `json:"file_system"` // apfs or hfs; nil where the volume has none that is known
}

// DiskutilInfo reads diskutil info -plist /.
func DiskutilInfo(out []byte) (Volume, error) {
	var doc struct {
		Device     string  `plist:"DeviceIdentifier"`
		FileSystem *string `plist:"FilesystemType"`
	}
	if err := plistx.Decode(out, &doc); err != nil {
		return Volume{}, unreadable("%v", err)
	}
	if doc.Device == "" {
		return Volume{}, unreadable("it is about no volume") // diskutil reports errors as a plist too
	}
	if doc.FileSystem != nil && *doc.FileSystem == "" {
		return Volume{}, nil
	}
	return Volume{doc.FileSystem}, nil
}
