package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// isMac says whether there is a real Mac to ask.
const isMac = true

// openTerminal makes a terminal: who sits at it has one end, the tool the other.
// The number of both is the minor number of the device; to ask for the name
// itself would take an unsafe pointer.
func openTerminal() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	var device unix.Stat_t
	for _, step := range [...]func(fd int) error{
		func(fd int) error { return unix.IoctlSetInt(fd, unix.TIOCPTYGRANT, 0) },
		func(fd int) error { return unix.IoctlSetInt(fd, unix.TIOCPTYUNLK, 0) },
		func(fd int) error { return unix.Fstat(fd, &device) },
	} {
		if err := step(int(master.Fd())); err != nil {
			_ = master.Close()
			return nil, nil, err
		}
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/ttys%03d", unix.Minor(uint64(device.Rdev))), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		_ = master.Close()
		return nil, nil, err
	}
	return master, slave, nil
}
