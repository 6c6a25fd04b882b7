package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Read reads a state file.
func Read(path string) (Mac, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Mac{}, fmt.Errorf("read simulated Mac: %w", err)
	}
	return Decode(path, data)
}

// Decode reads a Mac, completes what the text leaves out, and checks it. The
// name is for messages. An unknown key is an error, with its line; so is
// everything that no Mac could be, such as two accounts with one user ID.
func Decode(name string, data []byte) (Mac, error) {
	var m Mac
	if err := Strict(data, &m); err != nil {
		return Mac{}, fmt.Errorf("%s: %w", name, err)
	}
	if err := m.Complete(); err != nil {
		return Mac{}, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// Strict decodes one YAML document; a key that into does not have is an error.
func Strict(data []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return plain(err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("more than one document in it")
	}
	return nil
}

// Complete fills in what a description may leave out, and says everything that
// is wrong with it.
func (m *Mac) Complete() error {
	m.complete()
	return m.check()
}

// Encode writes the Mac in the form that [Decode] reads.
func (m *Mac) Encode() ([]byte, error) {
	out, err := yaml.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode simulated Mac: %w", err)
	}
	return out, nil
}

// plain drops the decoder's own words around the lines that matter.
func plain(err error) error {
	var bad *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case errors.As(err, &bad):
		return errors.New(strings.ReplaceAll(strings.Join(bad.Errors, "; "), "state.", ""))
	default:
		return err
	}
}

// UnmarshalYAML reads an account; what it leaves out follows its token.
func (a *Account) UnmarshalYAML(n *yaml.Node) error {
	if err := knownKeys(n, *a); err != nil {
		return err
	}
	var first struct {
		Token     Token `yaml:"token"`
		Kind      Kind  `yaml:"kind"`
		FileVault *bool `yaml:"filevault"`
	}
	if err := n.Decode(&first); err != nil {
		return err
	}
	type fields Account
	listed := first.Token.CryptoUser
	set(&listed, first.FileVault)
	f := fields{FileVault: listed, Preboot: listed, Password: notGiven, Hidden: first.Kind == Service}
	if err := n.Decode(&f); err != nil {
		return err
	}
	*a = Account(f)
	return nil
}

// UnmarshalYAML reads `true`, `false` or the two lists apart.
func (a *Admin) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		var both bool
		err := n.Decode(&both)
		*a = Admin{Name: both, GUID: both}
		return err
	}
	if err := knownKeys(n, *a); err != nil {
		return err
	}
	type fields Admin
	return n.Decode((*fields)(a))
}

// UnmarshalYAML reads `true`, `false` or each source apart, where one that is
// left out follows the one before it.
func (t *Token) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		var all bool
		err := n.Decode(&all)
		*t = Token{Tag: all, CryptoUser: all, VolumeOwner: all, Password: notGiven}
		return err
	}
	if err := knownKeys(n, *t); err != nil {
		return err
	}
	type fields Token
	if *t != (Token{}) { // laid over what is there: the rest stays
		return n.Decode((*fields)(t))
	}
	f := fields{Password: notGiven}
	if err := n.Decode(&f); err != nil {
		return err
	}
	if !hasKey(n, "crypto_user") {
		f.CryptoUser = f.Tag
	}
	if !hasKey(n, "volume_owner") {
		f.VolumeOwner = f.CryptoUser
	}
	*t = Token(f)
	return nil
}

// DecodeNode decodes a mapping; a key that into does not have is an error with
// its line. It is for types that decode themselves, below which the decoder
// forgets to be strict.
func DecodeNode(n *yaml.Node, into any) error {
	if err := knownKeys(n, reflect.ValueOf(into).Elem().Interface()); err != nil {
		return err
	}
	return n.Decode(into)
}

// knownKeys refuses a key that the type of v does not have.
func knownKeys(n *yaml.Node, v any) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a mapping is wanted here", n.Line)
	}
	t := reflect.TypeOf(v)
	known := keysOf(t)
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			return fmt.Errorf("line %d: field %s not found in type %s", key.Line, key.Value, t.Name())
		}
	}
	return nil
}

// keysOf lists the keys of a type, with those of what is embedded in it.
func keysOf(t reflect.Type) []string {
	var known []string
	for field := range t.Fields() {
		key, option, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if option == "inline" {
			known = append(known, keysOf(field.Type)...)
			continue
		}
		known = append(known, key)
	}
	return known
}

func hasKey(n *yaml.Node, key string) bool {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}
