package collectors

import (
	"context"
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// All lists the collectors in the order in which their answers are shown. The
// command lines are frozen: recordings are matched by them, so a new need is a
// new collector and never a longer command.
func All() []Collector {
	return []Collector{
		perBoot(osVersion()), perBoot(platform()), perBoot(machine()), perBoot(systemIntegrity()), perBoot(startupVolume()),
		perBoot(startupPolicy()), perBoot(firmwarePassword()),
		kernel(), consoleUser(), enrollment(), bootstrapStatus(), cryptoUsers(), fileVaultStatus(), fileVaultList(),
		directoryUsers(), adminGroup(), passwords(), logins(),
		kept(6*time.Hour, VolumeChange, personalKey()), kept(24*time.Hour, VolumeChange, institutionalKey()),
		kept(6*time.Hour, VolumeChange, deferral()), kept(6*time.Hour, VolumeChange, fileVaultRecords()),
		kept(time.Hour, AccountsChange, groups()), kept(24*time.Hour, 0, passwordPolicy()),
		kept(6*time.Hour, EnrollmentChange|AccountsChange, platformSSO()), kept(24*time.Hour, AccountsChange, activeDirectory()),
		stirred(kept(time.Hour, 0, proxy())), passing(unreached, stirred(kept(time.Hour, EnrollmentChange, mdmReach()))),
		sealedKey(), escrowProfile(), peers(), fullDiskAccess(),
		passing(unproven, slow(kept(24*time.Hour, EnrollmentChange|NetworkChange, deviceInformation()))),
		slow(kept(24*time.Hour, EnrollmentChange|VolumeChange, securityInfo())),
	}
}

// unreached: a network comes and goes.
func unreached(s evidence.Snapshot) bool {
	reach, known := s.Network.MDM.Known()
	return known && reach != evidence.Reached
}

// unproven: without a network the Mac cannot fetch its Bootstrap Token, and says
// so in the words in which it says that there is none to be had.
func unproven(s evidence.Snapshot) bool {
	preflight, known := s.EACSPreflight.Known()
	return known && preflight != "success"
}

// Quick lists the collectors without those that take seconds.
func Quick() []Collector { return slices.DeleteFunc(All(), func(c Collector) bool { return c.Slow }) }

// Take asks everything once, see [Rounds.Take].
func Take(ctx context.Context, mac Mac, at time.Time, which []Collector) evidence.Snapshot {
	return NewRounds(which).Take(ctx, mac, Occasion{At: at, Wanted: true})
}
