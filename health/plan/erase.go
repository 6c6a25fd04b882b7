package plan

import (
	"strings"

	"github.com/tokenward/tokenward/health"
)

// erase is what is left where nobody can open the Mac. It is never a step of a
// plan: somebody has to decide it who read why no other way was open.
func (b *board) erase(why *Blocked) Step {
	id := ActionID("A26")
	said := b.m.Bootstrap.Preflight
	silently := b.bootstrap() == bootProven && b.m.AppleSilicon == health.Yes || b.m.Chip == health.T2
	silently = silently && (said == "" || said == "success")
	if silently && b.m.Enrolled == health.Yes && b.m.OS.AtLeast(12, 0) == health.Yes {
		id = "A25"
	}
	a := actionOf(id)
	st := Step{
		Action: id, Who: a.Who, Risk: a.Risk, Verify: a.Verify, Expect: "Everything that is on the Mac is gone, and the next user sets it up.",
		Warning: "Look for a backup, and for the recovery key in every place where it could have been kept, before this.",
		Do:      "Start the Mac in recoveryOS and erase it there, or restore it from another Mac. Then install macOS.",
	}
	if id == "A25" {
		st.Do = "In the server's console, send the command that erases the Mac, with ObliterationBehavior DoNotObliterate."
	}
	st.Inevitable = "No other way is open. " + strings.Join(why.Reasons, " ")
	if len(why.Missing) > 0 {
		st.Inevitable += " One of these would open a way: " + strings.Join(why.Missing, ", ") + "."
	}
	return st
}
