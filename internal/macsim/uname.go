package macsim

// uname answers with the machine's name. documented: man uname.
func (m *Mac) uname(c Call) Reply {
	switch {
	case !c.is("-m"):
		return notSimulated(c)
	case m.Chip == AppleSilicon:
		return printed("arm64")
	default:
		return printed("x86_64")
	}
}
