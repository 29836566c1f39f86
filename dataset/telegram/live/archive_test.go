package live_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram/live"
)

func TestDamageToAnExportIsFound(t *testing.T) {
	t.Parallel()
	b := loggedIn(t, start(t, world(dialog(250))))
	if _, err := b.export(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file   string
		change func(string) string
	}{
		"a letter":          {"messages.jsonl", func(s string) string { return strings.Replace(s, "сообщение 77", "сообщение 78", 1) }},
		"a lost end":        {"messages.jsonl", func(s string) string { return s[:len(s)-10] }},
		"a line of nothing": {"pages.jsonl", func(s string) string { return "{}\n" + s }},
		"a line lost":       {"pages.jsonl", func(s string) string { return s[strings.Index(s, "\n")+1:] }},
		"an unknown field":  {"pages.jsonl", func(s string) string { return strings.Replace(s, `"low"`, `"slow"`, 1) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(b.dir)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "user20", c.file)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.change(string(content))), 0o600); err != nil {
				t.Fatal(err)
			}
			archive, err := live.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = archive.Read(t.Context(), &collected{messages: map[string][]chat.Message{}}); !errors.Is(err, live.ErrDamaged) {
				t.Error(err)
			}
		})
	}
}

func TestAnArchiveStopsWhenItsReaderDoes(t *testing.T) {
	t.Parallel()
	b := loggedIn(t, start(t, world(dialog(250))))
	if _, err := b.export(t.Context()); err != nil {
		t.Fatal(err)
	}
	archive, err := live.Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if report, err := archive.Read(ctx, &collected{messages: map[string][]chat.Message{}}); !errors.Is(err, context.Canceled) || report.Messages != 0 {
		t.Error(report, err)
	}
	if _, err := live.Open(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a directory without an export:", err)
	}
}

func TestFilesOfAnExportAreForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	b := loggedIn(t, start(t, world(dialog(3))))
	if _, err := b.export(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := d.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Error(path, info.Mode(), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
