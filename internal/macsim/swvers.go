package macsim

// swVers answers sw_vers. documented: man sw_vers.
func (m *Mac) swVers(c Call) Reply {
	switch {
	case len(c.Args) == 0:
		return printed(m.OS.lines()...)
	case c.is("-productName"):
		return printed(m.OS.Product)
	case c.is("-productVersion"):
		return printed(m.OS.Version)
	case c.is("-buildVersion"):
		return printed(m.OS.Build)
	}
	return notSimulated(c)
}

// lines are the report. observed (15.7.9, 26.6.2): two tabs; community: one tab
// before 13, and the extra line of a rapid security response since 13.3.
func (o OS) lines() []string {
	gap, extraGap := "\t\t", "\t"
	if !o.atLeast(13) {
		gap = "\t"
	}
	lines := []string{"ProductName:" + gap + o.Product, "ProductVersion:" + gap + o.Version}
	if o.Extra != "" && o.atLeast(13, 3) {
		lines = append(lines, "ProductVersionExtra:"+extraGap+o.Extra)
	}
	return append(lines, "BuildVersion:"+gap+o.Build)
}
