package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/dataset/search"
	"github.com/llm-city/gorod/finetune/export/chat"
	"github.com/llm-city/gorod/finetune/export/ollama"
	"github.com/llm-city/gorod/finetune/job"
)

type finetuneChatOptions struct {
	model   string
	server  string
	dataset string
	job     string
	banned  []string
	system  string
	recall  int
	seed    int
	tokens  int
}

func finetuneChatCommand(s *State) *cobra.Command {
	var opts finetuneChatOptions
	cmd := &cobra.Command{
		Use:   "chat MODEL",
		Short: "Talk to a model: a line is a message, an empty one or Ctrl-D ends it",
		Long: `Talk to a model of the Ollama of the settings, or of any OpenAI-compatible --server.
With --dataset, earlier exchanges that are like what you say stand in its system
message; --job takes the system message, the banned phrases and the biases of a
fine-tuning.`,
		Example: `  gorod finetune chat tiny-replies
  gorod finetune chat asya --dataset datasets/mine --banned 'как языковая модель'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.model = args[0]
			return finetuneChat(cmd.Context(), s, opts)
		},
	}
	cmd.Flags().StringVar(&opts.server, "server", "", "OpenAI-compatible `URL` that ends in /v1, instead of Ollama; its key is in GOROD_API_KEY")
	cmd.Flags().StringVar(&opts.dataset, "dataset", "", "`folder` of a dataset whose exchanges are recalled")
	cmd.Flags().StringVar(&opts.job, "job", "", "`id` of a fine-tuning whose system message, banned phrases and biases hold")
	cmd.Flags().StringArrayVar(&opts.banned, "banned", nil, "`phrase` that it must not say, may be repeated")
	cmd.Flags().StringVar(&opts.system, "system", "", "system message instead of the model's own")
	cmd.Flags().IntVar(&opts.recall, "recall", 3, "exchanges that are recalled for each message")
	cmd.Flags().IntVar(&opts.seed, "seed", 1, "seed: the same gives the same replies")
	cmd.Flags().IntVar(&opts.tokens, "tokens", 256, "most tokens of a reply")
	return cmd
}

func finetuneChat(ctx context.Context, s *State, opts finetuneChatOptions) error {
	backend, err := s.chatBackend(opts.server)
	if err != nil {
		return usageError{err}
	}
	o := chat.Options{Model: opts.model, System: opts.system, Banned: opts.banned, Seed: opts.seed, MaxTokens: opts.tokens}
	if opts.job != "" {
		if err := s.jobSays(ctx, opts.job, &o); err != nil {
			return err
		}
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	if opts.server == "" {
		if err := s.served(ctx, opts.model); err != nil {
			return err
		}
	}
	talk, err := chat.Open(ctx, backend, o)
	if err != nil {
		return fmt.Errorf("finetune chat: %w", err)
	}
	in := bufio.NewScanner(s.Stdin)
	for {
		io.WriteString(s.Stderr, "> ")
		if !in.Scan() || strings.TrimSpace(in.Text()) == "" {
			io.WriteString(s.Stderr, "\n")
			return in.Err()
		}
		recalled, err := s.recall(ctx, opts, in.Text())
		if err != nil {
			return err
		}
		if err := s.say(ctx, talk, in.Text(), recalled); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("finetune chat: %w", err)
		}
	}
}

func (s *State) chatBackend(server string) (chat.Backend, error) {
	if server != "" {
		return chat.NewOpenAI(server, s.Getenv("GOROD_API_KEY"))
	}
	return chat.NewOllama(s.settings.Ollama)
}

// served is an error where the Ollama of the settings is not there, or has no
// such model.
func (s *State) served(ctx context.Context, model string) error {
	client, err := ollama.New(s.settings.Ollama)
	if err != nil {
		return usageError{err}
	}
	_, err = client.Show(ctx, model)
	switch {
	case llm.IsKind(err, llm.Unavailable):
		return noOllama("finetune chat", client)
	case llm.IsKind(err, llm.ModelMissing):
		return usagef("finetune chat: %s has no model %.80q: gorod model ls lists those that it has, gorod finetune import brings one", client.Name(), model)
	case err != nil:
		return fmt.Errorf("finetune chat: %w", err)
	}
	return nil
}

// jobSays takes what a fine-tuning says of talking to its model.
func (s *State) jobSays(ctx context.Context, key string, o *chat.Options) error {
	_, known, closeAll, err := s.launcherOf(ctx, key)
	if err != nil {
		return err
	}
	defer closeAll()
	var j job.Job
	if err := json.Unmarshal(known.Job, &j); err != nil {
		return fmt.Errorf("finetune chat: read the job: %w", err)
	}
	o.Banned = append(o.Banned, j.Export.Banned...)
	o.LogitBias = j.Export.LogitBias
	o.System = cmp.Or(o.System, j.Export.System)
	return nil
}

// recall are earlier exchanges that are like a message.
func (s *State) recall(ctx context.Context, opts finetuneChatOptions, text string) ([]string, error) {
	if opts.dataset == "" || opts.recall < 1 {
		return nil, nil
	}
	embed, err := s.embedder(provide.Reference)
	if err != nil {
		return nil, err
	}
	hits, err := search.Nearest(ctx, opts.dataset, text, search.Options{K: opts.recall, First: embed})
	if err != nil {
		return nil, fmt.Errorf("finetune chat: %w", err)
	}
	out := make([]string, len(hits))
	for i, h := range hits {
		out[i] = h.Turn + "\n→ " + h.Reply
	}
	return out, nil
}

// say prints a reply as it comes.
func (s *State) say(ctx context.Context, talk *chat.Session, text string, recalled []string) error {
	reply, err := talk.Say(ctx, text, recalled, func(p chat.Part) {
		if s.json {
			return
		}
		if p.Restart {
			io.WriteString(s.Stdout, "\n(again)\n")
		}
		io.WriteString(s.Stdout, printable(p.Text))
	})
	var banned *chat.Banned
	switch {
	case errors.As(err, &banned):
		fmt.Fprintf(s.Stderr, "\n(it said %q every time; nothing is kept of it)\n", flat(banned.Phrase))
		return nil
	case err != nil:
		return err
	case s.json:
		s.printJSON(map[string]any{"message": text, "reply": reply, "recalled": recalled})
	default:
		io.WriteString(s.Stdout, "\n")
	}
	return nil
}
