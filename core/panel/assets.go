package panel

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var files embed.FS

// assets are the files that pages load, by names that hold their hashes: what a
// browser keeps is never out of date.
type assets struct {
	byName map[string]asset
	names  map[string]string // by what templates call them
}

type asset struct {
	kind string
	data []byte
}

func loadAssets() (assets, error) {
	a := assets{byName: map[string]asset{}, names: map[string]string{}}
	for _, file := range [][2]string{
		{"assets/style.css", "text/css; charset=utf-8"},
		{"assets/panel.js", "text/javascript; charset=utf-8"},
		{"assets/htmx/htmx.min.js", "text/javascript; charset=utf-8"},
		{"assets/icon.svg", "image/svg+xml"},
	} {
		data, err := files.ReadFile(file[0])
		if err != nil {
			return a, fmt.Errorf("file of the panel: %w", err)
		}
		sum := sha256.Sum256(data)
		base := path.Base(file[0])
		stem, ext, _ := strings.Cut(base, ".")
		name := stem + "-" + hex.EncodeToString(sum[:6]) + "." + ext
		a.byName[name], a.names[base] = asset{file[1], data}, "/static/"+name
	}
	return a, nil
}

// url is where a file is; templates name only files that are there.
func (a assets) url(base string) string { return a.names[base] }

func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	file, ok := a.byName[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", file.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(file.data) // who asked is gone
}
