package scaffold_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/host/scaffold"
	"github.com/llm-city/gorod/plugins/sdk"
)

const root = "../../.." // of the checkout that these tests are in

// options make a planner in Go against release v1.2.3.
func options(t *testing.T, change func(*scaffold.Options)) scaffold.Options {
	t.Helper()
	o := scaffold.Options{
		Kind: "planner", Name: "polite", Lang: scaffold.Go, Dir: t.TempDir(), Version: "v1.2.3", Command: "gorod",
	}
	if change != nil {
		change(&o)
	}
	return o
}

// written makes a project and reads a file of it.
func written(t *testing.T, o scaffold.Options, name string) (scaffold.Made, string) {
	t.Helper()
	made, err := scaffold.Write(o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(made.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return made, string(text)
}

func TestBadOptionsAreRefusedWithAWayOut(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*scaffold.Options)
		want   string
	}{
		"misspelt kind":     {func(o *scaffold.Options) { o.Kind = "planer" }, "did you mean planner?"},
		"plural":            {func(o *scaffold.Options) { o.Kind = "Metrics" }, "did you mean metric?"},
		"another kind":      {func(o *scaffold.Options) { o.Kind = "x" }, `kind "x" is none of memory, planner, sentiment, mayor, metric`},
		"another language":  {func(o *scaffold.Options) { o.Lang = "golang" }, "did you mean go?"},
		"unknown language":  {func(o *scaffold.Options) { o.Lang = "rust" }, `language "rust" is none of go, python`},
		"capitals":          {func(o *scaffold.Options) { o.Name = "My_Planner!" }, "such as my-planner"},
		"Cyrillic":          {func(o *scaffold.Options) { o.Name = "вежливый" }, "such as my-plugin"},
		"a path":            {func(o *scaffold.Options) { o.Name = "../polite" }, "such as polite"},
		"an empty name":     {func(o *scaffold.Options) { o.Name = "" }, "is no name for a plugin"},
		"hyphen at the end": {func(o *scaffold.Options) { o.Name = "polite-" }, "such as polite"},
		"too long":          {func(o *scaffold.Options) { o.Name = strings.Repeat("a", 65) }, "at most 64 in all"},
		"main in Go":        {func(o *scaffold.Options) { o.Name = "main" }, "main.go is there already"},
		"no gorod to build": {func(o *scaffold.Options) { o.Version = "" }, "run it inside its checkout, or install a release"},
		"a file, no folder": {func(o *scaffold.Options) { o.Dir = "scaffold_test.go" }, "not a directory"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t, tt.change)
			_, err := scaffold.Write(o)
			var refusal *scaffold.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if made, err := os.ReadDir(o.Dir); err == nil && len(made) > 0 {
				t.Errorf("it made %v all the same", made)
			}
		})
	}
}

func TestAFolderThatHoldsSomethingIsLeftAlone(t *testing.T) {
	t.Parallel()
	o := options(t, nil)
	dir := filepath.Join(o.Dir, o.Name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := scaffold.Write(o); err != nil {
		t.Fatalf("into an empty folder: %v", err)
	}
	notes := filepath.Join(dir, "polite.go")
	if err := os.WriteFile(notes, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := scaffold.Write(o)
	if err == nil || !strings.Contains(err.Error(), "polite is not empty: it holds .gitignore") {
		t.Errorf("got %v", err)
	}
	if text, err := os.ReadFile(notes); err != nil || string(text) != "mine" {
		t.Errorf("the file there is %q, %v", text, err)
	}
}

func TestAProjectThatCannotBeWrittenWholeIsNotWrittenAtAll(t *testing.T) {
	t.Parallel()
	o := options(t, func(o *scaffold.Options) { o.Checkout = t.TempDir() }) // without a go.mod
	if _, err := scaffold.Write(o); err == nil {
		t.Fatal("it was written")
	}
	if left, err := os.ReadDir(o.Dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestEveryKindAndLanguageHasAllItsFiles(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ab-", 21) + "c" // the longest name
	for _, kind := range sdk.Kinds() {
		for lang, want := range map[string][]string{
			scaffold.Go: {".gitignore", "README.md", long + ".go", long + "_test.go", "experiment.yaml", "go.mod", "main.go"},
			scaffold.Python: {
				".gitignore", "README.md", strings.ReplaceAll(long, "-", "_") + "_" + kind + ".py", "experiment.yaml", "pyproject.toml",
				"requirements.txt", "test_" + strings.ReplaceAll(long, "-", "_") + "_" + kind + ".py",
			},
		} {
			made, err := scaffold.Write(options(t, func(o *scaffold.Options) { o.Kind, o.Lang, o.Name = kind, lang, long }))
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, made.Files); diff != "" || made.ID != kind+"/"+long {
				t.Errorf("%s in %s: %s (-want +got)\n%s", kind, lang, made.ID, diff)
			}
			for _, name := range made.Files {
				text, err := os.ReadFile(filepath.Join(made.Dir, name))
				if err != nil || strings.Contains(string(text), "{%") || strings.Contains(string(text), "<no value>") {
					t.Errorf("%s: %v\n%s", name, err, text)
				}
			}
			if info, err := os.Stat(filepath.Join(made.Dir, made.Plugin)); lang == scaffold.Python && (err != nil || info.Mode()&0o111 == 0) {
				t.Errorf("%s cannot be executed: %v", made.Plugin, err)
			}
		}
	}
}

func TestWithinACheckoutAPluginBuildsAgainstIt(t *testing.T) {
	t.Parallel()
	checkout := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(checkout, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inside := filepath.Join(checkout, "a b", "plugins.d")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if found, err := scaffold.FindCheckout(inside); err != nil || found != checkout {
		t.Errorf("found %q, %v", found, err)
	}
	if found, err := scaffold.FindCheckout(filepath.Dir(checkout)); err != nil || found != "" {
		t.Errorf("outside of any: found %q, %v", found, err)
	}
	within := func(o *scaffold.Options) { o.Checkout, o.Dir, o.Version = checkout, inside, "" }
	made, mod := written(t, options(t, within), "go.mod")
	if !strings.Contains(mod, "\nreplace github.com/llm-city/gorod => ../../..\n") || !strings.Contains(mod, "google.golang.org/grpc v") {
		t.Errorf("a part of it requires\n%s", mod)
	}
	if want := "cd '" + made.Dir + "' && go build -o polite ."; made.Next[0] != want || !slices.Contains(made.Files, "go.sum") {
		t.Errorf("made %+v", made)
	}
	_, mod = written(t, options(t, func(o *scaffold.Options) { o.Checkout = checkout }), "go.mod")
	if !strings.Contains(mod, "require github.com/llm-city/gorod v1.2.3\n") || !strings.Contains(mod, "gorod => "+checkout+"\n") {
		t.Errorf("elsewhere it requires\n%s", mod)
	}
	_, requirements := written(t, options(t, func(o *scaffold.Options) { within(o); o.Lang, o.Name = scaffold.Python, "py" }), "requirements.txt")
	if !strings.Contains(requirements, "\n../../../plugins/python\n") {
		t.Errorf("in Python it requires\n%s", requirements)
	}
}

func TestOutsideOfACheckoutAPluginRequiresTheReleaseThatMadeIt(t *testing.T) {
	t.Parallel()
	made, mod := written(t, options(t, nil), "go.mod")
	if !strings.Contains(mod, "require github.com/llm-city/gorod v1.2.3\n") || strings.Contains(mod, "replace") || slices.Contains(made.Files, "go.sum") {
		t.Errorf("it requires\n%s", mod)
	}
	if !strings.HasSuffix(made.Next[0], "/polite && go mod tidy && go build -o polite .") {
		t.Errorf("next: %q", made.Next)
	}
	for version, revision := range map[string]string{
		"v1.2.3": "v1.2.3", "v1.2.4-0.20260301101112-0123456789ab": "0123456789ab", "v0.0.0-20260301101112-0123456789ab": "0123456789ab",
	} {
		_, requirements := written(t, options(t, func(o *scaffold.Options) { o.Lang, o.Version = scaffold.Python, version }), "requirements.txt")
		if !strings.Contains(requirements, "/llm-city/gorod@"+revision+"#subdirectory=plugins/python\n") {
			t.Errorf("%s: in Python it requires\n%s", version, requirements)
		}
	}
}

func TestABinarysVersionIsOneThatModulesCanRequire(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"v1.2.3": "v1.2.3", "v0.0.0-20260301101112-0123456789ab+dirty": "v0.0.0-20260301101112-0123456789ab", "(devel)": "", "": "",
	} {
		info := &debug.BuildInfo{Main: debug.Module{Path: "github.com/llm-city/gorod", Version: version}}
		if got := scaffold.Version(info); got != want {
			t.Errorf("%q is %q, want %q", version, got, want)
		}
	}
	if got := scaffold.Version(&debug.BuildInfo{Main: debug.Module{Path: "example.com/other", Version: "v9.0.0"}}); got != "" {
		t.Errorf("another module's version is taken: %s", got)
	}
}

func TestProjectsPinWhatGorodPins(t *testing.T) {
	t.Parallel()
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^go .+$`)
	if _, mod := written(t, options(t, nil), "go.mod"); line.FindString(mod) != line.FindString(string(gomod)) {
		t.Errorf("a plugin says %q, gorod %q", line.FindString(mod), line.FindString(string(gomod)))
	}
	sdkProject, err := os.ReadFile(filepath.Join(root, "plugins", "python", "pyproject.toml"))
	if err != nil {
		t.Fatal(err)
	}
	_, requirements := written(t, options(t, func(o *scaffold.Options) { o.Lang = scaffold.Python }), "requirements.txt")
	for _, tool := range []string{"pytest", "ruff"} {
		pin := regexp.MustCompile(tool + `==[\d.]+`)
		if got, want := pin.FindString(requirements), pin.FindString(string(sdkProject)); got != want || want == "" {
			t.Errorf("a plugin pins %q, the SDK %q", got, want)
		}
	}
}
