package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

// module is gorod's own.
const module = "github.com/llm-city/gorod"

// FindCheckout is the root of the checkout of gorod that a folder is in, or ""
// where it is in none.
func FindCheckout(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && moduleOf(string(text)) == module {
			return dir, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look for a checkout of gorod: %w", err)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// moduleOf is the module that a go.mod names.
func moduleOf(text string) string {
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "module" {
			return strings.Trim(fields[1], `"`)
		}
	}
	return ""
}

// Version is that of the module which a binary was built from, as others
// require it, or "" where it has none.
func Version(info *debug.BuildInfo) string {
	version, _, _ := strings.Cut(info.Main.Version, "+") // changed since: +dirty
	if ok, err := regexp.MatchString(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`, version); !ok || err != nil || info.Main.Path != module {
		return ""
	}
	return version
}

// revision is a version as git knows it: a tag, or the commit of a
// pseudo-version.
func revision(version string) string {
	if m := regexp.MustCompile(`[-.]\d{14}-([0-9a-f]{12})$`).FindStringSubmatch(version); m != nil {
		return m[1]
	}
	return version
}

// required are the versions of modules that a go.mod requires, by path.
func required(text string) map[string]string {
	versions := map[string]string{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "require "), "//")
		if fields := strings.Fields(line); len(fields) == 2 && strings.HasPrefix(fields[1], "v") {
			versions[fields[0]] = fields[1]
		}
	}
	return versions
}
