package macsim

import "fmt"

// ioreg answers for the platform expert, the root of the I/O registry. A real
// one has many more properties. community: the form of node and properties;
// inferred: the numbers in the node's line.
func (m *Mac) ioreg(c Call) Reply {
	if !c.is("-rd1", "-c", "IOPlatformExpertDevice") {
		return notSimulated(c)
	}
	return printed(
		fmt.Sprintf("+-o %s  <class IOPlatformExpertDevice, id 0x100000224, registered, matched, active, busy 0 (37 ms), retain 34>", m.Board),
		"    {",
		fmt.Sprintf(`      "IOPlatformSerialNumber" = "%s"`, m.Serial),
		fmt.Sprintf(`      "IOPlatformUUID" = "%s"`, m.HardwareUUID),
		fmt.Sprintf(`      "model" = <"%s">`, m.Model),
		"    }",
	)
}
