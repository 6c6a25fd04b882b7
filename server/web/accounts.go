package web

import (
	"maps"
	"slices"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// account is one row of the table of accounts.
type account struct {
	wire.Account

	Sources  []saying
	Disagree bool
}

// saying is what one source said of an account.
type saying struct{ Source, Said string }

func accounts(all []wire.Account) []account {
	rows := make([]account, len(all))
	for i, a := range all {
		rows[i] = account{Account: a, Disagree: disagree(a.Evidence)}
		for _, source := range slices.Sorted(maps.Keys(a.Evidence)) {
			rows[i].Sources = append(rows[i].Sources, saying{source, a.Evidence[source]})
		}
	}
	return rows
}

// disagree says whether one source affirms a Secure Token that another one
// denies. A source that said nothing contradicts nobody, and fdesetup answers
// another question: with FileVault off it lists none.
func disagree(evidence map[string]string) bool {
	yes, no := false, false
	for source, said := range evidence {
		if source == "fdesetup" {
			continue
		}
		yes = yes || said == health.Yes.String()
		no = no || said == health.No.String()
	}
	return yes && no
}
