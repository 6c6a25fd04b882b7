package tool

import (
	"fmt"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// mdmclient answers what a management server would be told about the device. A
// real one needs about eleven seconds for it.
//
// community: that it wants root for the two queries, in words unknown.
func mdmclient(m *state.Mac, c *Call) Reply {
	if len(c.Args) != 1 {
		return notSimulated(c)
	}
	switch c.Args[0] {
	case "QueryDeviceInformation", "QuerySecurityInfo":
		if !c.isRoot() {
			return unpublished(c, 1, "without root")
		}
		if c.Args[0] == "QuerySecurityInfo" {
			return querySecurityInfo(m)
		}
		return queryDeviceInformation(m)
	case "DumpManagementStatus":
		return dumpManagementStatus(m, c)
	}
	return notSimulated(c)
}

// queryDeviceInformation prints the answers to the command DeviceInformation.
//
// observed (13.3.1): header, form and keys, of which these are a part;
// inferred: that it answers the same on a Mac that is not enrolled.
func queryDeviceInformation(m *state.Mac) Reply {
	profiles := 0
	if m.Enrollment.MDM != state.NotEnrolled {
		profiles = 1 // the enrolment itself
	}
	lines := []string{
		"=== CPF_GetInstalledProfiles === (<Device>)",
		fmt.Sprintf("Number of <Device> profiles found: %d (Filtered: 0)", profiles),
		"Daemon response: {",
		"\tQueryResponses =\t {",
	}
	lines = append(lines, described(deviceInformation(m), "\t\t", "\t")...)
	return printed(append(lines, "\t};", "}", "Agent response: (null)")...)
}

// deviceInformation holds the answers. documented: the names; EACSPreflight
// since 13.3; inferred: that the option follows what the server supports.
func deviceInformation(m *state.Mac) dict {
	d := dict{
		"AwaitingConfiguration":   m.Enrollment.Awaiting,
		"BuildVersion":            m.OS.Build,
		"IsActivationLockEnabled": m.Security.ActivationLock,
		"IsAppleSilicon":          m.Chip == state.AppleSilicon,
		"IsSupervised":            m.Supervised(),
		"Model":                   m.Model,
		"OSVersion":               m.OS.Version,
		"ProductName":             m.Model,
		"SerialNumber":            m.Serial,
		"UDID":                    m.HardwareUUID,
	}
	if admins := managedAdmins(m); len(admins) > 0 {
		d["AutoSetupAdminAccounts"] = admins
	}
	if answer := m.Preflight(); answer != "" {
		d["EACSPreflight"] = answer
	}
	if m.Enrollment.MDM != state.NotEnrolled {
		d["MDMOptions"] = dict{
			either(m.Switches.AllowBootstrapOption, "AllowBootstrapToken", "BootstrapTokenAllowed"): m.BootstrapSupported(),
		}
	}
	return d
}

// managedAdmins are the accounts that the server had made in Setup Assistant.
// documented: the keys; inferred: that the list is left out where there is none,
// as the other answers are.
func managedAdmins(m *state.Mac) list {
	var admins list
	for _, a := range m.Accounts {
		if a.Managed {
			admins = append(admins, dict{"GUID": a.GUID, "shortName": a.Name})
		}
	}
	return admins
}
