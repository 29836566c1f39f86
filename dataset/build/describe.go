package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/llm-city/gorod/dataset/card"
	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/recipe"
)

// describe writes what the dataset says of itself: certificate, figures, card
// and, last, the manifest with the digests of all other files.
func (b *builder) describe(context.Context) error {
	if leaks := b.certificate.Leaks(); len(leaks) > 0 {
		return fmt.Errorf("the splits leak (%s): this is a fault of gorod, nothing was written", leaks[0])
	}
	if err := b.publicRecipe(); err != nil {
		return err
	}
	certificate, err := pretty(b.certificate)
	if err != nil {
		return err
	}
	if err := b.file(manifest.Certificate, certificate); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(b.dir, manifest.FiguresDir), 0o755); err != nil {
		return fmt.Errorf("make room for figures: %w", err)
	}
	for _, h := range b.manifest.Figures {
		if err := b.file(filepath.Join(manifest.FiguresDir, h.Name+".svg"), card.Figure(h)); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	if err := card.Write(&text, b.facts()); err != nil {
		return err
	}
	if err := b.file(manifest.Card, text.Bytes()); err != nil {
		return err
	}
	b.close() // what is left is the dataset
	if b.manifest.Files, err = digests(b.dir); err != nil {
		return err
	}
	data, err := b.manifest.Marshal()
	if err != nil {
		return err
	}
	return b.file(manifest.File, data)
}

func (b *builder) facts() card.Facts {
	f := card.Facts{
		Manifest: b.manifest, Title: b.recipe.Title, About: b.recipe.About, License: b.recipe.License, Language: b.recipe.Language,
		System: b.recipe.System, AllNames: b.recipe.Clean.Names == recipe.AllNames, Largest: b.certificate.Texts.Largest, Bound: b.recipe.Dedup.Threshold,
	}
	if f.Title == "" {
		f.Title = b.recipe.Name
	}
	for _, style := range b.recipe.Formats {
		f.Styles = append(f.Styles, format.Style(style))
	}
	return f
}

// publicRecipe is the recipe as the manifest has it: files by their names, so
// that it does not tell of the machine and is the same on another. Chats and
// people that it names are left out.
func (b *builder) publicRecipe() error {
	full, err := json.Marshal(b.recipe.Portable())
	if err != nil {
		return fmt.Errorf("write the recipe: %w", err)
	}
	sum := sha256.Sum256(full)
	b.manifest.Digest = hex.EncodeToString(sum[:])
	r := b.recipe.Portable()
	for i := range r.Sources {
		r.Sources[i].Me, r.Sources[i].Chats = "", nil
	}
	r.People.Targets = nil
	for _, target := range b.recipe.People.Targets {
		if target != Me {
			target = b.people.byID[target].pseudonym
		}
		r.People.Targets = append(r.People.Targets, target)
	}
	if b.manifest.Recipe, err = json.Marshal(r); err != nil {
		return fmt.Errorf("write the recipe: %w", err)
	}
	return nil
}

func pretty(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return append(data, '\n'), err
}

// file writes a file of the dataset.
func (b *builder) file(name string, data []byte) error {
	f, err := os.Create(filepath.Join(b.dir, name))
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// digests are those of all files in a folder but its manifest, by path.
func digests(dir string) ([]manifest.Digest, error) {
	var out []manifest.Digest
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == manifest.File {
			return err
		}
		d, err := digest(path)
		d.Path = filepath.ToSlash(name)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the dataset back: %w", err)
	}
	return out, nil
}

func digest(path string) (manifest.Digest, error) {
	f, err := os.Open(path)
	if err != nil {
		return manifest.Digest{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return manifest.Digest{Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// publish puts the finished dataset in its place.
func (b *builder) publish(partial string) error {
	if err := os.Chmod(partial, 0o755); err != nil {
		return fmt.Errorf("publish the dataset: %w", err)
	}
	if !b.opts.Force {
		return rename(partial, b.opts.Out)
	}
	old := partial + ".old"
	if err := os.Rename(b.opts.Out, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("publish the dataset: %w", err)
	}
	err := rename(partial, b.opts.Out)
	if err != nil {
		return errors.Join(err, os.Rename(old, b.opts.Out))
	}
	return os.RemoveAll(old)
}

func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("publish the dataset: %w", err)
	}
	return nil
}
