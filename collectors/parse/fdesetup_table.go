package parse

import (
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/pattern"
)

// FileVaultRecords is what fdesetup list -extended says.
type FileVaultRecords struct {
	Records []evidence.FileVaultRecord `json:"records"`
	Error   *string                    `json:"error"` // "filevault_off" or nil
}

// FdesetupListExtended reads fdesetup list -extended, a table whose columns are
// as wide as its first line says. observed (10.8 to 10.12, 10.15.6, 12): two
// widths, and no word below ESCROW; community: "Yes" there; inferred: that the
// refusal is that of the plain list.
func FdesetupListExtended(out []byte) (FileVaultRecords, error) {
	all, err := lines(out)
	if err != nil {
		return FileVaultRecords{}, err
	}
	if all[len(all)-1] != "" { // a name that is cut off is another name
		return FileVaultRecords{}, unreadable("its last line has no end")
	}
	reader := tableReader{list: FileVaultRecords{Records: []evidence.FileVaultRecord{}}, seen: map[string]bool{}}
	for _, line := range all {
		if err := reader.line(line); err != nil {
			return FileVaultRecords{}, err
		}
	}
	if (reader.list.Error != nil) == (len(reader.list.Records) > 0) {
		return FileVaultRecords{}, unreadable("it holds neither records nor an error, or both")
	}
	return reader.list, nil
}

// tableHeader is the first line. The types end where its word TYPE ends; the
// other columns begin where their words do.
var tableHeader = pattern.Lazy(`^ESCROW +UUID +TYPE USER$`)

// tableReader reads the lines of the table into list.
type tableReader struct {
	list                FileVaultRecords
	seen                map[string]bool // UUIDs in capital letters
	uuidBegin, typesEnd int             // in bytes; zero before the header, where no row fits
}

func (t *tableReader) line(line string) error {
	switch {
	case line == "" || logPrefix.MatchString(line):
		return nil
	case line == "Error: FileVault is Off.":
		off := FileVaultOff
		t.list.Error = &off
		return nil
	case t.typesEnd == 0 && tableHeader.MatchString(line):
		t.uuidBegin, t.typesEnd = strings.Index(line, "UUID"), len(strings.TrimSuffix(line, " USER"))
		return nil
	}
	record, err := t.record(line)
	if err != nil {
		return err
	}
	key := strings.ToUpper(record.UUID)
	if t.seen[key] {
		return unreadable("%s stands twice", clip(record.UUID))
	}
	t.seen[key] = true
	t.list.Records = append(t.list.Records, record)
	return nil
}

// record reads a row. Types are set flush right and hold blanks, and so may names:
// only the columns tell them apart.
func (t *tableReader) record(row string) (evidence.FileVaultRecord, error) {
	misfit := func() (evidence.FileVaultRecord, error) {
		return evidence.FileVaultRecord{}, unreadable("the line %s", clip(row))
	}
	if len(row) < t.typesEnd || strings.HasSuffix(row[:t.typesEnd], " ") {
		return misfit()
	}
	escrow := strings.TrimSpace(row[:t.uuidBegin])
	uuid, kind, _ := strings.Cut(row[t.uuidBegin:t.typesEnd], " ")
	kind = strings.TrimSpace(kind)
	name, separate := strings.CutPrefix(row[t.typesEnd:], " ")
	if escrow != "" && escrow != "Yes" || !looksLikeUUID(uuid) || kind == "" || name != "" && !separate {
		return misfit()
	}
	return evidence.FileVaultRecord{UUID: uuid, Type: kind, Name: name, Escrowed: escrow == "Yes"}, nil
}
