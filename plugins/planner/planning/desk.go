package planning

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"sync"
	"text/template"

	"github.com/llm-city/gorod/plugins/sdk"
)

//go:embed prompts/*.tmpl
var shared embed.FS

// Desk is where a planner works: its prompts in the language of the society,
// the schemas of replies, and the model. It may be used from many goroutines.
type Desk struct {
	config  Config
	host    sdk.Host
	lang    string
	words   words
	prompts *template.Template
	memo    *memo
	keys    sync.Pool // of *key
	pages   sync.Pool // of *bytes.Buffer: prompts are long, and all about as long
}

// NewDesk makes a Desk. Own holds the planner's own prompts as
// prompts/PURPOSE.LANGUAGE.tmpl, for Russian (ru) and English (en).
func NewDesk(setup sdk.Setup, own fs.FS) (*Desk, error) {
	config, err := readConfig(setup.Config)
	if err != nil {
		return nil, err
	}
	lang := "en"
	if setup.Language == "ru" {
		lang = "ru"
	}
	d := &Desk{config: config, host: setup.Host, lang: lang, words: wordsOf(lang), memo: &memo{}}
	d.prompts = template.New("").Option("missingkey=error")
	for _, files := range []fs.FS{shared, own} {
		if d.prompts, err = d.prompts.ParseFS(files, "prompts/*."+lang+".tmpl"); err != nil {
			return nil, fmt.Errorf("read prompts: %w", err)
		}
	}
	return d, nil
}

// render is what a prompt makes of data.
func (d *Desk) render(prompt string, data any) (string, error) {
	page := d.page()
	defer d.pages.Put(page)
	if err := d.write(page, prompt, data); err != nil {
		return "", err
	}
	return page.String(), nil
}

// page is an empty page, to be put back into the pool.
func (d *Desk) page() *bytes.Buffer {
	page, ok := d.pages.Get().(*bytes.Buffer)
	if !ok {
		return new(bytes.Buffer)
	}
	page.Reset()
	return page
}

// key is a key to be put back into the pool.
func (d *Desk) key() *key {
	k, ok := d.keys.Get().(*key)
	if !ok {
		return new(key)
	}
	return k
}

func (d *Desk) write(page *bytes.Buffer, prompt string, data any) error {
	if err := d.prompts.ExecuteTemplate(page, prompt, data); err != nil {
		return fmt.Errorf("render prompt: %w", err)
	}
	return nil
}
