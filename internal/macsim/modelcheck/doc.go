// Package modelcheck lets everything that can happen to small Macs happen, in
// every order up to a depth, and holds each step against the laws of Secure Tokens
// and Bootstrap Tokens. It has tests alone.
package modelcheck
