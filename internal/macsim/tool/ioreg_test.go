package tool

import "testing"

func TestIoreg(t *testing.T) {
	const (
		node = "+-o J604AP  <class IOPlatformExpertDevice, id 0x100000224, registered, matched, active, busy 0 (37 ms), retain 34>\n" +
			"    {\n" +
			"      \"IOPlatformSerialNumber\" = \"OFFICE01\"\n" +
			"      \"IOPlatformUUID\" = \"11111111-2222-3333-4444-555555555555\"\n" +
			"      \"model\" = <\"Mac16,1\">\n" +
			"    }\n"
		tree = "+-o Root  <class IORegistryEntry, id 0x100000100, retain 21>\n" +
			"  +-o J604AP  <class IOPlatformExpertDevice, id 0x100000224, registered, matched, active, busy 0 (37 ms), retain 34>\n" +
			"      {\n" +
			"        \"IOPlatformSerialNumber\" = \"OFFICE01\"\n" +
			"        \"IOPlatformUUID\" = \"11111111-2222-3333-4444-555555555555\"\n" +
			"        \"model\" = <\"Mac16,1\">\n" +
			"      }\n" +
			"      \n"
	)
	testAnswers(t, "/usr/sbin/ioreg", []answerCase{
		{name: "platform", args: "-rd1|-c|IOPlatformExpertDevice", want: out(node)},
		{name: "other order", args: "-c|IOPlatformExpertDevice|-r|-d|1", want: out(node)},
		{name: "not cut off", args: "-w0|-rd1|-l|-cIOPlatformExpertDevice", want: out(node)},
		{name: "from the root", args: "-d2|-c|IOPlatformExpertDevice", want: out(tree)},
		{name: "from the root, other order", args: "-c|IOPlatformExpertDevice|-d|2", want: out(tree)},
		{name: "deeper", args: "-r|-c|IOPlatformExpertDevice", want: errText(125, "macsim: ioreg -r -c IOPlatformExpertDevice is not simulated\n")},
		{name: "cut off", args: "-w80|-rd1|-c|IOPlatformExpertDevice", want: errText(125, "macsim: ioreg -w80 -rd1 -c IOPlatformExpertDevice is not simulated\n")},
		{name: "another class", args: "-rd1|-c|IOHIDSystem", want: errText(125, "macsim: ioreg -rd1 -c IOHIDSystem is not simulated\n")},
		{name: "everything", args: "-l", want: errText(125, "macsim: ioreg -l is not simulated\n")},
	})
}
