package tool

import (
	"fmt"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// updatePreboot writes the users of the FileVault window anew. A real one needs
// about ten seconds and prints a line for every step, of which these are a part.
// observed (26): the lines; inferred: that it wants root.
func updatePreboot(m *state.Mac, c *Call) Reply {
	if !c.isRoot() {
		return unpublished(c, 1, "without root")
	}
	users := m.CryptoUsers()
	why, err := m.Do(c.At, &state.UpdatePreboot{})
	switch {
	case err != nil:
		return own(err.Error())
	case why != state.NotRefused:
		return unpublished(c, 1, "because of "+string(why))
	}
	lines := []string{
		"Started APFS operation",
		fmt.Sprintf("UpdatePreboot: Obtained list of %d APFS Crypto User(s) on Target Volume", len(users)),
	}
	for _, u := range users {
		lines = append(lines, prebootLines(m, u)...)
	}
	return printed(append(
		lines,
		"UpdatePreboot: Exiting Update Preboot operation with overall error=(ZeroMeansSuccess)=0",
		"Finished APFS operation",
	)...)
}

// prebootLines are those of one cryptographic user: more is known of one that is
// an account.
func prebootLines(m *state.Mac, u state.CryptoUser) []string {
	lines := []string{"UpdatePreboot: Considering APFS Crypto User " + u.UUID}
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.GUID == u.UUID {
			lines = append(
				lines,
				fmt.Sprintf("UpdatePreboot: Correlated APFS Volume Crypto User with Open Directory User %s aka %q", u.UUID, a.Name),
				"UpdatePreboot: Successfully added a macOS OD User to the building dictionary",
				"UpdatePreboot: Processed APFS Volume Crypto User "+u.UUID,
				"UpdatePreboot: Error for this processed user was 0",
			)
		}
	}
	return lines
}
