package macsim

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// office is a small Mac that the tests lay out; each changes what it is about.
const office = `
os: {version: 26.1, build: 25B78}
chip: apple_silicon
model: Mac16,1
board: J604AP
serial: OFFICE01
hardware_uuid: 11111111-2222-3333-4444-555555555555
enrollment: {dep: true, mdm: user_approved, server: "https://mdm.example.com/in?a=b", capability: profile}
server: {token: 1}
bootstrap: {escrowed: true, local: 1, volume_owner: true}
filevault: {state: on, recovery_key: {generation: 1}}
accounts:
  - {name: boss, real_name: The Boss, uid: 501, guid: AAAAAAAA-0000-0000-0000-000000000001, admin: true, token: true}
  - {name: clerk, real_name: Clara Clerk, uid: 502, guid: AAAAAAAA-0000-0000-0000-000000000002}
console: {user: clerk}
`

func newOffice(t testing.TB) *state.Mac {
	t.Helper()
	m, err := state.Decode("office", []byte(office))
	if err != nil {
		t.Fatal(err)
	}
	return &m
}

const (
	profilesPath    = "usr/bin/profiles"
	sysadminctlPath = "usr/sbin/sysadminctl"
)

func opened(t *testing.T, dir string) state.Mac {
	t.Helper()
	m, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
