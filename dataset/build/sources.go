package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/recipe"
	"github.com/llm-city/gorod/dataset/table"
	"github.com/llm-city/gorod/dataset/telegram"
	"github.com/llm-city/gorod/dataset/telegram/live"
)

// source is one of a recipe, as it is read.
type source struct {
	recipe.Source
	kind, path string
	size       int64
	from       chat.Source
	export     *telegram.Export // nil where it is none
	owner      string           // whose chats they are, where that is known before reading
	report     chat.Report
	first      *chat.Report // of the reading before; nil: this is the first
	digest     string
}

// openSources looks what the sources of a recipe are. Nothing is read yet.
func openSources(r *recipe.Recipe, progress func(source int, bytes int64)) ([]*source, error) {
	var out []*source
	for i, given := range r.Sources {
		s := &source{Source: given}
		tell := func(bytes int64) { progress(i, bytes) }
		switch {
		case given.Telegram != "":
			s.kind, s.path = "telegram", given.Telegram
			s.export = telegram.Open(s.path, telegram.Options{Progress: tell})
			s.from = s.export
		case given.Live != "":
			s.kind, s.path = "live", given.Live
			archive, err := live.Open(s.path)
			if err != nil {
				return nil, &SourceError{s.path, err}
			}
			s.from, s.owner = archive, archive.Account
		case given.Table != "":
			s.kind, s.path = "table", given.Table
			s.from = table.Open(s.path, table.Options{Progress: tell})
		}
		size, err := sizeOf(s.path)
		if err != nil {
			return nil, &SourceError{s.path, err}
		}
		s.size = size
		out = append(out, s)
	}
	return out, nil
}

// sizeOf is the size of a file, or of all files in a folder.
func sizeOf(path string) (int64, error) {
	var size int64
	err := filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// readAll reads all sources into a sink, as far as the recipe wants them.
func readAll(ctx context.Context, sources []*source, into *selection) error {
	for _, s := range sources {
		if err := into.begin(s); err != nil {
			return err
		}
		report, err := s.from.Read(ctx, into)
		if err != nil {
			return fmt.Errorf("read %s: %w", s.path, err)
		}
		if s.first != nil && s.first.Messages != report.Messages {
			return fmt.Errorf("read %s: it had %d messages a moment ago and has %d now: build again when nobody writes to it", s.path, s.first.Messages, report.Messages)
		}
		s.report = report
	}
	return nil
}

// hashAll finds the digests of all sources.
func hashAll(ctx context.Context, sources []*source) error {
	for _, s := range sources {
		if err := s.hash(ctx); err != nil {
			return err
		}
	}
	return nil
}

// hash finds the digest of a source.
func (s *source) hash(ctx context.Context) error {
	sum := sha256.New()
	err := filepath.WalkDir(s.path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		if name, err := filepath.Rel(s.path, path); err == nil && name != "." {
			fmt.Fprintf(sum, "%s\n", filepath.ToSlash(name))
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(sum, f)
		return err
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", s.path, err)
	}
	s.digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// described is a source as the manifest has it.
func (s *source) described() manifest.Source {
	return manifest.Source{Kind: s.kind, File: filepath.Base(s.path), SHA256: s.digest, Report: s.report}
}

// mine are the ids of the owner of the chats.
func mine(sources []*source) []string {
	ids := map[string]bool{}
	for _, s := range sources {
		switch {
		case s.Me != "":
			ids[s.Me] = true
		case s.owner != "":
			ids[s.owner] = true
		case s.export != nil && s.export.About().Owner != "":
			ids[s.export.About().Owner] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// moved are the chats that went on under another id.
func moved(sources []*source) map[string]string {
	to := map[string]string{}
	for _, s := range sources {
		if s.export != nil {
			for _, m := range s.export.About().Moves {
				to[m.From] = m.To
			}
		}
	}
	return to
}

// contacts are all whom the sources name, whether they wrote something or not.
func contacts(sources []*source) []telegram.Person {
	var list []telegram.Person
	for _, s := range sources {
		if s.export != nil {
			list = append(list, s.export.About().People...)
		}
	}
	return list
}
