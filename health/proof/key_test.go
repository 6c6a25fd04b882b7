package proof

import (
	"fmt"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// keyOf tells the states of one start apart: by what can change what happens next,
// and by what the evidence makes of when things happened. Times, the order of keys
// and counts are left out.
func keyOf(m *state.Mac, seen, watched *health.Model) string {
	e, s, b, f := &m.Enrollment, &m.Server, &m.Bootstrap, &m.FileVault
	key := f.RecoveryKey
	text := fmt.Appendf(nil, "%s %s %v %s|%s %s %v%v%v%v%v|%s %v%v%v%v %v%v%v%v%v|%s %v%s%v%v%v%v|",
		m.Phase, m.Console.User, m.Offline, m.Security.Boot,
		e.MDM, e.Capability, e.DEP, e.BYOD, e.Expired, e.BootstrapAuthAllowed, e.Setup.SkipPrimary,
		s.URL, s.Down, s.StoresNothing, s.KeepsToken, s.Refuses, s.Token > 0, b.Local > 0, b.Local == s.Token, b.Escrowed, b.Pending,
		f.State, f.Deferred, f.DeferredUser, f.EscrowProfile, key.Generation > 0, key.Escrowed > 0, key.Generation == key.Escrowed)
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.Kind != state.System {
			text = fmt.Appendf(text, "%s %s %s %v%v%v%v%v%v%v%v%v;", a.Name, a.Password, a.Token.Password, a.Token.Tag, a.Token.CryptoUser, a.Token.VolumeOwner,
				a.FileVault, a.Preboot, a.Admin.Name, a.Hashed, a.DisabledTag, a.Disabled)
		}
	}
	for i := range seen.Accounts {
		text = append(text, byte('0'+seen.Accounts[i].Drift), byte('0'+watched.Accounts[i].Drift))
	}
	_, _, file := m.SealedKey()
	text = fmt.Appendf(text, " %v %s", file, watched.Bootstrap.Strength)
	return string(fmt.Appendf(text, " %v", m.OrphanCryptoUsers))
}
