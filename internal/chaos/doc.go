// Package chaos lets a whole daemon live through faults that a seed has drawn, beside
// the real server, and then asks whether anything was lost, doubled or told. What it
// covers and what it does not is in docs/testing.md. It has tests alone.
package chaos
