package estimate

import (
	"fmt"
	"strconv"
	"strings"
)

// Knob is a value that makes a job fit: turned to To it needs Bytes.
type Knob struct {
	Path  string `json:"path"`
	From  string `json:"from"`
	To    string `json:"to"`
	Bytes int64  `json:"bytes"`
	Note  string `json:"note,omitempty"` // what it costs
}

// String is "training.batch: 4 → 2 (13.1 GB)".
func (k Knob) String() string {
	s := fmt.Sprintf("%s: %s → %s (%s)", k.Path, k.From, k.To, gb(k.Bytes))
	if k.Note != "" {
		s += ", " + k.Note
	}
	return s
}

// turn is a way to need less: it gives settings from the mildest on, each with
// the value that makes it.
type turn struct {
	path, from, note string
	each             func(s setting) []turned
}

type turned struct {
	to string
	s  setting
}

// knobs are the values that alone make a setting fit into a limit, each turned
// as little as will do; where none does, those that do it together. It is empty
// where nothing helps.
func knobs(s setting, limit int64) (found []Knob, together bool) {
	for _, t := range turns(&s) {
		if k, _, ok := t.fit(s, limit); ok {
			found = append(found, k)
		}
	}
	if len(found) > 0 {
		return found, false
	}
	for _, t := range turns(&s) {
		k, next, ok := t.fit(s, limit)
		if k.Path == "" {
			continue // there is nothing to turn
		}
		s, found = next, append(found, k)
		if ok {
			return found, true
		}
	}
	return nil, true
}

// fit turns a knob as little as makes the setting fit, or all the way.
func (t *turn) fit(s setting, limit int64) (Knob, setting, bool) {
	before, last := total(s), Knob{}
	for _, one := range t.each(s) {
		needs := total(one.s)
		if needs >= before {
			continue
		}
		last, before = Knob{t.path, t.from, one.to, needs, t.note}, needs
		s = one.s
		if needs <= limit {
			return last, s, true
		}
	}
	return last, s, false
}

func total(s setting) int64 {
	m := s.memory()
	return m.Total()
}

// turns are the knobs, those first that cost least.
func turns(s *setting) []turn {
	all := []turn{
		{"training.gradient_checkpointing", "false", "a third more time", func(s setting) []turned {
			s.checkpointing = true
			return []turned{{"true", s}}
		}},
		{"training.batch", strconv.Itoa(s.batch), "raise training.accumulate as much", func(s setting) []turned {
			return downTo(s, s.batch, 1, 1, func(s *setting, n int) { s.batch = n })
		}},
	}
	if s.optimizer == "adamw" && !s.cpu {
		all = append(all, turn{"training.optimizer", "adamw", "", func(s setting) []turned {
			s.optimizer = "adamw_8bit"
			return []turned{{s.optimizer, s}}
		}})
	}
	if !s.fourBit {
		all = append(all, turn{"method.kind", "lora", "", func(s setting) []turned {
			s.fourBit = true
			return []turned{{"qlora", s}}
		}})
	}
	all = append(all,
		turn{"training.max_length", strconv.Itoa(s.length), "longer examples lose their oldest turns", func(s setting) []turned {
			return downTo(s, (s.length-1)/64*64+64, 128, 64, func(s *setting, n int) { s.length = n })
		}},
		turn{"method.targets", names(s.on), "less is learnt", func(s setting) []turned {
			qkv := s
			qkv.on = s.shape.Modules()[:3]
			return []turned{{"qkv", qkv}}
		}},
		turn{"method.rank", strconv.Itoa(s.rank), "less is learnt", func(s setting) []turned {
			var out []turned
			for s.rank > 4 {
				s.rank = (s.rank + 1) / 2
				out = append(out, turned{strconv.Itoa(s.rank), s})
			}
			return out
		}},
	)
	if s.cpu || !s.fsdp { // copies take as much on any number of GPUs
		return all
	}
	return append(all, turn{"resources.gpus × nodes", strconv.Itoa(s.world), "weights are parted among them", moreGPUs})
}

func moreGPUs(s setting) []turned {
	var out []turned
	for _, n := range []int{2, 3, 4, 6, 8, 12, 16} {
		if n > s.world {
			more := s
			more.world = n
			out = append(out, turned{strconv.Itoa(n), more})
		}
	}
	return out
}

func names(on []Module) string {
	var all []string
	for _, m := range on {
		all = append(all, m.Name)
	}
	if len(all) == 7 {
		return "all-linear"
	}
	return strings.Join(all, ", ")
}

// downTo lowers a number by steps.
func downTo(s setting, from, to, step int, set func(*setting, int)) []turned {
	var out []turned
	for n := from - step; n >= to; n -= step {
		less := s
		set(&less, n)
		out = append(out, turned{strconv.Itoa(n), less})
	}
	return out
}
