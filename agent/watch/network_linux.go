package watch

import "golang.org/x/sys/unix"

// openSocket stands in for the Mac's where a simulated one is checked.
func openSocket() (int, error) {
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return -1, err
	}
	news := &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR}
	if err := unix.Bind(socket, news); err != nil {
		_ = unix.Close(socket)
		return -1, err
	}
	return socket, nil
}

// relevant: the kernel was asked for nothing else.
func relevant([]byte) bool { return true }
