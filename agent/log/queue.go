package log

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/sync/errgroup"
)

const (
	mostWaiting = 512       // lines that wait for a slow disk
	longestLine = 256 << 10 // a longer one is lost: no line of ours is near it
)

// Log is the daemon's log file. Make it with Open. It is safe for concurrent use.
type Log struct {
	file  *file // of the writing goroutine alone
	level zap.AtomicLevel
	lines chan []byte
	turns chan Limits
	lost  atomic.Uint64
	stop  context.CancelFunc
	ended chan struct{}
}

// Open begins to log to the file at that path, in a folder of the daemon's own, which
// it makes, and closes to everybody but root. It does not fail: what cannot be written
// is counted, and tried again with every line.
func Open(path string, limits Limits, level zapcore.Level) *Log {
	return open(&file{path: path, limits: limits}, level)
}

// OpenIn is Open for a file in a folder of somebody else's: one that is there, that
// nobody but root can take files from, and that keeps the rights that it has.
func OpenIn(path string, limits Limits, level zapcore.Level) *Log {
	return open(&file{path: path, limits: limits, kept: true}, level)
}

func open(f *file, level zapcore.Level) *Log {
	ctx, stop := context.WithCancel(context.Background())
	l := &Log{
		file: f, level: zap.NewAtomicLevelAt(level), stop: stop,
		lines: make(chan []byte, mostWaiting), turns: make(chan Limits, 1), ended: make(chan struct{}),
	}
	var group errgroup.Group
	group.Go(func() error { defer close(l.ended); l.run(ctx); return nil })
	return l
}

// Logger writes to the log. Nothing is sampled away.
func (l *Log) Logger() *zap.Logger {
	return named(zapcore.NewCore(zapcore.NewJSONEncoder(encoding()), l, l.level))
}

// Change sets another level and other limits, from the next line on.
func (l *Log) Change(level zapcore.Level, limits Limits) {
	l.level.SetLevel(level)
	select {
	case <-l.turns: // one that was not taken yet
	default:
	}
	select {
	case l.turns <- limits:
	default:
	}
}

// Lost is how many lines were lost since the last one that was written.
func (l *Log) Lost() uint64 { return l.lost.Load() }

// Write takes a line for the disk. It never waits and never fails: a line that
// finds no room is counted.
func (l *Log) Write(line []byte) (int, error) {
	if len(line) > longestLine {
		l.lost.Add(1)
		return len(line), nil
	}
	select {
	case l.lines <- append([]byte(nil), line...): // zap uses its own again
	default:
		l.lost.Add(1)
	}
	return len(line), nil
}

// Sync does not wait for the disk. Close does.
func (l *Log) Sync() error { return nil }

// Close writes what waits, for at most that long. A disk that hangs keeps nobody
// from ending.
func (l *Log) Close(within time.Duration) error {
	l.stop()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-l.ended:
	case <-timer.C:
		return fmt.Errorf("log: the disk took longer than %s", within)
	}
	if n := l.lost.Load(); n > 0 {
		return fmt.Errorf("log: %d lines could not be written", n)
	}
	return nil
}

// run writes until it is told to stop, and then what still waits.
func (l *Log) run(ctx context.Context) {
	defer l.file.close()
	l.file.trim()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case limits := <-l.turns:
			l.file.limits = limits
			l.file.trim()
		case line := <-l.lines:
			l.put(line)
		}
	}
	for {
		select {
		case line := <-l.lines:
			l.put(line)
		default:
			return
		}
	}
}

// put writes a line, and before it how many are missing there.
func (l *Log) put(line []byte) {
	if n := l.lost.Load(); n > 0 {
		if err := l.file.write(gap(n, time.Now())); err != nil {
			l.lost.Add(1)
			return
		}
		l.lost.Add(-n)
	}
	if err := l.file.write(line); err != nil {
		l.lost.Add(1)
	}
}

// gap is a line in the place of lines that were lost.
func gap(lost uint64, now time.Time) []byte {
	return []byte(`{"level":"warn","ts":"` + now.Format(time.RFC3339) + `","logger":"tokenward.log","msg":"lines were lost","lines":` +
		strconv.FormatUint(lost, 10) + "}\n")
}
