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
		perBoot(osVersion()), perBoot(platform()), perBoot(machine()), perBoot(kernel()), perBoot(systemIntegrity()), perBoot(startupVolume()),
		perBoot(startupPolicy()), perBoot(firmwarePassword()),
		consoleUser(), enrollment(), bootstrapStatus(), cryptoUsers(), fileVaultStatus(), fileVaultList(),
		directoryUsers(), adminGroup(), passwords(), logins(),
		kept(time.Hour, VolumeChange, personalKey()), kept(time.Hour, VolumeChange, institutionalKey()),
		kept(time.Hour, VolumeChange, deferral()), kept(time.Hour, VolumeChange, fileVaultRecords()),
		kept(time.Hour, AccountsChange, groups()), kept(24*time.Hour, 0, passwordPolicy()),
		kept(time.Hour, EnrollmentChange|AccountsChange, platformSSO()), kept(24*time.Hour, AccountsChange, activeDirectory()),
		kept(time.Hour, 0, proxy()), kept(time.Hour, EnrollmentChange, mdmReach()),
		sealedKey(), escrowProfile(), peers(), fullDiskAccess(),
		slow(kept(24*time.Hour, EnrollmentChange, deviceInformation())), slow(kept(24*time.Hour, EnrollmentChange|VolumeChange, securityInfo())),
	}
}

// Quick lists the collectors without those that take seconds.
func Quick() []Collector { return slices.DeleteFunc(All(), func(c Collector) bool { return c.Slow }) }

// Take asks everything once, see [Rounds.Take].
func Take(ctx context.Context, mac Mac, at time.Time, which []Collector) evidence.Snapshot {
	return NewRounds(which).Take(ctx, mac, Occasion{At: at, Wanted: true})
}
