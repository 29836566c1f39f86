package estimate

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"
)

// Report is an estimate. Sizes are in bytes.
type Report struct {
	Name       string   `json:"name"`
	Model      string   `json:"model"`
	Shape      Shape    `json:"shape"`
	Parameters int64    `json:"parameters"`
	Trained    int64    `json:"trained"`
	CPU        bool     `json:"cpu"`
	World      int      `json:"gpus"`     // in all; 1 also on the CPU
	Strategy   string   `json:"strategy"` // single, ddp or fsdp
	Batch      int      `json:"batch"`
	Length     int      `json:"length"` // tokens of the longest sequence
	Memory     Memory   `json:"memory"`
	Needed     int64    `json:"needed"` // of each GPU: the sum of Memory
	Limit      int64    `json:"limit"`  // that each has; 0: not known
	Fits       bool     `json:"fits"`
	Knobs      []Knob   `json:"knobs,omitempty"`
	Together   bool     `json:"together,omitempty"` // the knobs are to be turned together and not one of them
	Smallest   string   `json:"smallest_card"`      // that does; empty: none
	Card       string   `json:"card"`               // that the time is told for
	Options    []Option `json:"cards"`
	Work       Work     `json:"work"`
	Notes      []string `json:"notes,omitempty"`
}

// Option is a card on which the job could run.
type Option struct {
	Card
	Fits  bool          `json:"fits"`
	Speed float64       `json:"tokens_per_second"` // of one
	Time  time.Duration `json:"time"`              // 0: not known
	Cost  float64       `json:"cost"`              // at the job's price of a GPU-hour
}

// TooLarge says that a job cannot fit, and what to do.
type TooLarge struct{ Report *Report }

// Error names the knobs.
func (e *TooLarge) Error() string {
	r, where := e.Report, "each GPU"
	if r.CPU {
		where = "the machine"
	}
	s := fmt.Sprintf("%s needs %s on %s, which has %s", r.Name, gb(r.Needed), where, gb(r.Limit))
	switch {
	case len(r.Knobs) == 0 && r.CPU:
		return s + fmt.Sprintf("; set resources.memory to %d", (r.Needed+1e9-1)/1e9)
	case len(r.Knobs) == 0 && r.Smallest != "":
		return s + "; no knob helps: it takes a larger card, such as " + r.Smallest
	case len(r.Knobs) == 0:
		return s + "; no knob helps: choose a smaller base model"
	}
	texts := make([]string, len(r.Knobs))
	for i, k := range r.Knobs {
		texts[i] = k.String()
	}
	how := "; turn one of: "
	if r.Together {
		how = "; turn all of: "
	}
	s += how + strings.Join(texts, "; ")
	if r.CPU {
		s += fmt.Sprintf("; or set resources.memory to %d", (r.Needed+1e9-1)/1e9)
	}
	return s
}

// Err is a *TooLarge where the job does not fit, and nil where it does or where
// it is not known what there is.
func (r *Report) Err() error {
	if r.Fits {
		return nil
	}
	return &TooLarge{r}
}

// Option is that of the card that the time is told for; nil where there is none.
func (r *Report) Option() *Option {
	for i := range r.Options {
		if r.Options[i].Name == r.Card {
			return &r.Options[i]
		}
	}
	return nil
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Write prints the report as tables.
func (r *Report) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, %s parameters, %s trained\n\n", r.Name, r.Model, amount(r.Parameters), amount(r.Trained))
	writeTable(&b, r.memoryRows())
	b.WriteString("\n")
	if r.Work.Examples > 0 {
		fmt.Fprintf(&b, "%d examples, %s tokens a pass with padding; %s on %s\n\n", r.Work.Examples, amount(int64(r.Work.Tokens)), counted(r.Work.Steps, "step"), r.machines())
	}
	writeTable(&b, r.cardRows())
	for _, n := range r.Notes {
		b.WriteString("\nnote: " + n)
	}
	if err := r.Err(); err != nil {
		b.WriteString("\n" + err.Error())
	}
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

func (r *Report) memoryRows() [][]string {
	head := "GPU"
	if r.CPU {
		head = "machine"
	}
	rows := [][]string{{"memory of each " + head, "GB", ""}}
	m := &r.Memory
	for _, part := range []struct {
		name  string
		bytes int64
		what  string
	}{
		{"linear weights", m.Linears, "frozen"}, {"other weights", m.Others, "embeddings and norms, 16 bits"},
		{"adapters", m.Adapters, "32 bits"}, {"gradients", m.Gradients, "32 bits"}, {"optimizer", m.Optimizer, ""},
		{"activations", m.Activations, fmt.Sprintf("%d sequences of %d tokens", r.Batch, r.Length)}, {"layer at work", m.Layer, ""},
		{"logits", m.Logits, fmt.Sprintf("vocabulary of %d", r.Shape.Vocab)}, {"gathered", m.Gathered, "weights of other GPUs"}, {"context", m.Context, ""},
	} {
		if part.bytes > 0 {
			rows = append(rows, []string{"  " + part.name, fmt.Sprintf("%.2f", float64(part.bytes)/1e9), part.what})
		}
	}
	there := ""
	if r.Limit > 0 {
		there = "of " + gb(r.Limit)
	}
	return append(rows, []string{"  sum", fmt.Sprintf("%.2f", float64(r.Needed)/1e9), there})
}

// cardRows tells of the smallest card of each size that does, and of the one
// that is meant.
func (r *Report) cardRows() [][]string {
	rows := [][]string{{"card", "GB", "fits", "tokens/s", "time", "cost"}}
	if !slices.ContainsFunc(r.Options, func(o Option) bool { return o.Cost > 0 }) {
		rows[0][5] = "" // no price was given
	}
	for _, o := range r.Options {
		if !o.Fits && o.Name != r.Card {
			continue
		}
		length, cost := spoken(o.Time), ""
		if o.Cost > 0 {
			cost = fmt.Sprintf("%.2f", o.Cost)
		}
		mark := map[bool]string{true: "yes", false: "no"}[o.Fits]
		name := o.Name
		if name == r.Card {
			name += " ←"
		}
		rows = append(rows, []string{name, fmt.Sprintf("%.0f", o.GB), mark, fmt.Sprintf("%.0f", o.Speed*float64(r.World)), length, cost})
	}
	return rows
}

// machines are what the steps run on.
func (r *Report) machines() string {
	if r.CPU {
		return "the CPU"
	}
	return counted(r.World, "GPU")
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// amount is a number for people.
func amount(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.2f billion", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f million", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.0f thousand", float64(n)/1e3)
	default:
		return fmt.Sprint(n)
	}
}

// spoken is a time as far as an estimate is good for.
func spoken(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < time.Hour:
		return max(d.Round(time.Second), time.Second).String()
	default:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
}

// writeTable lines up columns by what they take on a screen.
func writeTable(w *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(runewidth.FillRight(cell, widths[i]+2))
		}
		w.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

func gb(bytes int64) string { return fmt.Sprintf("%.1f GB", float64(bytes)/1e9) }
