package runner

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/spec"
)

// Names of files in a study's run directory and in the folder of each run.
const (
	StudyFile    = "study.yaml"
	ManifestFile = "manifest.json"
	JournalFile  = "run.db"
	ControlFile  = control.File // what people asked of the run from outside; where they did
	CassetteFile = "llm.db"
	RunFile      = "run.json" // of a run that a cluster's task computed
	ReportDir    = "report"
	ExportDir    = "export"
)

// NewDir is the run directory of a study that starts now: root/name-yyyymmdd-hhmmss,
// with -2, -3, … where that is taken. It is created.
func NewDir(root, name string, now time.Time) (string, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", fmt.Errorf("make the folder of runs: %w", err)
	}
	base := filepath.Join(root, name+"-"+now.Format("20060102-150405"))
	for i := 1; ; i++ {
		dir := base
		if i > 1 {
			dir += "-" + strconv.Itoa(i)
		}
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("make the run directory: %w", err)
		}
	}
}

// runDir is the folder of one run.
func runDir(study, cell string, seed uint64) string {
	return filepath.Join(study, cell, strconv.FormatUint(seed, 10))
}

// Planned is one run of a study.
type Planned struct {
	Cell spec.Cell
	Seed uint64
	Dir  string
}

// Key names the run in its study: CELL/SEED.
func (p Planned) Key() string { return p.Cell.Name + "/" + strconv.FormatUint(p.Seed, 10) }

// Begun reports whether the run has a journal.
func (p Planned) Begun() bool {
	_, err := os.Stat(filepath.Join(p.Dir, JournalFile))
	return err == nil
}

// Plan lists the runs of a study that live in dir: cells in order, each with
// its seeds.
func Plan(study *spec.Study, dir string) ([]Planned, error) {
	cells, err := study.Cells()
	if err != nil {
		return nil, err
	}
	var runs []Planned
	for _, cell := range cells {
		for i := range cell.Study.Repeats {
			seed := cell.Study.Seed + uint64(i)
			runs = append(runs, Planned{cell, seed, runDir(dir, cell.Name, seed)})
		}
	}
	return runs, nil
}

// WriteFile replaces a file as a whole: a reader sees the old one or the new.
func WriteFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name()) // fails once renamed, as it should
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// WriteJSON writes a value as indented JSON, as WriteFile does.
func WriteJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return WriteFile(path, append(data, '\n'))
}

// ErrInUse says that a folder for a new study is not empty.
var ErrInUse = errors.New("this is no empty folder")

// UseDir makes a folder that the user named into a run directory. It must be
// new or empty.
func UseDir(dir string) (string, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return "", fmt.Errorf("%s: %w: it is a file; choose another", dir, ErrInUse)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the run directory: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("look into the run directory: %w", err)
	}
	// A lock is all that is left where a study could not begin.
	if len(entries) > 1 || len(entries) == 1 && entries[0].Name() != lockFile {
		return "", fmt.Errorf("%s: %w; choose another, or go on with --resume %s", dir, ErrInUse, dir)
	}
	return filepath.Clean(dir), nil
}
