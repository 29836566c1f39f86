package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/core/panel"
	"github.com/llm-city/gorod/core/runner"
)

// serveOptions say where a panel is and whom it lets in.
type serveOptions struct {
	listen              string
	flag                string // that says it: --listen, --serve or --network
	tokenFile           string
	cert, key           string
	insecure            bool
	public              bool
	hosts               []string
	network, networkURL string // where visitors of the residents' network come in
}

const defaultPanel = "127.0.0.1:8117"

func serveCommand(s *State) *cobra.Command {
	opts := serveOptions{flag: "--listen"}
	cmd := &cobra.Command{
		Use:   "serve RUN…",
		Short: "Show runs in a browser while they go on, and steer them",
		Long: `Show runs in a browser while they go on, and steer them. A RUN is a study's run
directory or one run in it. The pages show what happens; whoever has the token that
is printed may also pause a run, tell residents something, talk to them and take
polls. Every such command is recorded, so that the run still verifies. Nothing but
this machine can reach the page unless --listen says otherwise.`,
		Example: `  gorod serve runs/quickstart-20260302-080000
  gorod serve runs/*/ --token-file panel.token
  gorod serve runs/quickstart-20260302-080000 --listen 0.0.0.0:8117 --tls-cert cert.pem --tls-key key.pem --host lab.example.org`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return s.serveRuns(cmd.Context(), args, opts) },
	}
	f := cmd.Flags()
	f.StringVar(&opts.listen, "listen", defaultPanel, "`address` of the page; port 0 is any that is free")
	opts.flags(cmd)
	f.StringVar(&opts.cert, "tls-cert", "", "certificate `file` (PEM), for TLS")
	f.StringVar(&opts.key, "tls-key", "", "its key `file`")
	f.BoolVar(&opts.insecure, "insecure-http", false, "listen beyond this machine without TLS: the token and all else can be read on the way")
	f.BoolVar(&opts.public, "public", false, "beyond this machine, show the pages also to whoever has no token; steering always needs it")
	f.StringArrayVar(&opts.hosts, "host", nil, "`name` under which the page is reached from elsewhere, may be repeated")
	return cmd
}

// flags are those that gorod run has as well.
func (opts *serveOptions) flags(cmd *cobra.Command) {
	opts.networkFlags(cmd.Flags())
	cmd.Flags().StringVar(&opts.tokenFile, "token-file", "", "`file` that keeps the panel's token; it is made (mode 0600) where it is not there")
}

func (s *State) serveRuns(ctx context.Context, paths []string, opts serveOptions) error {
	runs, err := s.shownRuns(paths)
	if err != nil {
		return err
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	server, err := s.openPanel(ctx, runs, opts)
	if err != nil {
		return err
	}
	return server.serve(ctx)
}

// shownRuns are the runs that paths name, each once.
func (s *State) shownRuns(paths []string) (runs []panel.Run, err error) {
	seen := map[string]bool{}
	for _, path := range paths {
		_, planned, err := s.findRuns(path)
		if err != nil {
			return nil, err
		}
		for _, p := range planned {
			if dir, err := filepath.Abs(p.Dir); err == nil && !seen[dir] {
				seen[dir] = true
				runs = append(runs, shownRun(p))
			}
		}
	}
	return apart(runs), nil
}

// shownRun names a run after its study's folder, its cell and its seed.
func shownRun(p runner.Planned) panel.Run {
	study := filepath.Dir(filepath.Dir(p.Dir))
	if full, err := filepath.Abs(study); err == nil {
		study = full
	}
	return panel.Run{Name: filepath.Base(study) + "/" + p.Key(), Dir: p.Dir, Study: p.Cell.Study}
}

// apart gives runs of folders with the same name different names.
func apart(runs []panel.Run) []panel.Run {
	count := map[string]int{}
	for i := range runs {
		count[runs[i].Name]++
		if n := count[runs[i].Name]; n > 1 {
			runs[i].Name += fmt.Sprintf(" (%d)", n)
		}
	}
	return runs
}

// token is what the panel's control pages ask for, and whether it must be told:
// what is kept in a file is not printed.
func (opts *serveOptions) token() (token string, tell bool, err error) {
	if opts.tokenFile == "" {
		return panel.NewToken(), true, nil
	}
	info, err := os.Stat(opts.tokenFile)
	if errors.Is(err, os.ErrNotExist) {
		token = panel.NewToken()
		return token, false, makeSecret(opts.tokenFile, token)
	}
	if err != nil {
		return "", false, fmt.Errorf("token of the panel: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", false, usagef("%s: others can read it (mode %#o): chmod 600 it, or remove it and a new one is made", opts.tokenFile, mode)
	}
	data, err := os.ReadFile(opts.tokenFile)
	if err != nil {
		return "", false, fmt.Errorf("token of the panel: %w", err)
	}
	token = strings.TrimSpace(string(data))
	if err := panel.CheckToken(token); err != nil {
		return "", false, usagef("%s: %w", opts.tokenFile, err)
	}
	return token, false, nil
}

// makeSecret writes a file that nobody else can read. It must not be there.
func makeSecret(path, secret string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keep the panel's token: %w", err)
	}
	_, err = file.WriteString(secret + "\n")
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("keep the panel's token: %w", err)
	}
	return nil
}
