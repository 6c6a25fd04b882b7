package tool

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// credential is a name and a password. Without a name the password is the
// recovery key.
type credential struct{ Name, Password string }

// unlocker is who authorises a change, and whom it adds.
type unlocker struct {
	credential
	Added []credential
}

// credentials reads who authorises a change: from a property list on standard
// input, or from the terminal. documented: the keys of the list; observed: the
// prompts.
func (o fileVaultOptions) credentials(c *Call) (unlocker, *Reply) {
	failed := func(r Reply) (unlocker, *Reply) { return unlocker{}, &r }
	if o.inputPlist {
		text, err := c.Input.All()
		if err != nil {
			return failed(own(err.Error()))
		}
		who, err := inputPlist(text)
		if err != nil {
			return failed(unpublished(c, fdeBadInput, "with such a property list ("+err.Error()+")"))
		}
		return who, nil
	}
	var who unlocker
	var err error
	if who.Name = o.user; who.Name == "" {
		who.Name, err = c.ask("Enter the user name:", false)
	}
	if err == nil {
		who.Password, err = c.ask("Enter the password for user '"+who.Name+"':", true)
	}
	if err != nil {
		return failed(unpublished(c, fdeBadInput, "without a terminal"))
	}
	return who, nil
}

// node is an element of an XML property list.
type node struct {
	XMLName  xml.Name
	Text     string `xml:",chardata"`
	Children []node `xml:",any"`
}

// inputPlist reads the dictionary: Username, Password, and in AdditionalUsers
// the same of each. Other keys are none of the simulator's.
func inputPlist(text string) (unlocker, error) {
	var root node
	decoder := xml.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return unlocker{}, errors.New("nothing on standard input")
		}
		return unlocker{}, err
	}
	if root.XMLName.Local != "plist" || len(root.Children) != 1 || root.Children[0].XMLName.Local != "dict" {
		return unlocker{}, errors.New("not a dictionary")
	}
	return readUnlocker(root.Children[0])
}

func readUnlocker(d node) (unlocker, error) {
	var who unlocker
	for i := 0; i+1 < len(d.Children); i += 2 {
		key, value := d.Children[i], d.Children[i+1]
		switch key.Text {
		case "Username":
			who.Name = value.Text
		case "Password":
			who.Password = value.Text
		case "AdditionalUsers":
			for _, item := range value.Children {
				added, err := readUnlocker(item)
				if err != nil {
					return unlocker{}, err
				}
				who.Added = append(who.Added, added.credential)
			}
		default:
			return unlocker{}, errors.New("key " + key.Text)
		}
	}
	return who, nil
}
