package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// security looks for passwords in a keychain and finds none: the simulated Mac
// keeps no items. documented: the options, in Apple's source; observed: the
// text and its code, which is the number of the error modulo 256.
func security(_ *state.Mac, c *Call) Reply {
	var spec string
	switch {
	case c.starts("find-generic-password"):
		spec = "a:c:C:D:gG:j:l:s:wt:"
	case c.starts("find-internet-password"):
		spec = "a:c:C:d:D:gj:l:p:P:r:s:wt:"
	default:
		return notSimulated(c)
	}
	if _, _, ok := getopt(c.Args[1:], spec); !ok {
		return notSimulated(c)
	}
	return refused(44, "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.")
}
