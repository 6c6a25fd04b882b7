package view

import "github.com/tokenward/tokenward/health"

// Contested says in words what an answer hangs on: something that macOS does, of
// which nobody is sure. A name that this version does not know stands for itself.
func Contested(behaviour string) string {
	words := map[health.Behaviour]string{
		health.BootstrapNeedsADE:       "whether a Mac that was enrolled by hand escrows nothing",
		health.BootstrapIsNoOwner:      "whether the Bootstrap Token authorises without being marked as a volume owner",
		health.PreflightNeedsTokenOnT2: "whether a Mac with T2 needs its Bootstrap Token to erase all content and settings",
		health.AgentResetRemovesToken:  "whether a reset by an agent takes the token away",
	}[health.Behaviour(behaviour)]
	if words == "" {
		return behaviour
	}
	return words + " (" + behaviour + ")"
}
