// Command macsim makes and plays simulated Macs.
//
// Started under its own name it is a command line that lays them out. Started
// under the name of one of Apple's tools, inside the folder of a simulated Mac,
// it answers as that tool. What the answers are is decided in internal/macsim.
package main

import (
	"os"

	"github.com/tokenward/tokenward/internal/macsim"
)

func main() {
	if macsim.IsTool(os.Args[0]) {
		os.Exit(macsim.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(runCommand(os.Args[1:], os.Stdout, os.Stderr))
}
