package agent

import (
	"time"

	"golang.org/x/sys/unix"
)

// bootSession returns what names this start of the Mac, and how long ago it
// was. Both are empty where the kernel does not say.
func bootSession() (id string, uptime time.Duration) {
	id, _ = unix.Sysctl("kern.bootsessionuuid")
	if t, err := unix.SysctlTimeval("kern.boottime"); err == nil {
		uptime = time.Since(time.Unix(t.Sec, int64(t.Usec)*1000))
	}
	return id, uptime
}
