package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestFdesetup(t *testing.T) {
	fileVault := func(f state.FileVault) func(*state.Mac) { return func(m *state.Mac) { m.FileVault = f } }
	const key = "AAAAAAAA-0000-0000-0000-00000000000"
	testAnswers(t, "/usr/bin/fdesetup", []answerCase{
		{name: "on", args: "status", want: out("FileVault is On.\n")},
		{name: "off", args: "status", change: fileVault(state.FileVault{State: state.Off}), want: out("FileVault is Off.\n")},
		{
			name: "deferred", args: "status", change: fileVault(state.FileVault{State: state.Off, DeferredUser: "clerk"}),
			want: out("FileVault is Off.\nDeferred enablement appears to be active for user 'clerk'.\n"),
		},
		{
			name: "encrypting", args: "status", change: fileVault(state.FileVault{State: state.Encrypting, Percent: 7}),
			want: out("FileVault is On.\nEncryption in progress: Percent completed = 7\n"),
		},
		{
			name: "decrypting", args: "status", change: fileVault(state.FileVault{State: state.Decrypting, Percent: 99}),
			want: out("FileVault is On.\nDecryption in progress: Percent completed = 99\n"),
		},
		{name: "list", args: "list", want: out("boss," + key + "1\n")},
		{
			name: "list with a user whose record is gone", args: "list",
			change: func(m *state.Mac) {
				m.OrphanCryptoUsers = []state.CryptoUser{{UUID: key + "9", Type: state.LocalOpenDirectory}}
			},
			want: out("boss," + key + "1\n," + key + "9\n"),
		},
		{name: "list on 10.13", args: "list", change: version("10.13.6"), want: out("boss," + key + "1\n(null),EBC6C064-0000-11AA-AA11-00306543ECAC\n")},
		{name: "list while off", args: "list", change: fileVault(state.FileVault{State: state.Off}), want: errText(1, "Error: FileVault is Off.\n")},
		{name: "personal key", args: "haspersonalrecoverykey", want: out("true\n")},
		{name: "institutional key", args: "hasinstitutionalrecoverykey", want: out("false\n")},
		{name: "changing verb", args: "disable", want: errText(125, "macsim: fdesetup disable is not simulated\n")},
	})
}
