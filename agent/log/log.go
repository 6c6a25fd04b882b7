// Package log is the daemon's log: one JSON object a line, in a file that the
// daemon rotates itself, and a few words in the Mac's unified log.
//
// A log must not become the trouble that it is there to tell of. Writing never
// waits for the disk, never ends the daemon, and never fills a disk beyond its
// limits; what is lost is counted, and told when it can be.
package log

import (
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Limits bound what the log takes on the disk: Bytes times Files.
type Limits struct {
	Bytes int // of one file
	Files int // with the one that is written to
}

// Console is a log for people who look at a terminal, or in JSON for what stands in
// for one. Nothing is sampled away.
func Console(out io.Writer, terminal bool, level zapcore.LevelEnabler) *zap.Logger {
	encoder := zapcore.NewJSONEncoder(encoding())
	if terminal {
		encoder = zapcore.NewConsoleEncoder(encoding())
	}
	return named(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(out)), level))
}

// Level is the level of that name; one that is not known is info.
func Level(name string) zapcore.Level {
	level, err := zapcore.ParseLevel(name)
	if err != nil {
		return zapcore.InfoLevel // validated with the configuration
	}
	return level
}

func named(core zapcore.Core) *zap.Logger {
	// What zap itself has to say, such as that a line could not be written, goes
	// nowhere: standard error is for panics, and lost lines are counted.
	return zap.New(core, zap.ErrorOutput(zapcore.AddSync(io.Discard))).Named("tokenward")
}

func encoding() zapcore.EncoderConfig {
	c := zap.NewProductionEncoderConfig()
	c.EncodeTime = zapcore.TimeEncoderOfLayout(time.RFC3339)
	c.EncodeDuration = zapcore.StringDurationEncoder
	return c
}
