package cli

import (
	"bufio"
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

	"github.com/llm-city/gorod/dataset/build"
	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/recipe"
)

func datasetImportCommand(s *State) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "import telegram|live|table PATH",
		Short: "Read chats, tell what is in them, and write them as JSON Lines",
		Long: `Read chats and tell what is in them: telegram is the result.json of Telegram
Desktop's export ("machine-readable JSON"), live a folder that gorod dataset telegram
export wrote, table a CSV or JSON Lines file of chat, time, sender, text, reply_to.
gorod dataset build reads the same sources itself: importing is for looking, and for
other tools.`,
		Example: `  gorod dataset import telegram result.json
  gorod dataset import telegram result.json --out messages.jsonl`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return datasetImport(cmd.Context(), s, args[0], args[1], out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "JSON Lines `file` to write the messages to")
	return cmd
}

// sourceOf is a source of a kind.
func sourceOf(kind, path string) (recipe.Source, error) {
	switch kind {
	case "telegram":
		return recipe.Source{Telegram: path}, nil
	case "live":
		return recipe.Source{Live: path}, nil
	case "table":
		return recipe.Source{Table: path}, nil
	}
	return recipe.Source{}, usagef("no source %q: there are telegram, live and table", kind)
}

func datasetImport(ctx context.Context, s *State, kind, path, out string) error {
	given, err := sourceOf(kind, path)
	if err != nil {
		return err
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	sink, err := newLinesSink(out)
	if err != nil {
		return fmt.Errorf("dataset import: %w", err)
	}
	defer sink.discard()
	g := newGauge(s)
	report, err := build.Read(ctx, given, sink, func(done, total int64) { g.set("import", "bytes", done, total) })
	g.close()
	if err == nil {
		err = sink.publish()
	}
	if err == nil || report.Bytes > 0 {
		s.importReport(path, report, sink.read)
	}
	if err != nil && ctx.Err() != nil {
		return stopped{"stopped; nothing was written", commandLine(s.Args)}
	}
	if err != nil {
		return fmt.Errorf("dataset import: %w", err)
	}
	if out != "" && !s.json {
		fmt.Fprintf(s.Stdout, "messages: %s\n", out)
	}
	return nil
}

func (s *State) importReport(path string, r chat.Report, chats []*readChat) {
	if s.json {
		s.printJSON(struct {
			Event  string `json:"event"`
			Source string `json:"source"`
			chat.Report
			List []*readChat `json:"list"`
		}{"report", path, r, chats})
		return
	}
	if r.Messages == 0 && r.Chats == 0 { // an error or a warning says why
		fmt.Fprintf(s.Stdout, "%s: no messages in %s\n", path, bytes(r.Bytes))
		return
	}
	fmt.Fprintf(s.Stdout, "%s: %s of %s in %s\n\n", path, plural(int(r.Messages), "message", "messages"), plural(int(r.Chats), "chat", "chats"), bytes(r.Bytes))
	s.readChats(chats)
	kinds := newTable("kind", "messages")
	for _, kind := range sortedKeys(r.Kinds) {
		kinds.row(string(kind), fmt.Sprint(r.Kinds[kind]))
	}
	kinds.write(s.Stdout)
	if len(r.Counts) > 0 {
		fmt.Fprintln(s.Stdout)
		counts := newTable("repaired, passed over or not known", "times")
		for _, what := range sortedKeys(r.Counts) {
			counts.row(flat(what), fmt.Sprint(r.Counts[what]))
		}
		counts.write(s.Stdout)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(s.Stdout, "\nwarning: at %d: %s\n", w.Offset, flat(w.Text))
	}
}

// readChats lists the largest chats.
func (s *State) readChats(chats []*readChat) {
	const most = 50
	list := slices.Clone(chats)
	slices.SortStableFunc(list, func(a, b *readChat) int { return cmp.Compare(b.Messages, a.Messages) })
	table := newTable("chat", "type", "name", "messages")
	for _, c := range list[:min(most, len(list))] {
		table.row(flat(c.ID), flat(c.Type), flat(c.Name), fmt.Sprint(c.Messages))
	}
	table.write(s.Stdout)
	if len(list) > most {
		fmt.Fprintf(s.Stdout, "and %s; --json lists all\n", plural(len(list)-most, "more chat", "more chats"))
	}
	fmt.Fprintln(s.Stdout)
}

// linesSink writes messages as JSON Lines, each with the chat that it is of. The
// file is there when all of it is.
type linesSink struct {
	path string
	file *os.File
	out  *bufio.Writer
	enc  *json.Encoder
	chat string
	read []*readChat // in the order of the source
	by   map[string]*readChat
	open *readChat
}

// readChat is a chat of a source, with what was read of it.
type readChat struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Name     string `json:"name"`
	Messages int64  `json:"messages"`
}

// newLinesSink begins a file; without a path nothing is written.
func newLinesSink(path string) (*linesSink, error) {
	if path == "" {
		return &linesSink{by: map[string]*readChat{}}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(f, 1<<18)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return &linesSink{path: path, file: f, out: out, enc: enc, by: map[string]*readChat{}}, nil
}

// Chat implements chat.Sink.
func (l *linesSink) Chat(c chat.Chat) error {
	l.chat = strings.Clone(c.ID)
	l.open = l.by[l.chat]
	if l.open == nil {
		l.open = &readChat{ID: l.chat, Type: strings.Clone(c.Type), Name: strings.Clone(c.Name)}
		l.by[l.chat] = l.open
		l.read = append(l.read, l.open)
	}
	return nil
}

// Message implements chat.Sink.
func (l *linesSink) Message(m *chat.Message) error {
	l.open.Messages++
	if l.file == nil {
		return nil
	}
	return l.enc.Encode(struct {
		Chat string `json:"chat"`
		*chat.Message
	}{l.chat, m})
}

func (l *linesSink) publish() error {
	if l.file == nil {
		return nil
	}
	if err := errors.Join(l.out.Flush(), l.file.Chmod(0o600), l.file.Sync(), l.file.Close()); err != nil {
		return err
	}
	return os.Rename(l.file.Name(), l.path)
}

// discard removes what was not published.
func (l *linesSink) discard() {
	if l.file != nil {
		l.file.Close()
		os.Remove(l.file.Name())
	}
}

func datasetParticipantsCommand(s *State) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "participants telegram|live|table PATH",
		Short: "List who wrote in chats, and begin a participants file with their roles and consent",
		Example: `  gorod dataset participants telegram result.json
  gorod dataset participants telegram result.json --out participants.yaml`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return datasetParticipants(cmd.Context(), s, args[0], args[1], out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "YAML `file` to begin; one that is there is kept")
	return cmd
}

func datasetParticipants(ctx context.Context, s *State, kind, path, out string) error {
	given, err := sourceOf(kind, path)
	if err != nil {
		return err
	}
	ctx, done := s.interruptible(ctx)
	defer done()
	g := newGauge(s)
	people, err := build.Participants(ctx, given, func(done, total int64) { g.set("read", "bytes", done, total) })
	g.close()
	if err != nil && ctx.Err() != nil {
		return stopped{"stopped", commandLine(s.Args)}
	}
	if err != nil {
		return fmt.Errorf("dataset participants: %w", err)
	}
	if out != "" {
		text, err := recipe.MarshalLedger(people)
		if err == nil {
			err = create(out, text)
		}
		if err != nil {
			return fmt.Errorf("dataset participants: %w", err)
		}
		if s.json {
			s.printJSON(map[string]any{"event": "done", "file": out, "participants": len(people)})
			return nil
		}
		fmt.Fprintf(s.Stdout, "%s: %s; say in it who they are, and who consented when and how\n", out, plural(len(people), "participant", "participants"))
		return nil
	}
	if s.json {
		for _, p := range people {
			s.printJSON(p)
		}
		return nil
	}
	table := newTable("id", "name", "messages", "")
	for _, p := range people {
		mark := ""
		if p.Me {
			mark = "you"
		}
		table.row(flat(p.ID), flat(p.Name), fmt.Sprint(p.Messages), mark)
	}
	table.write(s.Stdout)
	return nil
}

// create writes a file that is not there yet.
func create(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return usagef("%s is there already and is kept", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
