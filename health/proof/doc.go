// Package proof holds the forecasts of package health against the simulated Mac:
// it lets everything that can happen to small Macs happen, asks for the forecasts
// of every state that comes of it, and then lets each forecast's event happen, under
// every setting of the behaviours of macOS that nobody is sure of. It has tests
// alone.
package proof
