package tool

import (
	"crypto/sha512"
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// localPolicy is the policy that the Mac starts by. observed (12, 14.3): the
// lines; inferred: that the new ones came with 13. Hashes and numbers are made
// up, those of the chip are of the Mac that was observed.
func localPolicy(m *state.Mac) []string {
	nonce, remote := madeUpHash(m, "lpnh"), madeUpHash(m, "rpnh")
	lines := []string{
		"OS environment:",
		"OS Type                                       : macOS",
		"OS Pairing Status                             : Not Paired",
		"Local Policy Nonce Hash                 (lpnh): " + nonce,
		"Remote Policy Nonce Hash                (rpnh): " + remote,
		"Recovery OS Policy Nonce Hash           (ronh): " + madeUpHash(m, "ronh"),
		"",
		"Local policy:",
		"Pairing Integrity                             : Valid",
		"Signature Type                                : BAA",
		"Unique Chip ID                          (ECID): 0x" + madeUpHash(m, "ECID")[:13],
		"Board ID                                (BORD): 0x24",
		"Chip ID                                 (CHIP): 0x8103",
		"Certificate Epoch                       (CEPO): 0x1",
		"Security Domain                         (SDOM): 0x1",
		"Production Status                       (CPRO): 1",
		"Security Mode                           (CSEC): 1",
	}
	if m.OS.AtLeast(13) {
		lines = append(lines, "Local Boot                              (lobo): 1")
	}
	lines = append(
		lines,
		"OS Version                              (love): "+longVersion(m.OS.Build),
		"Volume Group UUID                       (vuid): "+volumeGroup(m),
		"KEK Group UUID                          (kuid): "+madeUpUUID(m, "key group"),
		"Local Policy Nonce Hash                 (lpnh): "+nonce,
		"Remote Policy Nonce Hash                (rpnh): "+remote,
		"Next Stage Image4 Hash                  (nsih): "+madeUpHash(m, "nsih"),
	)
	if m.OS.AtLeast(13) {
		lines = append(
			lines,
			"Cryptex1 Image4 Hash                    (spih): "+madeUpHash(m, "spih"),
			"Cryptex1 Generation                     (stng): 23",
		)
	}
	lines = append(
		lines,
		"User Authorized Kext List Hash          (auxp): absent",
		"Auxiliary Kernel Cache Image4 Hash      (auxi): absent",
		"Kext Receipt Hash                       (auxr): absent",
		"CustomKC or fuOS Image4 Hash            (coih): absent",
	)
	return append(lines, securityLines(m)...)
}

// securityLines are what the security is set to. observed (12): full security;
// community: the two lower modes, and protection that was switched off;
// inferred: the two lines about MDM where it is allowed, of which the way of
// enrolment decides, and that switched-off protection lets boot arguments in.
func securityLines(m *state.Mac) []string {
	mode := "Full       (smb0): absent"
	switch m.Security.Boot {
	case state.FullSecurity:
	case state.ReducedSecurity:
		mode = "Reduced    (smb0): 1"
	case state.NoSecurity:
		mode = "Permissive (smb0 && smb1): 1"
	}
	byDEP := m.Security.MDMAllowed && m.Enrollment.DEP
	byUser := m.Security.MDMAllowed && !m.Enrollment.DEP
	return []string{
		"Security Mode:               " + mode,
		"3rd Party Kexts Status:      Disabled   (smb2): absent",
		"User-allowed MDM Control:    " + either(byUser, "Enabled    (smb3): 1", "Disabled   (smb3): absent"),
		"DEP-allowed MDM Control:     " + either(byDEP, "Enabled    (smb4): 1", "Disabled   (smb4): absent"),
		"SIP Status:                  " + either(m.Security.SIPDisabled, "Customized (sip0): 7f", "Enabled    (sip0): absent"), //nolint:misspell // Apple's word
		"Signed System Volume Status: Enabled    (sip1): absent",
		"Kernel CTRR Status:          Enabled    (sip2): absent",
		"Boot Args Filtering Status:  " + either(m.Security.SIPDisabled, "Disabled   (sip3): 1", "Enabled    (sip3): absent"),
	}
}

// longVersion is the build in numbers: the letter counts from 1. observed:
// 21A559 is 21.1.559.0.0,0, and 23D56 is 23.4.56.0.0,0; inferred: a small letter
// at the end is left out.
func longVersion(build string) string {
	i := strings.IndexFunc(build, func(r rune) bool { return r >= 'A' && r <= 'Z' })
	if i < 0 {
		return build
	}
	tail := strings.TrimRight(build[i+1:], "abcdefghijklmnopqrstuvwxyz")
	return fmt.Sprintf("%s.%d.%s.0.0,0", build[:i], build[i]-'A'+1, tail)
}

// volumeGroup is the UUID of the one system that the Mac has.
func volumeGroup(m *state.Mac) string { return madeUpUUID(m, "volume group") }

// madeUpHash is as long as the real ones and the same on every call.
func madeUpHash(m *state.Mac, what string) string {
	return fmt.Sprintf("%X", sha512.Sum384([]byte(m.HardwareUUID+"\n"+what)))
}

// madeUpUUID makes the same UUID of the same words, for what a Mac has and the
// state has not.
func madeUpUUID(m *state.Mac, what string) string {
	h := madeUpHash(m, what)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-A" + h[17:20] + "-" + h[20:32]
}
