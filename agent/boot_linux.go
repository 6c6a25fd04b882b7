package agent

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// bootSession stands in for the Mac's where a simulated one is checked.
func bootSession() (id string, uptime time.Duration) {
	data, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	since, _ := os.ReadFile("/proc/uptime")
	seconds, _, _ := strings.Cut(string(since), " ")
	up, _ := strconv.ParseFloat(seconds, 64)
	return strings.TrimSpace(string(data)), time.Duration(up * float64(time.Second))
}
