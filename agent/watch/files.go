package watch

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/fsnotify/fsnotify"
)

// files asks the kernel to tell of changes (kqueue on a Mac, inotify elsewhere).
// Its zero value watches nothing, and its places are compared.
type files struct {
	watcher *fsnotify.Watcher // nil if the kernel gave none
	err     error             // why
}

func watchFiles() files {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return files{err: err}
	}
	return files{watcher: watcher}
}

func (f files) close() {
	if f.watcher != nil {
		_ = f.watcher.Close() // its events end, whatever it says
	}
}

// events never comes where nothing is watched.
func (f files) events() <-chan fsnotify.Event {
	if f.watcher == nil {
		return nil
	}
	return f.watcher.Events
}

func (f files) errors() <-chan error {
	if f.watcher == nil {
		return nil
	}
	return f.watcher.Errors
}

// look says whether a place has changed since the latest look that could see it,
// and has it watched from now on. What changes before the watch is set is
// noticed at the next beat.
func (f files) look(p *place) bool {
	now, err := look(p.path, p.room)
	f.hold(p, now, err)
	changed := p.last.changed(now)
	if now.seen {
		p.last = now
	}
	if !p.deep {
		return changed
	}
	f.enter(p, now)
	return f.lookWithin(p) || changed
}

// enter makes the folders in a place its inner places. As long as nobody may know
// which there are, they are those that there were.
func (f files) enter(p *place, now stamp) {
	if now.unlisted() {
		return
	}
	var inner []*place
	for _, entry := range now.entries {
		if entry.IsDir() {
			inner = append(inner, p.within(entry.Name()))
		}
	}
	for _, was := range p.inner {
		if !slices.Contains(inner, was) {
			f.release(was, Compared, nil)
		}
	}
	p.inner = inner
}

// lookWithin looks at the inner places. They share the room of the place with its
// own entries: once it is not enough for a folder, there is none for the rest.
func (f files) lookWithin(p *place) bool {
	changed := false
	room := p.room - len(p.last.entries)
	for _, in := range p.inner {
		in.room = room
		changed = f.look(in) || changed
		room = max(room-len(in.last.entries), 0) // which one that is out of sight may have outgrown
		if in.last.crowd {
			room = 0
		}
	}
	return changed
}

// hold watches what is at a place now: a watch may still be set on what was there
// before, or be gone with it.
func (f files) hold(p *place, now stamp, err error) {
	switch {
	case err != nil:
		f.release(p, Denied, err)
	case f.watcher == nil:
		f.release(p, Compared, f.err)
	case now.info == nil:
		f.release(p, Compared, errNothingThere)
	case now.crowd:
		f.release(p, Compared, errCrowded)
	case !now.info.Mode().IsRegular() && !now.info.IsDir():
		f.release(p, Compared, errOddKind)
	case p.held == nil || !os.SameFile(p.held, now.info) || !slices.Contains(f.watcher.WatchList(), p.path):
		f.renew(p, now.info)
	}
}

var (
	errNothingThere = errors.New("nothing is there yet")
	errCrowded      = errors.New("too many files to watch")
	errOddKind      = errors.New("neither a file nor a folder")
)

func (f files) renew(p *place, info fs.FileInfo) {
	f.release(p, Watched, nil)
	if err := f.watcher.Add(p.path); err != nil {
		p.how, p.why = Compared, err.Error()
		return
	}
	p.held = info
}

func (f files) release(p *place, how How, why error) {
	if p.held != nil {
		_ = f.watcher.Remove(p.path) // with what it was set on, the watch may be gone already
	}
	p.held, p.how, p.why = nil, how, ""
	if why != nil {
		p.why = why.Error()
	}
}
