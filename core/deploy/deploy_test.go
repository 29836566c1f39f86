package deploy_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/deploy"
)

func options(dir string) deploy.Options {
	return deploy.Options{Dir: dir, Language: "en", Go: "1.26.0", Version: "v1.2.3"}
}

func write(t *testing.T, o deploy.Options) deploy.Made {
	t.Helper()
	made, err := deploy.Write(o)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func text(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWhatIsThereIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine := filepath.Join(dir, "experiment.yaml")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Symlink(elsewhere, filepath.Join(dir, "gorod.yaml")); err != nil {
		t.Fatal(err)
	}
	first := write(t, options(dir))
	if !slices.Equal(first.Kept, []string{"gorod.yaml", "experiment.yaml"}) || text(t, dir, "experiment.yaml") != "mine" {
		t.Errorf("kept %q", first.Kept)
	}
	secrets := text(t, dir, "secrets.env")
	if second := write(t, options(dir)); len(second.Written) > 0 || len(second.Kept) != 12 {
		t.Errorf("a second time: %+v", second)
	}
	force := options(dir)
	force.Force = true
	if third := write(t, force); !slices.Equal(third.Kept, []string{"secrets.env"}) || text(t, dir, "secrets.env") != secrets || text(t, dir, "experiment.yaml") == "mine" {
		t.Errorf("by force: %+v", third)
	}
	if _, err := os.Stat(elsewhere); err == nil {
		t.Error("a link was followed out of the folder")
	}
	left, err := filepath.Glob(filepath.Join(dir, ".gorod-init-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestWhereNothingCanBeWrittenItIsSaidWhere(t *testing.T) {
	t.Parallel()
	taken, full := filepath.Join(t.TempDir(), "taken"), t.TempDir()
	if err := os.WriteFile(taken, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(full, "gorod.yaml", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		taken:                        taken + " cannot be made",
		filepath.Join(taken, "town"): "choose another folder",
		full:                         "gorod.yaml cannot be written into " + full,
	} {
		o := options(dir)
		o.Force = true
		if _, err := deploy.Write(o); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), ".gorod-init") {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(full, ".gorod-init-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestARepositoryThatWouldTakeTheSecretsInIsWarned(t *testing.T) {
	t.Parallel()
	for ignores, want := range map[string]int{"*.log\n": 1, "": 1, "/runs/\n/secrets.env\n": 0, "*.env\n": 0} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte(ignores), 0o644); err != nil {
			t.Fatal(err)
		}
		if made := write(t, options(dir)); len(made.Warnings) != want {
			t.Errorf("%q: %q", ignores, made.Warnings)
		}
		few := options(dir)
		few.Only = []string{deploy.Slurm} // no secrets
		if made := write(t, few); len(made.Warnings) > 0 {
			t.Errorf("%q without secrets: %q", ignores, made.Warnings)
		}
	}
}

func TestOnlyWhatIsAskedForIsWritten(t *testing.T) {
	t.Parallel()
	for only, want := range map[string]string{
		"slurm":      "README.md .gitignore slurm.sh",
		"systemd":    "README.md .gitignore gorod.service",
		"compose":    "README.md .gitignore gorod.yaml experiment.yaml Dockerfile .dockerignore compose.yaml mastodon-http.rb mastodon-accounts.rb secrets.env",
		"experiment": "README.md .gitignore gorod.yaml experiment.yaml",
	} {
		o := options(t.TempDir())
		o.Only = []string{only}
		if made := write(t, o); strings.Join(made.Written, " ") != want {
			t.Errorf("%s: %q", only, made.Written)
		}
	}
	for _, bad := range []deploy.Options{{Only: []string{"helm"}, Language: "en"}, {Language: "fr"}} {
		bad.Dir = filepath.Join(t.TempDir(), "new")
		if _, err := deploy.Write(bad); !errors.Is(err, deploy.ErrOptions) {
			t.Errorf("%+v: %v", bad, err)
		}
		if _, err := os.Stat(bad.Dir); err == nil {
			t.Error("a folder was made all the same")
		}
	}
}

func TestSecretsAreRandomAndNobodyElsesToRead(t *testing.T) {
	t.Parallel()
	a, b := t.TempDir(), t.TempDir()
	write(t, options(a))
	write(t, options(b))
	info, err := os.Stat(filepath.Join(a, "secrets.env"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	ours, theirs := variables(text(t, a, "secrets.env")), variables(text(t, b, "secrets.env"))
	for name, value := range ours {
		if len(value) < 26 || value == theirs[name] {
			t.Errorf("%s is %q in one folder, %q in another", name, value, theirs[name])
		}
	}
	if len(ours) != 9 || ours["DB_PASS"] != ours["POSTGRES_PASSWORD"] {
		t.Errorf("%d variables", len(ours))
	}
	if !strings.Contains(text(t, a, ".gitignore"), "/secrets.env\n") || strings.TrimSpace(strings.Split(text(t, a, ".dockerignore"), "\n")[1]) != "*" {
		t.Error("secrets reach the repository or the image")
	}
}

func variables(env string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(env) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			out[name] = value
		}
	}
	return out
}

func TestTheImageIsPinnedAndRunsAsNobodyInParticular(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	docker := text(t, dir, "Dockerfile")
	froms := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(docker, -1)
	if len(froms) != 2 || froms[0][1] != "golang:1.26.0-trixie" || froms[1][1] != "gcr.io/distroless/static-debian13:nonroot" {
		t.Errorf("%q", froms)
	}
	last := docker[strings.LastIndex(docker, "FROM"):]
	for _, want := range []string{"\nUSER 65532:65532\n", "\nENTRYPOINT [\"/usr/local/bin/gorod\"]\n", "--chown=65532:65532"} {
		if !strings.Contains(last, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, want := range []string{"CGO_ENABLED=0", "ARG GOROD_VERSION=v1.2.3\n", "-trimpath"} {
		if !strings.Contains(docker, want) {
			t.Errorf("no %q", want)
		}
	}
	if regexp.MustCompile(`(?m)latest|^ADD |^RUN .*(sudo|curl)`).MatchString(docker) {
		t.Error("a tag that moves, or a download without a checksum")
	}
	unreleased := options(t.TempDir())
	unreleased.Version = ""
	write(t, unreleased)
	if docker := text(t, unreleased.Dir, "Dockerfile"); !strings.Contains(docker, "ARG GOROD_VERSION\n") || !strings.Contains(docker, "${GOROD_VERSION:?") {
		t.Error("the image of a gorod that is no release does not ask for one")
	}
}

func TestTheServiceIsHardened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	section, said := "", map[string]string{}
	for n, line := range strings.Split(text(t, dir, "gorod.service"), "\n") {
		key, value, pair := strings.Cut(line, "=")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case regexp.MustCompile(`^\[\w+\]$`).MatchString(line):
			section = line
		case pair && section != "" && regexp.MustCompile(`^[A-Z]\w+$`).MatchString(key):
			said[key] = value
		default:
			t.Errorf("line %d: %q", n+1, line)
		}
	}
	for key, want := range map[string]string{"NoNewPrivileges": "yes", "ProtectSystem": "strict", "StateDirectory": "gorod", "User": "gorod", "UMask": "0077",
		"IPAddressDeny": "any", "IPAddressAllow": "localhost", "WorkingDirectory": "/var/lib/gorod", "CapabilityBoundingSet": "", "WantedBy": "multi-user.target"} {
		if got, there := said[key]; !there || got != want {
			t.Errorf("%s=%s, want %q", key, got, want)
		}
	}
	if !strings.Contains(said["ExecStart"], "gorod serve") {
		t.Error(said["ExecStart"])
	}
}

func TestTheREADMETellsOfWhatIsThere(t *testing.T) {
	t.Parallel()
	for language, title := range map[string]string{"ru": "# Папка", "en": "# A folder"} {
		for _, part := range deploy.Parts() {
			o := options(t.TempDir())
			o.Language, o.Only = language, []string{part}
			made := write(t, o)
			readme := text(t, o.Dir, "README.md")
			if !strings.HasPrefix(readme, title) || strings.Contains(readme, "<no value>") || strings.Contains(readme, "{%") {
				t.Errorf("%s: %.80q", language, readme)
			}
			for _, mention := range []string{"experiment.yaml", "docker build", "compose", "gorod.service", "sbatch"} {
				if part == deploy.Systemd && mention != "gorod.service" && strings.Contains(readme, mention) {
					t.Errorf("%s tells of %s, which is not in %q", fmt.Sprint(part), mention, made.Written)
				}
			}
		}
	}
}
