package config

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
)

// Level is how far the agent may go to mend what it finds.
type Level string

// The levels, the most cautious first.
const (
	Observe Level = "observe" // look and report
	Advise  Level = "advise"  // tell the person at the Mac what to do
	Ask     Level = "ask"     // do it with that person's consent
	Act     Level = "act"     // do it
)

// Remediation is what the agent may do by itself. This version reads it, checks it
// and shows it; nothing acts on it.
type Remediation struct {
	Level   Level         `mapstructure:"level"`
	Actions []ActionLevel `mapstructure:"actions"`
}

// ActionLevel is the level of one action; it stands above that of all.
type ActionLevel struct {
	Action string `mapstructure:"action"`
	Level  Level  `mapstructure:"level"`
}

// Orders is whose orders the agent carries out. Only managed preferences say that:
// whoever may write a file on the Mac must not make operators.
type Orders struct {
	Operators []Operator `mapstructure:"operators"`
	Approvals []Approval `mapstructure:"approvals"`
}

// Operator is somebody who may sign orders.
type Operator struct {
	Name string `mapstructure:"name"`
	Key  string `mapstructure:"key"` // Ed25519 public key, 32 bytes in base64
}

// PublicKey returns the operator's key. Of a configuration that was loaded it has
// its 32 bytes.
func (o Operator) PublicKey() ed25519.PublicKey {
	key, err := base64.StdEncoding.Strict().DecodeString(o.Key)
	if err != nil {
		return nil
	}
	return key
}

// Approval is how many operators must sign an order for an action.
type Approval struct {
	Action string `mapstructure:"action"`
	Count  int    `mapstructure:"count"`
}

func (r Remediation) faults() (found faults) {
	seen := map[string]bool{}
	for i, a := range r.Actions {
		key := fmt.Sprintf("remediation.actions[%d]", i)
		found.add(actionName(key, a.Action, seen))
		found.add(oneOf(key+".level", string(a.Level), levels()...))
	}
	return found
}

func levels() []string { return []string{string(Observe), string(Advise), string(Ask), string(Act)} }

// faults: an order that can never have its signatures is a mistake that would show
// on the day on which it is needed.
func (o Orders) faults() (found faults) {
	names, keys, actions := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, op := range o.Operators {
		found.add(op.fault(fmt.Sprintf("orders.operators[%d]", i), names, keys))
	}
	for i, a := range o.Approvals {
		key := fmt.Sprintf("orders.approvals[%d]", i)
		found.add(actionName(key, a.Action, actions))
		found.add(within(key+".count", a.Count, 1, 10))
		if a.Count > len(o.Operators) {
			found.addf(key+".count", "%d signatures, but orders.operators names %d operators", a.Count, len(o.Operators))
		}
	}
	return found
}

func (o Operator) fault(key string, names, keys map[string]bool) *fault {
	const longest = 64
	public := o.PublicKey()
	switch {
	case o.Name == "" || len(o.Name) > longest:
		return faultf(key+".name", "an operator has a name of 1 to %d bytes", longest)
	case names[strings.ToLower(o.Name)]:
		return faultf(key+".name", "%q stands twice", o.Name)
	case len(public) != ed25519.PublicKeySize:
		return faultf(key+".key", "it is not an Ed25519 public key, 32 bytes in base64")
	case keys[string(public)]:
		return faultf(key+".key", "the key stands twice: one operator would sign for two")
	}
	names[strings.ToLower(o.Name)], keys[string(public)] = true, true
	return nil
}

// actionName looks at the form alone. A profile may name an action that a later
// version brings.
func actionName(key, name string, seen map[string]bool) *fault {
	const letters, longest = "abcdefghijklmnopqrstuvwxyz0123456789_-", 64
	switch {
	case name == "" || len(name) > longest || strings.Trim(name, letters) != "":
		return faultf(key+".action", "%q is not the name of an action: small letters, digits, - and _, at most %d", name, longest)
	case seen[name]:
		return faultf(key+".action", "%q stands twice", name)
	}
	seen[name] = true
	return nil
}
