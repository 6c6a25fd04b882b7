//go:build !darwin

package chaos

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/wire"
)

// unfinished says what keeps a world from being at rest: reports that wait, troubles,
// and where the server shows another Mac than there is.
func (w *world) unfinished() (left []string) {
	missing := func(format string, args ...any) { left = append(left, fmt.Sprintf(format, args...)) }
	status, alive := w.status()
	if !alive {
		return []string{"there is no daemon"}
	}
	d := status.Delivery
	if d.Waiting > 0 {
		missing("%d reports wait", d.Waiting)
	}
	if d.Trouble != "" || d.LastError != "" {
		missing("trouble: %s: %s", d.Trouble, d.LastError)
	}
	if d.Enrollment != wire.EnrollActive {
		missing("enrolment: %q", d.Enrollment)
	}
	if told := w.secrets.told(); int(d.Dropped) > told { // what a report pushes out, only the next one tells
		missing("%d were dropped, and the server was told of %d", d.Dropped, told)
	}
	if status.Report == nil {
		return append(left, "no check was made")
	}
	is := w.mac.now()
	if !strings.Contains(string(w.drive.now().Content(w.paths.Device())), is.HardwareUUID) {
		missing("which Mac this is, is not on the disk")
	}
	at, err := w.backend.device(is.HardwareUUID)
	if err != nil || at.Report == nil {
		return append(left, fmt.Sprintf("the server does not show the Mac: %v", err))
	}
	if at.Delivery.Outdated {
		missing("the server knows that it shows an older state")
	}
	return append(left, w.differences(*at.Report, *status.Report)...)
}

// differences are those between what the server shows, the daemon's last report, and
// the Mac itself.
func (w *world) differences(shown, last wire.Report) (all []string) {
	differ := func(what string, server, mac any) {
		if fmt.Sprint(server) != fmt.Sprint(mac) {
			all = append(all, fmt.Sprintf("%s: the server shows %v, it is %v", what, server, mac))
		}
	}
	is := w.mac.now()
	differ("verdict", shown.Verdict, last.Verdict)
	differ("serial number", shown.Device.Serial, is.Serial)
	differ("escrowed", shown.Facts["bootstrap.escrowed"].Value, is.Bootstrap.Escrowed)
	if w.read().Config.Privacy.Names == "hashed" {
		differ("accounts", len(shown.Accounts), len(last.Accounts))
		return all
	}
	differ("state", shown.StateHash, last.StateHash)
	differ("accounts", strings.Join(people(shown), " "), strings.Join(w.users(), " "))
	return all
}

// people are the names of those who were made by a schedule.
func people(r wire.Report) (names []string) {
	for _, a := range r.Accounts {
		if strings.HasPrefix(a.Name, "user") {
			names = append(names, a.Name)
		}
	}
	slices.Sort(names)
	return names
}

func (w *world) users() (names []string) {
	for _, a := range w.mac.now().Accounts {
		if strings.HasPrefix(a.Name, "user") {
			names = append(names, a.Name)
		}
	}
	slices.Sort(names)
	return names
}

// judge asks whether the laws held.
func (w *world) judge(unfinished []string) (o outcome) {
	for _, what := range unfinished {
		o.broken = append(o.broken, "not converged: "+what)
	}
	all, err := w.backend.history()
	if err != nil {
		o.broken = append(o.broken, err.Error())
	}
	o.broken = append(o.broken, w.truth.broken...)
	o.broken = append(o.broken, twice(all)...)
	o.broken = append(o.broken, w.falsified(all)...)
	o.broken = append(o.broken, w.needless()...)
	lost, count := w.lost(all)
	o.broken = append(o.broken, lost...)
	o.broken = append(o.broken, w.secrets.seen(w.truth.log, w.drive, w.paths.Identity())...)
	o.counts = count
	return o
}

// twice: no report and no number is at the server twice.
func twice(all []stored) (broken []string) {
	ids, numbers := map[string]string{}, map[string]string{}
	for _, r := range all {
		number := fmt.Sprint(r.Epoch, " ", r.Seq)
		if other, known := ids[r.ReportID]; known {
			broken = append(broken, fmt.Sprintf("report %s is there twice: of %s and of %s", r.ReportID, r.Device, other))
		}
		if other, known := numbers[number]; known {
			broken = append(broken, fmt.Sprintf("number %s is there twice: %s and %s", number, r.ReportID, other))
		}
		ids[r.ReportID], numbers[number] = r.Device, r.ReportID
	}
	return broken
}

// falsified: what bears a number at the server is what bore it when it was promised.
func (w *world) falsified(all []stored) (broken []string) {
	for _, r := range all {
		number := fmt.Sprint(r.Epoch, " ", r.Seq)
		if promised := w.truth.numbers[number]; promised != "" && promised != r.ReportID {
			broken = append(broken, fmt.Sprintf("number %s was promised to %s, and %s is at the server", number, promised, r.ReportID))
		}
	}
	return broken
}

// lostEpoch begins the name of what waited when the numbering began anew, which is
// counted as dropped and kept aside as well.
const lostEpoch = "lost-epoch-"

func (w *world) aside() string { return filepath.Join(w.paths.Spool(), "quarantine") }

// needless: nothing is kept aside but what was damaged, or refused for good by the
// answer to a request that held it, and the numbering begins anew in another Mac alone;
// there it may do so again after a crash, before it is remembered which Mac it is.
func (w *world) needless() (broken []string) {
	kept := 0
	for _, name := range w.drive.files(w.aside()) {
		if !strings.HasPrefix(filepath.Base(name), lostEpoch) {
			kept++
		}
	}
	if most := w.flips + w.network.refusals(); kept > most {
		broken = append(broken, fmt.Sprintf("%d reports are kept aside, and %d were damaged or refused", kept, most))
	}
	epochs := map[string]bool{}
	for _, p := range w.truth.promised {
		epochs[p.Epoch] = true
	}
	if len(epochs) > 1+w.truth.moved || w.swaps == 0 && len(epochs) > 1 {
		broken = append(broken, fmt.Sprintf("%d epochs, and the disk was put into another Mac %d times", len(epochs), w.swaps))
	}
	return broken
}

// lost: what a daemon said to have stored is at the server, or was kept aside, or was
// counted, and the server was told the count.
func (w *world) lost(all []stored) (broken []string, c counts) {
	there, epochs, devices := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range all {
		there[r.ReportID], epochs[r.Epoch], devices[r.Device] = true, true, true
	}
	aside, damaged := w.quarantined()
	waiting := w.waiting()
	var missing []promise
	for _, p := range w.truth.promised {
		if !there[p.ReportID] && !aside[p.ReportID] && !waiting[p.ReportID] {
			missing = append(missing, p)
		}
	}
	told := w.secrets.told()
	if len(missing) > told+damaged {
		broken = append(broken, fmt.Sprintf("%d reports that were stored are lost, and %d were counted as dropped, %d are damaged and kept aside: %v",
			len(missing), told, damaged, missing))
	}
	keys, _ := w.backend.enrollments("")
	return broken, counts{
		lives:    w.lives,
		promised: len(w.truth.promised), stored: len(all), devices: len(devices), epochs: len(epochs), keys: len(keys),
		dropped: told, quarantined: len(aside) + damaged,
	}
}

// quarantined are the reports that were kept aside, by ID, and how many of them cannot
// be read any more. What waited when an epoch ended is counted as dropped.
func (w *world) quarantined() (aside map[string]bool, damaged int) {
	aside = map[string]bool{}
	for _, name := range w.drive.files(w.aside()) {
		content := string(w.drive.now().Content(name))
		found := false
		for _, p := range w.truth.promised {
			if strings.Contains(content, `"report_id":"`+p.ReportID+`"`) {
				aside[p.ReportID], found = true, true
			}
		}
		if !found && !strings.HasPrefix(filepath.Base(name), lostEpoch) {
			damaged++
		}
	}
	return aside, damaged
}

// waiting are the reports that are in the spool still, where it was not emptied.
func (w *world) waiting() map[string]bool {
	there := map[string]bool{}
	for _, name := range w.drive.files(w.paths.Spool()) {
		content := string(w.drive.now().Content(name))
		for _, p := range w.truth.promised {
			if strings.Contains(content, `"report_id":"`+p.ReportID+`"`) {
				there[p.ReportID] = true
			}
		}
	}
	return there
}
