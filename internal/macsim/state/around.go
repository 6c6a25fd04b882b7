package state

import "time"

// Policy is the account policy, in the terms of pwpolicy.
type Policy struct {
	MinLength   int `yaml:"min_length,omitempty"`
	MaxFailures int `yaml:"max_failures,omitempty"` // wrong passwords until an account is shut
}

// Job is a job of launchd.
type Job struct {
	Label    string `yaml:"label"`
	Path     string `yaml:"path,omitempty"` // its property list
	Program  string `yaml:"program,omitempty"`
	Running  bool   `yaml:"running,omitempty"`
	PID      int    `yaml:"pid,omitempty"`
	LastExit *int   `yaml:"last_exit,omitempty"` // none: it has never ended
	Disabled bool   `yaml:"disabled,omitempty"`
	Unloaded bool   `yaml:"unloaded,omitempty"` // known by its file or by being disabled alone

	FromFile bool      `yaml:"from_file,omitempty"` // known by its file in the Mac's folder alone, and forgotten with it
	Ends     Duration  `yaml:"ends_in,omitempty"`   // how long its process takes to end when it is asked to
	Ending   time.Time `yaml:"ending,omitempty"`    // it is being unloaded, and gone at that time
}

// Package is the receipt of an installed package.
type Package struct {
	ID        string    `yaml:"id"`
	Version   string    `yaml:"version"`
	Volume    string    `yaml:"volume,omitempty"`   // "/" unless given
	Location  string    `yaml:"location,omitempty"` // where it was installed, without the first slash
	Installed time.Time `yaml:"installed,omitempty"`
}

// File is a file or a folder, such as an application, that lies in the Mac's
// folder besides the tools.
type File struct {
	Path     string    `yaml:"path"`
	Folder   bool      `yaml:"folder,omitempty"`
	Content  string    `yaml:"content,omitempty"`
	Mode     uint32    `yaml:"mode,omitempty"`     // 0644, of a folder 0755, unless given
	Denied   bool      `yaml:"denied,omitempty"`   // can be seen, and not be opened
	Modified time.Time `yaml:"modified,omitempty"` // when it came, unless given
	Signer   string    `yaml:"signer,omitempty"`   // Team ID that codesign shows; empty: not signed
}

// Proxy is how HTTPS travels. The zero value is the direct way.
type Proxy struct {
	Host       string   `yaml:"host,omitempty"` // of one proxy for everything
	Port       int      `yaml:"port,omitempty"`
	Script     string   `yaml:"script,omitempty"`          // URL of a script that decides
	Exceptions []string `yaml:"exceptions,omitempty,flow"` // that macOS makes itself unless given
	Refuses    bool     `yaml:"refuses,omitempty"`         // lets nobody through
}

// Person is who sits before the Mac and answers what osascript and swiftDialog
// show. Answers are used up in order; the last one stays. Without any the
// person is away, and a dialog runs into its own timeout.
type Person struct {
	Answers []Answer `yaml:"answers,omitempty"`
}

// Answer is what the person does with one dialog.
type Answer struct {
	Button string `yaml:"button,omitempty"` // the default button unless given
	Text   string `yaml:"text,omitempty"`   // typed into the first field
	Cancel bool   `yaml:"cancel,omitempty"`
	Quit   bool   `yaml:"quit,omitempty"` // by the keyboard, in swiftDialog
	Away   bool   `yaml:"away,omitempty"` // nothing, until the dialog gives up
}

// Fault is something that is wrong with a tool.
type Fault struct {
	Tool  string    `yaml:"tool"`                 // its name, such as profiles
	Args  []string  `yaml:"args,omitempty,flow"`  // the first arguments that it is about; none: all calls
	Kind  FaultKind `yaml:"kind"`                 //
	Text  string    `yaml:"text,omitempty"`       // what changed_wording prints instead of Old
	Old   string    `yaml:"old,omitempty"`        //
	Bytes int       `yaml:"bytes,omitempty"`      // of flood and truncated
	Exit  int       `yaml:"exit,omitempty"`       // of wrong_exit
	Takes Duration  `yaml:"takes,omitempty"`      // of slow
	Left  int       `yaml:"calls_left,omitempty"` // so many calls more; 0: forever
	Then  *Mac      `yaml:"then,omitempty"`       // of stale: the Mac as it was when the fault began
}

// FaultKind is the way in which a tool fails.
type FaultKind string

// The faults.
const (
	Hangs          FaultKind = "hang"            // prints nothing and never ends
	Floods         FaultKind = "flood"           // prints Bytes before its answer
	Truncated      FaultKind = "truncated"       // prints the first Bytes of its answer
	Denied         FaultKind = "denied"          // cannot be executed
	Missing        FaultKind = "missing"         // is not there
	WrongExit      FaultKind = "wrong_exit"      // ends with Exit
	ChangedWording FaultKind = "changed_wording" // says Text for Old
	PromptsTwice   FaultKind = "prompts_twice"   // asks every question twice
	Dies           FaultKind = "dies"            // is killed after half of its answer, when it has done what it was to do
	DiesBefore     FaultKind = "dies_before"     // is killed before it has done anything
	Lies           FaultKind = "lies"            // says that it is done and has done nothing
	Slow           FaultKind = "slow"            // takes its time
	Stale          FaultKind = "stale"           // answers from before
)
