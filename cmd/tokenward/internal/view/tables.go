package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// accounts is the table of who has what. A star marks an account on which the
// sources disagree; what each of them says stands below.
func (p *page) accounts(r wire.Report) {
	if len(r.Accounts) == 0 {
		return
	}
	p.heading("Accounts")
	rows := [][]string{{"Name", "UID", "Admin", "Secure Token", "Volume owner", "FileVault"}}
	for _, a := range r.Accounts {
		rows = append(rows, accountRow(r, a))
	}
	if tableWidth(rows) <= p.width() {
		p.table(rows)
	} else {
		p.blocks(rows)
	}
	for _, a := range r.Accounts {
		if disputed(a) {
			p.paragraph(2, "* ", bold, fmt.Sprintf("%s: the sources on the Secure Token disagree: volume %s, directory %s, sysadminctl %s.",
				a.Name, a.Evidence["crypto_user"], a.Evidence["directory"], a.Evidence["sysadminctl"]))
		}
	}
}

func accountRow(r wire.Report, a wire.Account) []string {
	name := safe(wire.ShownName(a.Name))
	if a.Console == health.Yes {
		name += " (logged in)"
	}
	if a.Kind != "local" {
		name += " (" + safe(a.Kind) + ")"
	}
	uid := "?"
	if a.UID != nil {
		uid = strconv.Itoa(*a.UID)
	}
	token := map[string]string{"usable": "yes", "absent": "no", "present_but_unusable": "unusable", "unknown": "unknown"}[a.Token]
	if disputed(a) {
		token += " *"
	}
	return []string{name, uid, a.Admin.String(), token, owner(r, a), unlock(r, a)}
}

// owner: only Macs with Apple silicon have volume owners.
func owner(r wire.Report, a wire.Account) string {
	if r.Device.Chip != "apple_silicon" && a.VolumeOwner != health.Yes {
		return "–"
	}
	return a.VolumeOwner.String()
}

func unlock(r wire.Report, a wire.Account) string {
	if r.Facts["filevault.state"].Value == "off" {
		return "–"
	}
	return a.FileVaultUnlock.String()
}

func disputed(a wire.Account) bool {
	yes, no := false, false
	for _, source := range []string{"crypto_user", "directory", "sysadminctl"} {
		yes = yes || a.Evidence[source] == "yes"
		no = no || a.Evidence[source] == "no"
	}
	return yes && no
}

// columnGap stands before every column.
const columnGap = "  "

func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	return widths
}

func tableWidth(rows [][]string) (total int) {
	for _, w := range columnWidths(rows) {
		total += len(columnGap) + w
	}
	return total
}

// blocks writes every row below its first cell, for screens on which the table
// has no room.
func (p *page) blocks(rows [][]string) {
	for _, row := range rows[1:] {
		p.paragraph(2, "", plain, row[0])
		var parts []string
		for i, cell := range row[1:] {
			parts = append(parts, rows[0][i+1]+" "+cell)
		}
		p.paragraph(4, "", plain, strings.Join(parts, ", "))
	}
}

// table writes rows in columns.
func (p *page) table(rows [][]string) {
	widths := columnWidths(rows)
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(columnGap + pad(cell, widths[i]))
		}
		st := plain
		if n == 0 {
			st = dim
		}
		p.line("%s", p.paint(st, strings.TrimRight(line.String(), " ")))
	}
}

// device shows the facts that concern the Mac as a whole.
func (p *page) device(r wire.Report) {
	p.heading("This Mac")
	p.pair("Bootstrap Token", bootstrapLine(r))
	p.pair("FileVault", fileVaultLine(r))
	p.pair("MDM", enrollmentLine(r))
	p.pair("macOS", strings.TrimSpace(r.Device.OS.Version+" "+parenthesis(r.Device.OS.Build)))
	p.pair("Hardware", strings.Join([]string{orUnknown(r.Device.Model), chipName(r.Device.Chip), "serial " + orUnknown(r.Device.Serial)}, ", "))
}

func (p *page) pair(label, text string) {
	p.paragraph(2, pad(label, 17), dim, orUnknown(text))
}

func bootstrapLine(r wire.Report) string {
	supported, escrowed := yesNo(r, "bootstrap.supported"), yesNo(r, "bootstrap.escrowed")
	strength := "unknown"
	if r.Bootstrap != nil {
		strength = r.Bootstrap.Strength
	}
	meaning := map[string]string{
		"proven":  "and it works: the Mac could fetch it",
		"claimed": "so the Mac believes; whether the server still has it is not proven",
		"refuted": "but the Mac cannot fetch it",
	}[strength]
	switch {
	case yesNo(r, "enrollment.mdm") == "no":
		return "does not apply: the Mac is not enrolled"
	case supported == "no":
		return "the MDM server does not support it"
	}
	return strings.TrimSuffix(fmt.Sprintf("supported by the server: %s, escrowed: %s, %s", supported, escrowed, meaning), ", ")
}

func fileVaultLine(r wire.Report) string {
	state, _ := r.Facts["filevault.state"].Value.(string)
	line := orUnknown(state)
	if percent := r.Facts["filevault.percent"].Value; percent != nil {
		line += fmt.Sprintf(", %v %%", percent)
	}
	if r.Facts["filevault.deferred"].Value == true {
		line += ", will be turned on at a login (deferred)"
	}
	return line
}

func enrollmentLine(r wire.Report) string {
	enrolled := yesNo(r, "enrollment.mdm")
	if enrolled != "yes" {
		return map[string]string{"no": "not enrolled", "unknown": "unknown"}[enrolled]
	}
	line := "enrolled"
	if yesNo(r, "enrollment.dep") == "yes" {
		line += " through Automated Device Enrolment"
	}
	if yesNo(r, "enrollment.user_approved") == "no" {
		line += ", not approved by the user"
	}
	if server, ok := r.Facts["enrollment.server"].Value.(string); ok {
		line += ", server " + server
	}
	return line
}

func yesNo(r wire.Report, fact string) string {
	if v, ok := r.Facts[fact].Value.(bool); ok {
		return health.TriOf(v).String()
	}
	return "unknown"
}

func chipName(chip string) string {
	return map[string]string{"apple_silicon": "Apple silicon", "t2": "Intel with T2", "intel": "Intel", "unknown": "chip unknown", "": "chip unknown"}[chip]
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func parenthesis(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// delivery says what became of the reports.
func (p *page) delivery(v Page) {
	if v.Daemon == nil {
		return
	}
	d := v.Daemon.Delivery
	p.heading("Reports")
	if d.Server == "" {
		p.paragraph(2, "", plain, "No server is configured: checks and status work, nothing is sent.")
		return
	}
	p.pair("Server", d.Server)
	last := "never"
	if d.LastAck != nil {
		last = ago(v.Now, *d.LastAck)
	}
	p.pair("Last delivery", fmt.Sprintf("%s, %d waiting", last, d.Waiting))
	if d.LastError != "" {
		p.pair("Trouble", d.LastError)
	}
	if d.Quarantined > 0 {
		p.pair("Refused for good", fmt.Sprintf("%d reports, kept in the spool's quarantine folder", d.Quarantined))
	}
	if d.Dropped > 0 {
		p.pair("Dropped", fmt.Sprintf("%d reports, because too many were waiting", d.Dropped))
	}
}
