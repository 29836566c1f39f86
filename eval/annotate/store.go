package annotate

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/llm-city/gorod/eval/report/evaluation"
	"github.com/llm-city/gorod/eval/sample"
)

// AnswersFile has what people answered, a JSON object a line, in the order in
// which they did. A later answer of the same person to the same question holds.
const AnswersFile = "annotations.jsonl"

// ErrBusy says that an evaluation is being annotated already: one page takes any
// number of annotators.
var ErrBusy = errors.New("it is being annotated already")

// answer is a line of AnswersFile: all that a score needs.
type answer struct {
	ID        string    `json:"id"`
	Annotator string    `json:"annotator"`
	At        time.Time `json:"at"`
	Ask       Ask       `json:"ask"`
	Sample    string    `json:"sample"`
	Task      string    `json:"task"`
	Subject   string    `json:"subject"`
	Item      string    `json:"item"`
	Cluster   string    `json:"cluster"`
	Repeat    int32     `json:"repeat"`
	Turn      int32     `json:"turn"`
	Measure   string    `json:"measure"`
	Value     float64   `json:"value"`
	Other     string    `json:"other,omitempty"`
	First     bool      `json:"first"`
	Length    int32     `json:"length"`
}

// score is the row of an answer.
func (a *answer) score() sample.Score {
	return sample.Score{
		Sample: a.Sample, Task: a.Task, Subject: a.Subject, Item: a.Item, Cluster: a.Cluster, Repeat: a.Repeat, Turn: a.Turn, Measure: a.Measure,
		Value: a.Value, By: sample.Annotator(a.Annotator), Other: a.Other, First: a.First, Length: a.Length,
	}
}

// store keeps answers in a file.
type store struct {
	file    *os.File
	rows    string // path of evaluation.HumanFile
	suite   string // digest
	answers []answer
	at      map[[2]string]int // by question and annotator
}

func openStore(ctx context.Context, dir, suite string) (*store, error) {
	path := filepath.Join(dir, AnswersFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the answers: %w", err)
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil { // until it is closed
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, ErrBusy), f.Close())
	}
	s := &store{file: f, rows: filepath.Join(dir, evaluation.HumanFile), suite: suite, at: map[[2]string]int{}}
	if err := s.read(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), f.Close())
	}
	if err := s.write(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

// maxAnswers bounds what is read: it is kept in memory.
const maxAnswers = 256 << 20

// read takes what was answered before. A last line without its end was being
// written when the machine or the process went down, and is dropped.
func (s *store) read(ctx context.Context) error {
	data, err := io.ReadAll(io.LimitReader(s.file, maxAnswers+1))
	if err != nil {
		return err
	}
	if len(data) > maxAnswers {
		return fmt.Errorf("more than %d bytes", maxAnswers)
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	number := 0
	for line := range bytes.Lines(data[:whole]) {
		number++
		var a answer
		if err := json.Unmarshal(line, &a); err != nil {
			return fmt.Errorf("line %d is no answer: %w", number, err)
		}
		s.keep(a)
	}
	if err := s.file.Truncate(int64(whole)); err != nil {
		return err
	}
	if _, err := s.file.Seek(int64(whole), io.SeekStart); err != nil {
		return err
	}
	return ctx.Err()
}

func (s *store) keep(a answer) {
	key := [2]string{a.ID, a.Annotator}
	if at, known := s.at[key]; known {
		s.answers[at] = a
		return
	}
	s.at[key] = len(s.answers)
	s.answers = append(s.answers, a)
}

// add brings an answer onto the disk.
func (s *store) add(a answer) error {
	line, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	if err := s.file.Sync(); err != nil {
		return fmt.Errorf("bring an answer onto the disk: %w", err)
	}
	s.keep(a)
	return s.write()
}

// write makes rows of the answers, in an order that does not depend on who was
// asked when.
func (s *store) write() error {
	if len(s.answers) == 0 {
		return nil
	}
	sorted := slices.Clone(s.answers)
	slices.SortFunc(sorted, func(a, b answer) int {
		return cmp.Or(cmp.Compare(a.Task, b.Task), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Sample, b.Sample),
			cmp.Compare(a.Other, b.Other), cmp.Compare(a.Annotator, b.Annotator))
	})
	rows := make([]sample.Score, len(sorted))
	for i := range sorted {
		rows[i] = sorted[i].score()
	}
	w, err := sample.Create[sample.Score](s.rows, map[string]string{"gorod.suite": s.suite})
	if err != nil {
		return err
	}
	defer w.Discard()
	if err := w.Write(rows); err != nil {
		return err
	}
	return w.Close()
}

func (s *store) close() error { return errors.Join(s.write(), s.file.Close()) }
