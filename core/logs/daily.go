package logs

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// kept is how long a day's file stays.
const kept = 30 * 24 * time.Hour

const dayFormat = "2006-01-02"

// daily is a file a day: gorod-2026-03-02.log.
type daily struct {
	dir  string
	now  func() time.Time
	mu   sync.Mutex
	day  string
	file *os.File
}

func openDaily(dir string, now func() time.Time) (*daily, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	d := &daily{dir: dir, now: now}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d, d.turn()
}

// Write appends to the day's file.
func (d *daily) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.turn(); err != nil {
		return 0, err
	}
	return d.file.Write(p)
}

// Close closes the day's file.
func (d *daily) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.file.Close()
}

// turn opens the file of today and removes those that are too old.
func (d *daily) turn() error {
	today := d.now().Format(dayFormat)
	if d.file != nil && d.day == today {
		return nil
	}
	file, err := os.OpenFile(filepath.Join(d.dir, "gorod-"+today+".log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	if d.file != nil {
		d.file.Close()
	}
	d.file, d.day = file, today
	return d.prune()
}

func (d *daily) prune() error {
	files, err := filepath.Glob(filepath.Join(d.dir, "gorod-*.log"))
	if err != nil {
		return fmt.Errorf("prune the log: %w", err)
	}
	for _, f := range files {
		name := filepath.Base(f)
		day, err := time.Parse(dayFormat, name[len("gorod-"):len(name)-len(".log")])
		if err == nil && d.now().Sub(day) > kept {
			if err := os.Remove(f); err != nil {
				return fmt.Errorf("prune the log: %w", err)
			}
		}
	}
	return nil
}
