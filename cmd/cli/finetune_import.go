package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/finetune/export"
	"github.com/llm-city/gorod/finetune/export/gguf"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/export/template"
	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

type finetuneImportOptions struct {
	what     string
	task     int
	name     string
	from     string
	profile  string
	quantize []string
	llamaCPP string
	out      string
	unproved bool
}

func finetuneImportCommand(s *State) *cobra.Command {
	var opts finetuneImportOptions
	cmd := &cobra.Command{
		Use:   "import ID|NAME|PATH",
		Short: "Bring a fine-tuned model home: as GGUF into Ollama",
		Long: `Bring a fine-tuned model home: fetch it, write it as GGUF, upload it to the Ollama of
the settings and create the model with its template, system message and parameters.
The template is proved equal to the trainer's: a prompt that differs by a byte is
refused. PATH may be a GGUF file, a folder of safetensors or an adapter (with --from)
that somebody else made.`,
		Example: `  gorod finetune import asya-20261121
  gorod finetune import model.gguf --name mine --unproved`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.what = args[0]
			return finetuneImport(cmd.Context(), s, opts)
		},
	}
	cmd.Flags().IntVar(&opts.task, "task", 0, "task of a sweep")
	cmd.Flags().StringVar(&opts.name, "name", "", "name of the model in Ollama (default that of the job)")
	cmd.Flags().StringVar(&opts.from, "from", "", "`model` in Ollama that an adapter goes on")
	cmd.Flags().StringVar(&opts.profile, "profile", "", "chat template: "+strings.Join(template.Names(), ", "))
	cmd.Flags().StringSliceVar(&opts.quantize, "quantize", nil, "f16, q8_0, q4_K_M, q4_K_S (default those of the job)")
	cmd.Flags().StringVar(&opts.llamaCPP, "llama-cpp", "", "`folder` of llama.cpp, for architectures that gorod does not write itself")
	cmd.Flags().StringVar(&opts.out, "out", "", "`folder` for the GGUF, the Modelfile and the model card")
	cmd.Flags().BoolVar(&opts.unproved, "unproved", false, "import without dialogues that prove the template")
	return cmd
}

func finetuneImport(ctx context.Context, s *State, opts finetuneImportOptions) error {
	ctx, done := s.interruptible(ctx)
	defer done()
	o, err := s.importOptions(ctx, opts)
	if err != nil {
		return err
	}
	client, err := ollama.New(s.settings.Ollama)
	if err != nil {
		return usageError{err}
	}
	if _, err := client.Version(ctx); llm.IsKind(err, llm.Unavailable) { // found out before hours of converting and not after
		return noOllama("finetune import", client)
	}
	g := newGauge(s)
	o.Progress = func(stage string, done, total int64) { g.set(stage, "bytes", done, total) }
	result, err := export.Import(ctx, client, o)
	g.close()
	if err != nil {
		if ctx.Err() != nil {
			return stopped{"stopped; what was uploaded is kept", commandLine(s.Args)}
		}
		return fmt.Errorf("finetune import: %w", err)
	}
	if o.Run != "" {
		if err := s.brought(ctx, opts, result); err != nil {
			return fmt.Errorf("finetune import: %w", err)
		}
	}
	if s.json {
		s.printJSON(result)
		return nil
	}
	fmt.Fprintf(s.Stdout, "models in Ollama: %s\nproof of the template: %s (%s)\nModelfile: %s\ncard: %s\ntalk to it: gorod finetune chat %s\n",
		strings.Join(result.Models, ", "), result.Proof, plural(result.Dialogues, "dialogue", "dialogues"), result.Modelfile, result.Card, result.Models[0])
	return nil
}

// noOllama says that nobody answers, and what to do.
func noOllama(op string, client *ollama.Client) error {
	return fmt.Errorf("%s: no Ollama answers at %s: start it (ollama serve), or say where it is: GOROD_OLLAMA, or ollama: in gorod.yaml", op, client.Name())
}

// brought remembers what was made of a job's model: the GGUF here, and the models
// in Ollama.
func (s *State) brought(ctx context.Context, opts finetuneImportOptions, result export.Result) error {
	r, err := s.registry(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // what was written is committed
	j, err := r.Get(ctx, opts.what)
	if err != nil {
		return err
	}
	info, err := os.Stat(result.GGUF)
	if err != nil {
		return err
	}
	sum := strings.TrimPrefix(result.Digest, "sha256:")
	made := []registry.Artifact{{Task: opts.task, Path: absolute(result.GGUF), Kind: "gguf", Size: info.Size(), SHA256: sum}}
	for _, name := range result.Models {
		made = append(made, registry.Artifact{Task: opts.task, Path: name, Kind: "ollama", SHA256: sum})
	}
	return r.AddArtifacts(ctx, j.ID, made...)
}

// importOptions says what is imported: a path, or a job of the registry.
func (s *State) importOptions(ctx context.Context, opts finetuneImportOptions) (export.Options, error) {
	o := export.Options{
		Name: opts.name, From: opts.from, Profile: opts.profile, Quantize: opts.quantize, Out: opts.out, Unproved: opts.unproved,
		Convert: gguf.Options{LlamaCPP: opts.llamaCPP},
	}
	for _, q := range opts.quantize {
		if known := job.Quantizations(); !slices.Contains(known, q) {
			return o, usagef("finetune import: --quantize %.20q: there are %s", q, strings.Join(known, ", "))
		}
	}
	info, err := os.Stat(opts.what)
	switch {
	case err == nil && !opts.unproved:
		return o, usagef("finetune import: %s is no fine-tuning of gorod's, whose dialogues would prove the chat template: add --unproved to import it without a proof", opts.what)
	case err == nil:
		o.Name = cmp.Or(o.Name, strings.TrimSuffix(filepath.Base(opts.what), filepath.Ext(opts.what)))
		switch {
		case opts.from != "":
			o.Adapter = opts.what
		case info.IsDir():
			o.Dir = opts.what
		default:
			o.GGUF = opts.what
		}
		return o, nil
	case !errors.Is(err, os.ErrNotExist):
		return o, usagef("finetune import: %w", err)
	}
	return o, s.importOf(ctx, opts, &o)
}

// importOf fills in what a job says of its model.
func (s *State) importOf(ctx context.Context, opts finetuneImportOptions, o *export.Options) error {
	l, known, closeAll, err := s.launcherOf(ctx, opts.what)
	if errors.Is(err, registry.ErrNotFound) {
		return usagef("finetune import: %s is neither a file nor a fine-tuning (gorod finetune ls lists them)", opts.what)
	}
	if err != nil {
		return err
	}
	defer closeAll()
	if err := l.Sync(ctx, known); err != nil {
		return fmt.Errorf("finetune import: %w", err)
	}
	dir, err := l.Fetch(ctx, known, opts.task)
	if errors.Is(err, launch.ErrNoTask) {
		return usageError{err}
	}
	if err != nil {
		return fmt.Errorf("finetune import: %w", err)
	}
	var j job.Job
	text, err := os.ReadFile(filepath.Join(dir, "job.json"))
	if err == nil {
		err = json.Unmarshal(text, &j)
	}
	if err != nil {
		return fmt.Errorf("finetune import: read the job: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "run", "merged")); err != nil {
		return fmt.Errorf("finetune import: %s has no merged model yet (it is %s): wait for it, or look at gorod finetune logs %s --stage merge", known.ID, known.State(), known.ID)
	}
	o.Run = filepath.Join(dir, "run")
	o.Name = cmp.Or(o.Name, j.Export.Ollama, known.Name)
	o.Profile = cmp.Or(o.Profile, j.Base.Profile)
	if len(o.Quantize) == 0 {
		o.Quantize = j.Export.Quantize
	}
	o.System, o.Parameters = j.Export.System, j.Export.Parameters
	o.Notes = append(o.Notes,
		export.Note{Title: "base model", Text: j.Base.Model + " " + j.Base.Revision}, export.Note{Title: "job", Text: known.ID},
		export.Note{Title: "dataset", Text: known.Dataset}, export.Note{Title: "method", Text: fmt.Sprintf("%s, rank %d, %s", j.Method.Kind, j.Method.Rank, j.Method.Targets)})
	return nil
}
