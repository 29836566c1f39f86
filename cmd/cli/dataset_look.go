package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/search"
)

func datasetStatsCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use:   "stats DATASET",
		Short: "Tell what a dataset holds, and what was left out and why",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := manifest.Read(args[0])
			if err != nil {
				return usageError{err}
			}
			if s.json {
				s.printJSON(m)
				return nil
			}
			s.datasetStats(m)
			return nil
		},
	}
}

func (s *State) datasetStats(m *manifest.Manifest) {
	fmt.Fprintf(s.Stdout, "%s: %d messages, %s, %s to %s (UTC)\n\n", m.Name, m.Messages, plural(len(m.Chats), "chat", "chats"), date(m.From), date(m.To))
	s.datasetTables(m)
	fmt.Fprintln(s.Stdout)
	replaced := newTable("personal data", "replaced")
	for _, kind := range sortedKeys(m.PII) {
		replaced.row(kind, fmt.Sprint(m.PII[kind]))
	}
	replaced.write(s.Stdout)
	for _, h := range m.Figures {
		fmt.Fprintf(s.Stdout, "\n%s (%s)\n", h.Title, h.Unit)
		bars(s, h)
	}
}

// bars draws a histogram of text.
func bars(s *State, h manifest.Histogram) {
	const width = 50
	most, labels := int64(1), 0
	for i, n := range h.Counts {
		most, labels = max(most, n), max(labels, utf8.RuneCountInString(h.Label(i)))
	}
	for i, n := range h.Counts {
		label := h.Label(i)
		label = strings.Repeat(" ", labels-utf8.RuneCountInString(label)) + label
		fmt.Fprintln(s.Stdout, strings.TrimRight(fmt.Sprintf("  %s %s %d", label, strings.Repeat("█", int(n*width/most)), n), " "))
	}
}

func datasetShowCommand(s *State) *cobra.Command {
	var split string
	var count, skip int
	cmd := &cobra.Command{
		Use:   "show DATASET [EXAMPLE…]",
		Short: "Print examples",
		Example: `  gorod dataset show datasets/mine --count 5
  gorod dataset show datasets/mine chat-1/12/3045`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return s.datasetExamples(args[0], args[1:])
			}
			return s.datasetPage(args[0], split, skip, count)
		},
	}
	cmd.Flags().StringVar(&split, "split", "train", "split: train, validation or test")
	cmd.Flags().IntVar(&count, "count", 3, "how many")
	cmd.Flags().IntVar(&skip, "skip", 0, "how many to pass over first")
	return cmd
}

func (s *State) datasetExamples(dir string, ids []string) error {
	for _, id := range ids {
		row, err := search.Find(dir, id)
		if err != nil {
			return usageError{err}
		}
		if row == nil {
			return usagef("%s has no example %q: ids look like chat-1/12/3045; gorod dataset search finds them", dir, id)
		}
		s.datasetExample(row)
	}
	return nil
}

// errEnough ends the reading of a file.
var errEnough = errors.New("enough")

func (s *State) datasetPage(dir, split string, skip, count int) error {
	m, err := manifest.Read(dir)
	if err != nil {
		return usageError{err}
	}
	for _, part := range m.Splits {
		if part.Name != split {
			continue
		}
		if part.Examples == 0 {
			return usagef("the split %s of %s is empty", split, dir)
		}
		n := 0
		err := format.ReadParquet(filepath.Join(dir, manifest.DataDir, split+".parquet"), func(r *format.Row) error {
			if n++; n > skip+count {
				return errEnough
			}
			if n > skip {
				s.datasetExample(r)
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	}
	return usagef("no split %q: there are train, validation and test", split)
}

func (s *State) datasetExample(r *format.Row) {
	if s.json {
		s.printJSON(r)
		return
	}
	role := ""
	if r.Role != "" {
		role = ", with: " + flat(r.Role)
	}
	fmt.Fprintf(s.Stdout, "%s  %s  %s%s\n", r.ID, r.Split, clock(r.Time), role)
	for i := range r.Turns {
		t := &r.Turns[i]
		mark := "  "
		if t.Role == format.Assistant {
			mark = "> "
		}
		indent := "\n" + strings.Repeat(" ", 4)
		fmt.Fprintf(s.Stdout, "%s%s: %s\n", mark, flat(t.Speaker), strings.ReplaceAll(printable(t.Text), "\n", indent))
	}
	for _, e := range r.Retrieved {
		fmt.Fprintf(s.Stdout, "  ~ %.2f  %s → %s\n", e.Score, flat(e.Turn), flat(e.Reply))
	}
	fmt.Fprintln(s.Stdout)
}

func datasetSearchCommand(s *State) *cobra.Command {
	var model string
	var count int
	cmd := &cobra.Command{
		Use:   "search DATASET TEXT",
		Short: "Find the exchanges that are most like a text",
		Long: `Find the exchanges that are most like a text: by character n-grams, offline; with
--model, the best of these are ranked by the embeddings of that model.`,
		Example: `  gorod dataset search datasets/mine "когда приедешь?"
  gorod dataset search datasets/mine "когда приедешь?" --model bge-m3`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.datasetSearch(cmd.Context(), args[0], args[1], model, count)
		},
	}
	cmd.Flags().StringVar(&model, "model", "", "embedding `model` of the Ollama of the settings")
	cmd.Flags().IntVar(&count, "count", 10, "how many to find")
	return cmd
}

func (s *State) datasetSearch(ctx context.Context, dir, text, model string, count int) error {
	if strings.TrimSpace(text) == "" || count < 1 {
		return usagef("dataset search: say what to look for, and a --count of at least 1")
	}
	first, err := s.embedder(provide.Reference)
	if err != nil {
		return err
	}
	g := newGauge(s)
	opts := search.Options{K: count, First: first, Progress: func(done, total int64) { g.set("search", "examples", done, total) }}
	if model != "" {
		if opts.Then, err = s.embedder(model); err != nil {
			return err
		}
	}
	hits, err := search.Nearest(ctx, dir, text, opts)
	g.close()
	if err != nil {
		return fmt.Errorf("dataset search: %w", err)
	}
	for _, h := range hits {
		if s.json {
			s.printJSON(h)
			continue
		}
		fmt.Fprintf(s.Stdout, "%.3f  %s  %s  %s\n  %s\n  → %s\n", h.Score, h.ID, h.Split, clock(h.Time), flat(h.Turn), flat(h.Reply))
	}
	return nil
}

// embedder makes vectors with a model of the Ollama of the settings, or of
// character n-grams.
func (s *State) embedder(model string) (search.Embed, error) {
	m := spec.Model{Provider: provide.Reference}
	if model != provide.Reference {
		m = spec.Model{Provider: provide.Ollama, Model: model, Endpoints: []string{s.settings.Ollama}, Parallel: 1, Timeout: 5 * time.Minute, Retries: 2}
	}
	set, err := provide.New(map[string]spec.Model{model: m}, s.Getenv, s.log)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, texts []string) ([][]float32, error) {
		response, err := set.Provider(model).Embed(ctx, llm.EmbedRequest{Model: m.Model, Texts: texts})
		if err != nil {
			return nil, err
		}
		return response.Vectors, nil
	}, nil
}

// date is a day in UTC.
func date(unix int64) string {
	if unix == 0 {
		return "–"
	}
	return time.Unix(unix, 0).UTC().Format(time.DateOnly)
}

// clock is a time in UTC of milliseconds since 1970.
func clock(milliseconds int64) string {
	return time.UnixMilli(milliseconds).UTC().Format("2006-01-02 15:04")
}
