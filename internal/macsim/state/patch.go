package state

import "go.yaml.in/yaml/v3"

// Patch is a part of a Mac or of an account as a scenario writes it, to be laid
// over what is there. The zero value changes nothing.
type Patch struct{ node *yaml.Node }

// UnmarshalYAML keeps the text for later: what it is laid over is not known yet.
func (p *Patch) UnmarshalYAML(n *yaml.Node) error {
	p.node = n
	return nil
}

// over lays the patch over a value. Keys that are not in it stay as they are,
// and lists are replaced.
func (p Patch) over(into any) error {
	if p.node == nil {
		return nil
	}
	text, err := yaml.Marshal(p.node)
	if err != nil {
		return err
	}
	return Strict(text, into)
}
