package deploy

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"text/template"
)

// file is one of the folder; those without a part belong to every folder.
type file struct {
	part, name, template string
	mode                 fs.FileMode
}

const secretMode fs.FileMode = 0o600

const (
	secrets = "secrets.env"
	ignored = ".gitignore"
)

func (f file) secret() bool { return f.mode == secretMode }

func files(language string) []file {
	return []file{
		{"", "README.md", "README." + language + ".md", 0o644},
		{"", ignored, "gitignore", 0o644},
		{Experiment, "gorod.yaml", "gorod.yaml", 0o644},
		{Experiment, "experiment.yaml", "experiment." + language + ".yaml", 0o644},
		{Docker, "Dockerfile", "Dockerfile", 0o644},
		{Docker, ".dockerignore", "dockerignore", 0o644},
		{Compose, "compose.yaml", "compose.yaml", 0o644},
		{Compose, "mastodon-http.rb", "mastodon-http.rb", 0o644},
		{Compose, "mastodon-accounts.rb", "mastodon-accounts.rb", 0o644},
		{Compose, secrets, "secrets.env", secretMode},
		{Systemd, "gorod.service", "gorod.service", 0o644},
		{Slurm, "slurm.sh", "slurm.sh", 0o755},
	}
}

func (v *values) render(name string) ([]byte, error) {
	t, err := template.New(name+".tmpl").Delims("{%", "%}").ParseFS(templates, "templates/"+name+".tmpl")
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, v); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// write writes a file whole or not at all, and reports whether it did: what is
// there, be it a link to nowhere, is replaced only where told to.
func (f file) write(dir string, text []byte, replace bool) (bool, error) {
	target := filepath.Join(dir, f.name)
	fresh := filepath.Join(dir, ".gorod-init-"+rand.Text())
	out, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
	if err != nil {
		return false, err
	}
	defer os.Remove(fresh)
	_, err = out.Write(text)
	if err = errors.Join(err, out.Close()); err != nil {
		return false, err
	}
	if replace {
		return true, os.Rename(fresh, target)
	}
	err = os.Link(fresh, target) // unlike a rename, it replaces nothing
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}

// inner is an error without the path that only this package knows of.
func inner(err error) error {
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	if named, ok := errors.AsType[*fs.PathError](err); ok {
		return named.Err
	}
	return err
}
