package estimate

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/llm-city/gorod/finetune/job"
)

// Options of an estimate; the zero value asks for what the job says.
type Options struct {
	// Card is what times are told for. Where it is empty it is the one that the
	// job's constraint names, or the smallest that does.
	Card string
	// Data is the size of the dataset; nil measures it.
	Data *Data
	// CharactersPerToken is what a tokenizer was seen to do with this dataset; 0
	// takes a figure for Russian.
	CharactersPerToken float64
	// WholeLogits says that the logits of all tokens are there at once. TRL's
	// trainer, which gorod's is, takes the loss in tiles.
	WholeLogits bool
	// Strategy is ddp or fsdp; empty: what the trainer takes, fsdp for bases of
	// more than 20 billion parameters.
	Strategy string
	// Config is a config.json of the base model, where the job names a folder
	// that is not here.
	Config string
}

// Estimate tells what a job takes. A job that does not fit is no error here; see
// Report.Err.
func Estimate(j *job.Job, o Options) (*Report, error) {
	s, err := settingOf(j, o)
	if err != nil {
		return nil, fmt.Errorf("estimate %s: %w", j.Name, err)
	}
	r := &Report{Name: j.Name, Model: j.Base.Model, Shape: s.shape, World: s.world, CPU: j.Resources.GPUs == 0}
	data := o.Data
	if data == nil {
		if data, err = Measure(&j.Dataset); err != nil {
			r.note("the time is not known: %v", err)
			data = &Data{}
		}
	}
	per := o.CharactersPerToken
	if per <= 0 {
		per = density(j.Base.Profile, j.Base.Model)
		if data.Train.Examples > 0 {
			r.note("tokens are counted as %.3g characters each, as in Russian chats: an assumption about this dataset", per)
		}
	}
	w := s.work(j, data, per)
	if len(data.Train.Characters) > 1 && !j.Training.Packing { // batches are as long as the longest example
		s.length = max(8, min(s.length, w.Longest))
	}
	r.Limit = limitOf(&j.Resources)
	r.fit(&s)
	r.Work = w
	r.cards(&s, j, o.Card)
	return r, nil
}

func settingOf(j *job.Job, o Options) (setting, error) {
	shape, err := shapeOf(&j.Base, o.Config)
	if err != nil {
		return setting{}, err
	}
	on, err := shape.targets(j.Method.Targets, j.Method.Modules)
	if err != nil {
		return setting{}, err
	}
	return setting{
		shape: shape, on: on, rank: j.Method.Rank, fourBit: j.Method.Kind == "qlora", dropout: j.Method.Dropout > 0,
		batch: j.Training.Batch, length: j.Training.MaxLength, checkpointing: j.Training.Checkpointing, optimizer: j.Training.Optimizer,
		whole: o.WholeLogits, world: j.Resources.World(), fsdp: o.Strategy == "fsdp" || o.Strategy == "" && shape.Parameters() > shardFrom, cpu: j.Resources.GPUs == 0,
	}, nil
}

func shapeOf(b *job.Base, path string) (Shape, error) {
	if path != "" {
		return ReadConfig(path)
	}
	shape, err := ShapeOf(b)
	if errors.Is(err, fs.ErrNotExist) {
		return Shape{}, fmt.Errorf("%w; where the folder is on the cluster, give a copy of its config.json: --config FILE", err)
	}
	return shape, err
}

// limitOf is what there is on a GPU, or for the process on a CPU, in bytes; 0 is
// not known.
func limitOf(r *job.Resources) int64 {
	if r.GPUs == 0 {
		return int64(r.Memory) * 1e9
	}
	return int64(r.GPUMemory * 1e9)
}

// fit adds up memory, and finds the knobs where it is too much.
func (r *Report) fit(s *setting) {
	r.Strategy = map[bool]string{true: "fsdp", false: "ddp"}[s.fsdp]
	if s.world == 1 {
		r.Strategy = "single"
	}
	r.Batch, r.Length, r.Trained = s.batch, s.length, s.shape.adapter(s.on, s.rank)
	r.Parameters, r.Memory = s.shape.Parameters(), s.memory()
	r.Needed = r.Memory.Total()
	r.Fits = r.Limit == 0 || r.Needed <= r.Limit
	if !r.Fits {
		r.Knobs, r.Together = knobs(*s, r.Limit)
	}
}

// longest is the most time that is told.
const longest = 100 * 365 * 24 * time.Hour

// cards tells what each card would make of the job.
func (r *Report) cards(s *setting, j *job.Job, named string) {
	all := Cards()
	if r.CPU {
		all = []Card{{"CPU", float64(j.Resources.Memory), coreTFLOPS * float64(j.Resources.CPUs), 0.5}}
	}
	for _, c := range all {
		option := Option{Card: c, Fits: float64(r.Needed) <= c.GB*1e9, Speed: s.speed(c)}
		if r.Work.Examples > 0 {
			seconds := r.Work.seconds(c, s.world)
			option.Time = time.Duration(min(seconds, longest.Seconds()) * float64(time.Second))
			option.Cost = j.Resources.Price * seconds / 3600 * float64(s.world)
		}
		if option.Fits && r.Smallest == "" {
			r.Smallest = c.Name
		}
		r.Options = append(r.Options, option)
	}
	r.Card = r.choose(j, named)
	if chosen := r.Option(); chosen != nil && chosen.Time > j.Resources.Time {
		r.note("it takes longer than resources.time, %s: it goes on when it is resumed", strings.TrimSuffix(j.Resources.Time.String(), "0s"))
	}
}

// choose is the card that the time is told for: the one that was asked for, that
// the cluster is told to give, that has the memory that the job says, or the
// smallest that does.
func (r *Report) choose(j *job.Job, named string) string {
	if r.CPU {
		return "CPU"
	}
	if c, ok := find(named); ok {
		return c.Name
	}
	if named != "" {
		r.note("the card %q is not known", named)
	}
	if c, ok := find(j.Resources.Constraint); ok {
		return c.Name
	}
	for _, o := range r.Options {
		if j.Resources.GPUMemory > 0 && o.GB >= j.Resources.GPUMemory {
			return o.Name
		}
	}
	return r.Smallest
}
