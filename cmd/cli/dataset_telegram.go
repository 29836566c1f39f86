package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/dataset/telegram/live"
)

// Environment of the Telegram commands.
const (
	envTelegramID      = "GOROD_TELEGRAM_API_ID"
	envTelegramHash    = "GOROD_TELEGRAM_API_HASH"
	envTelegramNetwork = "GOROD_TELEGRAM_NETWORK" // JSON file of other servers than Telegram's own
)

type telegramOptions struct {
	session, language, out   string
	counts, direct, askAgain bool
}

func datasetTelegramCommand(s *State) *cobra.Command {
	var opts telegramOptions
	cmd := &cobra.Command{
		Use:   "telegram",
		Short: "Fetch your own chats from Telegram",
		Long: `Fetch your own chats from Telegram. Telegram wants to know which application asks:
get an id and a hash at https://my.telegram.org and set ` + envTelegramID + ` and
` + envTelegramHash + `. The session file is as good as your password: it is made so
that only you can read it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&opts.session, "session", "", "session `file` (default telegram.session in gorod's folder of your settings)")
	cmd.PersistentFlags().StringVar(&opts.language, "language", "en", "language of what is to know about Telegram's terms: en or ru")
	login := &cobra.Command{
		Use: "login", Short: "Log in with your phone number", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return telegramLogin(cmd.Context(), s, opts) },
	}
	chats := &cobra.Command{
		Use: "chats", Short: "List your chats, the latest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return telegramChats(cmd.Context(), s, opts) },
	}
	chats.Flags().BoolVar(&opts.counts, "counts", false, "count the messages of each: one request a chat")
	export := &cobra.Command{
		Use:   "export CHAT…",
		Short: "Export chats by id or @username; the same command fetches what is new, or goes on where it was stopped",
		Example: `  gorod dataset telegram export @friend user700000002 --out chats
  gorod dataset import live chats`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return telegramExport(cmd.Context(), s, opts, args) },
	}
	export.Flags().StringVar(&opts.out, "out", "telegram", "`folder` of the export")
	export.Flags().BoolVar(&opts.direct, "without-takeout", false, "ask as an ordinary client: nothing has to be allowed first, but Telegram slows it down sooner")
	export.Flags().BoolVar(&opts.askAgain, "ask-again", false, "forget the delay that Telegram asked for: the export was allowed on another device")
	cmd.AddCommand(login, chats, export)
	return cmd
}

// telegram is a client by the environment and the flags.
func (s *State) telegram(opts telegramOptions) (*live.Client, func(), error) {
	id, err := strconv.Atoi(s.Getenv(envTelegramID))
	if err != nil || s.Getenv(envTelegramHash) == "" {
		return nil, nil, usagef("set %s and %s: https://my.telegram.org gives out both", envTelegramID, envTelegramHash)
	}
	if opts.language != "en" && opts.language != "ru" {
		return nil, nil, usagef("--language %q is none of en, ru", opts.language)
	}
	session, err := sessionFile(opts.session)
	if err != nil {
		return nil, nil, err
	}
	network, err := telegramNetwork(s.Getenv(envTelegramNetwork))
	if err != nil {
		return nil, nil, err
	}
	shown := &countdown{s: s}
	client, err := live.New(live.Options{
		Credentials: live.Credentials{ID: id, Hash: live.NewSecret(s.Getenv(envTelegramHash))},
		Session:     session, Network: network, Waiting: shown.show,
	})
	if err != nil {
		return nil, nil, usageError{err}
	}
	return client, shown.end, nil
}

// sessionFile is where a login is kept.
func sessionFile(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	settings, err := os.UserConfigDir()
	if err != nil {
		return "", usagef("say where the session is kept, with --session: %w", err)
	}
	dir := filepath.Join(settings, "gorod")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the folder of the session: %w", err)
	}
	return filepath.Join(dir, "telegram.session"), nil
}

func telegramNetwork(file string) (*live.Network, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("%s: %w", envTelegramNetwork, err)
	}
	var n live.Network
	if err := json.Unmarshal(text, &n); err != nil {
		return nil, usagef("%s: read %s: %w", envTelegramNetwork, file, err)
	}
	return &n, nil
}

func telegramLogin(ctx context.Context, s *State, opts telegramOptions) error {
	client, end, err := s.telegram(opts)
	if err != nil {
		return err
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	fmt.Fprintln(s.Stderr, live.Terms(opts.language))
	account, err := client.Login(ctx, newPrompter(s))
	end()
	if err != nil {
		return fmt.Errorf("dataset telegram login: %w", err)
	}
	if s.json {
		s.printJSON(map[string]any{"id": account.ID, "name": account.Name, "username": account.Username})
	} else {
		fmt.Fprintf(s.Stdout, "logged in as %s (user%d)\n", flat(account.Name), account.ID)
	}
	return nil
}

func telegramChats(ctx context.Context, s *State, opts telegramOptions) error {
	client, end, err := s.telegram(opts)
	if err != nil {
		return err
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	list, err := client.Chats(ctx, live.ChatsOptions{Counts: opts.counts})
	end()
	if err != nil {
		return fmt.Errorf("dataset telegram chats: %w", err)
	}
	table := newTable("id", "type", "name", "username", "messages")
	for _, d := range list {
		if s.json {
			s.printJSON(map[string]any{"id": d.ID, "type": d.Type, "name": d.Name, "username": d.Username, "messages": d.Messages})
			continue
		}
		messages := ""
		if d.Messages > 0 {
			messages = fmt.Sprint(d.Messages)
		}
		table.row(d.ID, d.Type, flat(d.Name), flat(d.Username), messages)
	}
	if !s.json {
		table.write(s.Stdout)
	}
	return nil
}

func telegramExport(ctx context.Context, s *State, opts telegramOptions, chats []string) error {
	client, end, err := s.telegram(opts)
	if err != nil {
		return err
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	fmt.Fprintln(s.Stderr, live.Terms(opts.language))
	told := s.Now()
	exported, err := client.Export(ctx, opts.out, live.ExportOptions{
		Chats: chats, WithoutTakeout: opts.direct, AskAgain: opts.askAgain,
		Page: func(p live.Progress) {
			switch now := s.Now(); {
			case s.json:
				s.printJSON(map[string]any{"event": "page", "chat": p.ID, "new": p.New, "stored": p.Stored, "of": p.Messages, "done": p.Done})
			case p.Done || now.Sub(told) >= 2*time.Second:
				told = now
				fmt.Fprintln(s.Stderr, exportLine(p))
			}
		},
	})
	end()
	switch {
	case ctx.Err() != nil:
		return stopped{"stopped; what was fetched is kept", commandLine(s.Args)}
	case err != nil:
		return fmt.Errorf("dataset telegram export: %w; what was fetched is kept, and the same command goes on", err)
	}
	if s.json {
		s.printJSON(map[string]any{"event": "done", "out": opts.out, "chats": exported.Chats, "new": exported.New, "deleted": exported.Deleted})
		return nil
	}
	fmt.Fprintf(s.Stdout, "%s: %d new messages of %s\n", opts.out, exported.New, plural(exported.Chats, "chat", "chats"))
	return nil
}

func exportLine(p live.Progress) string {
	line := fmt.Sprintf("%s %s: %d messages", p.ID, flat(p.Name), p.Stored)
	if p.Messages > 0 {
		line += fmt.Sprintf(" of %d", p.Messages)
	}
	if p.Done {
		line += ", done"
	}
	return line
}

// countdown shows waits: in place on a terminal, now and then elsewhere.
type countdown struct {
	s    *State
	told time.Time
	open bool
}

func (c *countdown) show(w live.Wait) {
	why := map[live.Reason]string{
		live.Flood:      "Telegram asks to wait",
		live.Takeout:    "Telegram delays exports; allow it in a message of Telegram on another device, or wait",
		live.Connection: "no connection to Telegram; trying again",
	}[w.Reason]
	now := c.s.Now()
	switch {
	case c.s.json:
		if w.Left == 0 || now.Sub(c.told) >= lineEvery {
			c.told = now
			c.s.printJSON(map[string]any{"event": "wait", "reason": w.Reason, "seconds": int(w.Left / time.Second)})
		}
	case c.s.Terminal:
		c.open = true
		fmt.Fprintf(c.s.Stderr, "\r\x1b[K%s: %s", why, w.Left.Round(time.Second))
		if w.Left == 0 {
			c.end()
		}
	case w.Left > 0 && now.Sub(c.told) >= lineEvery:
		c.told = now
		fmt.Fprintf(c.s.Stderr, "%s: %s (until %s)\n", why, w.Left.Round(time.Second), w.Until.Format(time.DateTime))
	}
}

// end leaves the line of the countdown.
func (c *countdown) end() {
	if c.open {
		c.open = false
		io.WriteString(c.s.Stderr, "\r\x1b[K")
	}
}

var errNoInput = errors.New("there is nobody to ask: standard input has ended")

func trimmed(line string) string { return strings.TrimRight(line, "\r\n") }
