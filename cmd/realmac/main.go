// Command realmac puts the claims of the simulated Mac to a real one, and reports
// what differs and what the simulator's makers could not know.
//
// It runs the cases of internal/macsim/conform: by itself those that change
// nothing, and others only when it is told to in so many words. With --simulate it
// runs them on a simulated Mac, whose tools it then stands for itself.
package main

import (
	"os"

	"github.com/tokenward/tokenward/internal/macsim"
)

func main() {
	if macsim.IsTool(os.Args[0]) {
		os.Exit(macsim.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(runCommand(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
