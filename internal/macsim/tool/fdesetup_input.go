package tool

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// credential is a name and a password, where they were given.
type credential struct {
	Name, Password string
	asked          bool // the password was given
}

// unlocker is who authorises a change, and whom it adds.
type unlocker struct {
	credential
	Added []credential
}

// credentials reads who authorises a change, and whom it adds: from a property
// list on standard input, or from the arguments. What is missing is asked on the
// terminal. documented: the list's keys, and that a password that is missing
// there is asked for.
func (o *fileVaultOptions) credentials(c *Call) (unlocker, *Reply) {
	who := unlocker{credential: credential{Name: o.user}}
	for _, name := range o.added {
		who.Added = append(who.Added, credential{Name: name})
	}
	if o.inputPlist {
		var err error
		if who, err = inputPlist(c); err != nil {
			r := unpublished(c, fdeBadInput, "with such a property list ("+err.Error()+")")
			return who, &r
		}
	}
	if err := who.complete(c); err != nil {
		r := notAsked(c, fdeBadInput, err)
		return who, &r
	}
	return who, nil
}

// complete asks for what is missing. observed (10.13 to 26): the name, and the
// password of the one who unlocks; community: that of a user who is added.
func (w *unlocker) complete(c *Call) (err error) {
	if w.Name == "" && !w.asked {
		if w.Name, err = c.ask("Enter the user name:", false); err != nil {
			return err
		}
	}
	if !w.asked {
		if w.Password, err = c.ask("Enter the password for user '"+w.Name+"':", true); err != nil {
			return err
		}
	}
	for i := range w.Added {
		a := &w.Added[i]
		if a.asked {
			continue
		}
		if a.Password, err = c.ask("Enter the password for the added user '"+a.Name+"':", true); err != nil {
			return err
		}
	}
	return nil
}

// opens is what is to open the volume: a user, or the recovery key. documented:
// without a name the password is that of any user in the list, or the key.
func (w *unlocker) opens(m *state.Mac) (user, key string) {
	switch {
	case w.Password != "" && w.Password == m.RecoveryKeyText():
		return "", w.Password
	case w.Name != "":
		return w.Name, ""
	}
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.FileVault && a.Token.CryptoUser && a.Token.Password == w.Password {
			return a.Name, ""
		}
	}
	return "", w.Password
}

// node is an element of an XML property list.
type node struct {
	XMLName  xml.Name
	Text     string `xml:",chardata"`
	Children []node `xml:",any"`
}

// inputPlist reads standard input: a dictionary with Username, Password, and in
// AdditionalUsers the same of each. documented; its other keys are not simulated.
func inputPlist(c *Call) (unlocker, error) {
	text, err := c.Input.All()
	if err != nil {
		return unlocker{}, err
	}
	var root node
	if err := xml.NewDecoder(strings.NewReader(text)).Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return unlocker{}, errors.New("nothing on standard input")
		}
		return unlocker{}, err
	}
	if root.XMLName.Local != "plist" || len(root.Children) != 1 {
		return unlocker{}, errors.New("not a property list")
	}
	return readUnlocker(root.Children[0])
}

func readUnlocker(d node) (who unlocker, err error) {
	err = d.eachKey(func(key string, value node) error {
		if key != "AdditionalUsers" {
			return who.set(key, value)
		}
		who.Added, err = value.credentials()
		return err
	})
	return who, err
}

// set notes one key of a user.
func (u *credential) set(key string, value node) error {
	switch {
	case value.XMLName.Local != "string":
		return errors.New(key + " is not a text")
	case key == "Username":
		u.Name = value.Text
	case key == "Password":
		u.Password, u.asked = value.Text, true
	default:
		return errors.New("key " + key)
	}
	return nil
}

// credentials reads a list of users. Each has a name.
func (n node) credentials() ([]credential, error) {
	var all []credential
	for _, item := range n.Children {
		var one credential
		if err := item.eachKey(one.set); err != nil {
			return nil, err
		}
		if one.Name == "" {
			return nil, errors.New("a user to add without a name")
		}
		all = append(all, one)
	}
	return all, nil
}

// eachKey reads a dictionary.
func (n node) eachKey(do func(key string, value node) error) error {
	if n.XMLName.Local != "dict" || len(n.Children)%2 != 0 {
		return errors.New("not a dictionary")
	}
	for i := 0; i < len(n.Children); i += 2 {
		if n.Children[i].XMLName.Local != "key" {
			return errors.New("not a dictionary")
		}
		if err := do(n.Children[i].Text, n.Children[i+1]); err != nil {
			return err
		}
	}
	return nil
}
