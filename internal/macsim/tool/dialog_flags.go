package tool

import "strings"

// The options of swiftDialog that are known. documented: its wiki. The first
// take a value, the others none. Those that show another kind of window, read a
// file or wait for a command are not simulated.
const (
	dialogValues = " --title -t --subtitle --message -m --messagealignment --alignment --messageposition --messagefont --titlefont" +
		" --helpmessage --icon -i --iconsize --iconalpha --iconalttext --overlayicon -y --bannerimage -n --bannertitle --bannertext" +
		" --bannerheight --button1text --button1symbol --button2text --button2symbol --infobuttontext --infobuttonsymbol" +
		" --buttonstyle --buttonsize --textfield --selecttitle --selectvalues --selectdefault --timer --infotext --infobox" +
		" --width --height --background -bg --bgalpha -ba --bgposition -bp --bgfill -bf --bgscale -bs --position --positionoffset" +
		" --quitkey --commandfile --appearance --vieworder --seticon --pid "
	dialogSwitches = " --button2 -2 --infobutton -3 --version -v --hideicon -h --centreicon --centericon --hidetimerbar --hidetimer" +
		" --blurscreen --moveable -o --ontop -p --small -s --big -b --fullscreen -f --quitoninfo --json -j --ignorednd -d --mini" +
		" --showonallscreens --showdockicon --windowbuttons --resizable --hidedefaultkeyboardaction --hideotherapps "
)

// dialogOption is one option with its value.
type dialogOption struct{ name, value string }

// dialogOptions reads the command line. swiftDialog ignores an option that it
// does not know; here it is not simulated. observed: its source: an option is
// without its value if the next word begins with a hyphen.
func dialogOptions(args []string) ([]dialogOption, bool) {
	var options []dialogOption
	for len(args) > 0 {
		name := args[0]
		args = args[1:]
		o := dialogOption{name: name}
		switch {
		case strings.ContainsRune(name, ' '):
			return nil, false
		case strings.Contains(dialogSwitches, " "+name+" "):
		case !strings.Contains(dialogValues, " "+name+" "):
			return nil, false
		case len(args) > 0 && !strings.HasPrefix(args[0], "-"):
			o.value, args = strings.ReplaceAll(args[0], `\n`, "\n"), args[1:]
		}
		options = append(options, o)
	}
	return options, true
}

// window is the dialog that the options ask for.
type window struct {
	button1, button2, info string // the labels; empty: there is no such button
	fields                 []windowField
	json, timer, infoQuits bool
}

// windowField is a field for a text, or a choice of several.
type windowField struct {
	title    string
	value    string
	required bool
	choices  []string
	choice   bool
}

// newWindow reads the options. documented: the usual labels, and that none hides
// the first button.
func newWindow(options []dialogOption) (window, bool) {
	w := window{button1: "OK"}
	for _, o := range options {
		switch o.name {
		case "--button1text":
			w.button1 = either(o.value == "none" || o.value == "", "", o.value)
		case "--button2", "-2":
			w.button2 = either(w.button2 == "", "Cancel", w.button2)
		case "--button2text":
			w.button2 = either(o.value == "", "Cancel", o.value)
		case "--infobutton", "-3":
			w.info = either(w.info == "", "More Information", w.info)
		case "--infobuttontext":
			w.info = either(o.value == "", "More Information", o.value)
		case "--quitoninfo":
			w.infoQuits = true
		case "--json", "-j":
			w.json = true
		case "--timer":
			w.timer = true
		case "--textfield", "--selecttitle", "--selectvalues", "--selectdefault":
			if !w.field(o) {
				return window{}, false
			}
		}
	}
	return w, true
}

// field adds a field, or says more of the last choice.
func (w *window) field(o dialogOption) bool {
	last := len(w.fields) - 1
	switch o.name {
	case "--textfield":
		f, ok := textField(o.value)
		w.fields = append(w.fields, f)
		return ok
	case "--selecttitle":
		title, required := strings.CutSuffix(o.value, ",required")
		w.fields = append(w.fields, windowField{title: title, required: required, choice: true})
		return !strings.ContainsRune(title, ',')
	case "--selectvalues":
		if last < 0 || !w.fields[last].choice {
			return false
		}
		for value := range strings.SplitSeq(o.value, ",") {
			w.fields[last].choices = append(w.fields[last].choices, strings.TrimSpace(value))
		}
		return true
	}
	if last < 0 || !w.fields[last].choice {
		return false
	}
	w.fields[last].value = o.value
	return true
}

// textField reads a field with its modifiers. documented: the label, secure,
// required, prompt and value; the others are not simulated.
func textField(value string) (windowField, bool) {
	title, modifiers, _ := strings.Cut(value, ",")
	f := windowField{title: strings.TrimSpace(title)}
	for modifier := range strings.SplitSeq(modifiers, ",") {
		key, what, _ := strings.Cut(strings.TrimSpace(modifier), "=")
		switch key {
		case "", "secure", "prompt":
		case "required":
			f.required = true
		case "value":
			f.value = strings.Trim(what, `"`)
		default:
			return f, false
		}
	}
	return f, f.title != ""
}
