package tool

import (
	"strconv"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// policyData is the attribute accountPolicyData: a property list with what the
// policy engine remembers of an account, empty where nothing is known.
//
// observed (10.14, 26): the layout with its empty last line, that the password's
// keys come with the first password, and whole numbers where nothing failed;
// community: a time of the last failure.
func policyData(a *state.Account) string {
	var b strings.Builder
	policyEntry(&b, "creationTime", unixSeconds(a.Set.Created))
	if !a.Set.Password.IsZero() {
		policyEntry(&b, "failedLoginCount", "<integer>"+strconv.Itoa(a.Failed)+"</integer>")
		policyEntry(&b, "failedLoginTimestamp", either(a.Set.LastFailure.IsZero(), "<integer>0</integer>", unixSeconds(a.Set.LastFailure)))
		policyEntry(&b, "passwordLastSetTime", unixSeconds(a.Set.Password))
	}
	if b.Len() == 0 {
		return ""
	}
	return strings.Replace(document(dict{}), "<dict/>\n", "<dict>\n"+b.String()+"</dict>\n", 1)
}

func policyEntry(b *strings.Builder, key, value string) {
	if value != "" {
		b.WriteString("\t<key>" + key + "</key>\n\t" + value + "\n")
	}
}

// unixSeconds is a time since 1970 to the microsecond. observed (10.14, 26): with
// seventeen digits, as C prints them.
func unixSeconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return "<real>" + strconv.FormatFloat(float64(t.UnixMicro())/1e6, 'g', 17, 64) + "</real>"
}
