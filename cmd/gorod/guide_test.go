package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fence is a block of the guide for authors of plugins, with the remark above it
// that only tests see.
var fence = regexp.MustCompile("(?ms)(?:^<!-- (not run|write: [^ ]+) -->\n)?^```([a-z]+)\n(.*?)^```$")

// steps are what a section of the guide makes its reader do: a shell script that
// says after each block that it is done, and what must be seen after which.
func steps(t *testing.T, heading string) (script string, seen map[int][]string) {
	t.Helper()
	_, section, ok := strings.Cut(read(t, "../../plugins/README.md"), "\n## "+heading+"\n")
	section, _, closed := strings.Cut(section, "\n## ")
	if !ok || !closed {
		t.Fatalf("the guide has no section %q", heading)
	}
	var b strings.Builder
	seen = map[int][]string{}
	n := 0
	for _, m := range fence.FindAllStringSubmatch(section, -1) {
		remark, language, body := m[1], m[2], m[3]
		file, write := strings.CutPrefix(remark, "write: ")
		switch {
		case remark == "not run":
		case write:
			fmt.Fprintf(&b, "cat > %s <<'THE END'\n%sTHE END\n", file, body)
		case language == "text":
			seen[n] = strings.Split(strings.TrimSpace(body), "\n")
		case language == "sh":
			n++
			fmt.Fprintf(&b, "%secho 'done %d'\n", body, n)
		default:
			t.Errorf("nobody does anything with this %s:\n%s", language, body)
		}
	}
	if n == 0 || len(seen) == 0 {
		t.Fatalf("%s: %d blocks to run, %d to see", heading, n, len(seen))
	}
	return b.String(), seen
}

// follow does what a section of the guide says, in a home that has nothing but
// gorod, built in its checkout.
func follow(t *testing.T, heading string) (home string) {
	t.Helper()
	script, seen := steps(t, heading)
	home = t.TempDir()
	cmd := exec.CommandContext(t.Context(), "bash", "-euc", script)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "HOME="+home, "PATH="+checkout(t)+"/bin:"+os.Getenv("PATH"), "CGO_ENABLED=0", "PYTHONDONTWRITEBYTECODE=1")
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} { // they are in the home otherwise
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Env = append(cmd.Env, name+"="+strings.TrimSpace(string(value)))
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rest := string(out)
	for n := 1; ; n++ {
		said, after, more := strings.Cut(rest, fmt.Sprintf("done %d\n", n))
		if !more {
			return home
		}
		for _, line := range seen[n] {
			if !like(line).MatchString(said) {
				t.Errorf("the guide shows %q, but this is seen:\n%s", line, said)
			}
		}
		rest = after
	}
}

// like matches a line as the guide shows it: … stands for anything, a space for
// many.
func like(line string) *regexp.Regexp {
	words := strings.Fields(line)
	for i, word := range words {
		words[i] = strings.ReplaceAll(regexp.QuoteMeta(word), "…", ".*")
	}
	return regexp.MustCompile("(?m)^" + strings.Join(words, `[ \t]+`) + "$")
}

// checkout is what a plugin that is made with a gorod needs of the checkout that
// this gorod was built in. The Python SDK is a copy: pip builds it in its place.
func checkout(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"bin", "plugins/python"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "plugins/proto", "plugins/sdk", "plugins/python/pyproject.toml", "plugins/python/README.md"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	const sdk = "plugins/python/src/gorod_plugin"
	if err := os.CopyFS(filepath.Join(dir, sdk), os.DirFS(filepath.Join(root, sdk))); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(binary, filepath.Join(dir, "bin", "gorod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhoFollowsTheGuideInGoComparesAPlannerOfTheirOwn(t *testing.T) {
	t.Parallel()
	home := follow(t, "A planner in Go")
	report := read(t, filepath.Join(home, "plugins", "herald", "runs", "news", "report", "report.md"))
	// What the guide says of the report.
	for _, want := range []string{"## Как расходятся новости", "| planner=herald-zeal-0.8 | 100,0 % |", "| planner=justplan | 33,3 % "} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

func TestLinksOfTheGuideLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"../../plugins/README.md", "../../plugins/python/README.md"} {
		links := regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(read(t, page), -1)
		if len(links) < 2 {
			t.Errorf("%s has %d links", page, len(links))
		}
		for _, link := range links {
			file, anchor, _ := strings.Cut(link[1], "#")
			if strings.HasPrefix(file, "https://") {
				continue
			}
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", page, err)
			} else if anchor != "" && !anchors(read(t, target))[anchor] {
				t.Errorf("%s: %s has no heading %s", page, target, anchor)
			}
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// anchors are what links to headings of a page are called.
func anchors(page string) map[string]bool {
	all := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		words := regexp.MustCompile(`[^\p{L}\p{N}_ -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all[strings.ReplaceAll(words, " ", "-")] = true
	}
	return all
}
