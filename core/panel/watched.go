package panel

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

// Names of the files of a run.
const (
	journalFile  = "run.db"
	cassetteFile = "llm.db"
)

// watched is a run that the panel shows.
type watched struct {
	Run
	slug string
	city *city.City
	hub  hub
	memo memo

	mu     sync.Mutex
	reader *control.Queue
	writer *control.Queue
}

func watch(r Run) *watched {
	w := &watched{
		Run: r, slug: slugOf(r.Name),
		city: city.New(city.Paths{Journal: filepath.Join(r.Dir, journalFile), Cassette: filepath.Join(r.Dir, cassetteFile)}),
	}
	w.hub.now = w.pulse
	return w
}

// slugOf is a run's name as one part of an address. It only finds runs that the
// panel was given: no path is made of it.
func slugOf(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '/', r == '\\', r == '?', r == '#', r == '%', r < ' ':
			return '~'
		}
		return r
	}, strings.Trim(name, "/."))
}

// commands is the run's queue for reading.
func (w *watched) commands(ctx context.Context) (*control.Queue, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.writer != nil {
		return w.writer, nil
	}
	var err error
	if w.reader == nil {
		w.reader, err = control.OpenReadOnly(ctx, filepath.Join(w.Dir, control.File))
		if err != nil {
			w.reader = nil
		}
	}
	return w.reader, err
}

// orders is the run's queue for writing. Its file is made by the first order.
func (w *watched) orders(ctx context.Context) (*control.Queue, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.writer != nil {
		return w.writer, nil
	}
	writer, err := control.Open(ctx, filepath.Join(w.Dir, control.File))
	if err == nil {
		w.writer = writer
	}
	return writer, err
}

// close lets go of the run's files.
func (w *watched) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	errs := []error{w.city.Close()}
	for _, q := range []*control.Queue{w.reader, w.writer} {
		if q != nil {
			errs = append(errs, q.Close())
		}
	}
	w.reader, w.writer = nil, nil
	return errors.Join(errs...)
}
