// Command daemon is the least that a daemon of our kind can cost: it links the
// same four libraries as the agent, starts some tools at every interval, posts
// what they print, and understands nothing of it. It is for measurements alone
// and never shipped.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec" //nolint:depguard // it is measured, and never shipped
	"os/signal"
	"syscall"
	"time"

	"github.com/groob/plist" //nolint:depguard // whoever measures wrote what it reads
	"github.com/kardianos/service"
	"github.com/spf13/viper" //nolint:depguard // as the agent does
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/sync/errgroup"
)

// settings are what its configuration says.
type settings struct {
	URL      string
	Interval time.Duration
	Commands [][]string
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "daemon: %s\n", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

// run takes the configuration's path, and works until it is told to end.
func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: daemon CONFIG")
	}
	s, err := read(args[0])
	if err != nil {
		return err
	}
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	log := zap.New(zapcore.NewCore(encoder, zapcore.Lock(os.Stderr), zapcore.InfoLevel))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	d := &daemon{settings: s, log: log, ctx: ctx, ended: make(chan struct{})}
	wait := service.KeyValue{"RunWait": func() { <-d.ended }}
	host, err := service.New(d, &service.Config{Name: "dev.tokenward.floor", Option: wait})
	if err != nil {
		return err
	}
	return host.Run()
}

// read takes a property list and hands it to viper, as the agent does with what
// an MDM server sent.
func read(path string) (settings, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return settings{}, err
	}
	var written map[string]any
	if err := plist.Unmarshal(data, &written); err != nil {
		return settings{}, err
	}
	v := viper.New() //nolint:forbidigo // an instance, as in agent/config
	if err := v.MergeConfigMap(written); err != nil {
		return settings{}, err
	}
	var s settings
	return s, v.Unmarshal(&s)
}

type daemon struct {
	settings
	log   *zap.Logger
	ctx   context.Context //nolint:containedctx // the library's Start has none
	ended chan struct{}
}

// Start begins the work and returns at once, as the library requires.
func (d *daemon) Start(service.Service) error {
	go d.loop()
	return nil
}

// Stop has nothing left to do: the work has ended when it is called.
func (d *daemon) Stop(service.Service) error { return nil }

func (d *daemon) loop() {
	defer close(d.ended)
	timer := time.NewTimer(0)
	defer timer.Stop()
	fmt.Println("ready") //nolint:forbidigo // for whoever measures how long the start took
	for {
		select {
		case <-d.ctx.Done():
			return
		case <-timer.C:
		}
		next, err := d.once()
		d.log.Info("checked", zap.Duration("next", next), zap.Error(err))
		timer.Reset(next)
	}
}

// once runs every command, four at a time, posts what they said, and returns
// when to do it again.
func (d *daemon) once() (next time.Duration, err error) {
	ctx, cancel := context.WithTimeout(d.ctx, time.Minute)
	defer cancel()
	said := make([]string, len(d.Commands))
	var group errgroup.Group
	group.SetLimit(4)
	for i, c := range d.Commands {
		group.Go(func() error {
			said[i] = answer(ctx, c)
			return nil
		})
	}
	_ = group.Wait() // what a tool says is never an error
	return d.post(ctx, said)
}

func answer(ctx context.Context, command []string) string {
	var out, other bytes.Buffer
	c := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // whoever measures wrote the list
	c.Stdout, c.Stderr = &out, &other
	_ = c.Run() // an exit status is an answer
	return out.String()
}

// post sends what was said. Its answer may name another interval.
func (d *daemon) post(ctx context.Context, said []string) (time.Duration, error) {
	body, err := json.Marshal(map[string]any{"reports": []any{map[string]any{"report_id": "floor", "facts": said}}})
	if err != nil {
		return d.Interval, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(body))
	if err != nil {
		return d.Interval, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return d.Interval, err
	}
	defer response.Body.Close()
	const enough = 1 << 20
	text, err := io.ReadAll(io.LimitReader(response.Body, enough))
	if err != nil {
		return d.Interval, err
	}
	var answer struct {
		Next struct {
			Seconds int64 `json:"check_s"`
		} `json:"next"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Next.Seconds == 0 {
		return d.Interval, err
	}
	return time.Duration(answer.Next.Seconds) * time.Second, nil
}
