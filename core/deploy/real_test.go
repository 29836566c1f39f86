//go:build components

package deploy_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// output runs a component, which must succeed, in a folder.
func output(t *testing.T, dir string, argv ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), argv[0], argv[1:]...)
	cmd.Dir = dir
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(argv, " "), err, out, errs.String())
	}
	return string(out)
}

// systemd itself reads the unit and rates how exposed it is, of 100.
func TestSystemdTakesTheUnit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	unit := filepath.Join(dir, "gorod.service")
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", unit).CombinedOutput()
	if err != nil || strings.Contains(string(out), "gorod.service:") {
		t.Errorf("%v: %s", err, out)
	}
	output(t, dir, "systemd-analyze", "security", "--offline=true", "--threshold=15", unit)
}

//go:embed testdata/read.go.txt
var reader string

// Versions of the modules with which Docker itself reads the files.
var docker = []string{"github.com/compose-spec/compose-go/v2@v2.16.2", "github.com/moby/buildkit@v0.34.2"}

// read is what Docker's own readers find in the files of a folder. They are no
// part of this module.
type read struct {
	Services map[string][]string // what each waits for
	Volumes  []string
	Stages   int
	Warnings []string
}

func buildReader(t *testing.T) (program string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(reader), 0o600); err != nil {
		t.Fatal(err)
	}
	output(t, dir, "go", "mod", "init", "reader")
	output(t, dir, append([]string{"go", "get"}, docker...)...)
	output(t, dir, "go", "mod", "tidy")
	output(t, dir, "go", "build", "-o", "reader", ".")
	return filepath.Join(dir, "reader")
}

func TestDockersOwnReadersTakeTheFiles(t *testing.T) {
	t.Parallel()
	program, dir := buildReader(t), t.TempDir()
	write(t, options(dir))
	var found read
	if err := json.Unmarshal([]byte(output(t, dir, program, dir)), &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Warnings) > 0 || found.Stages != 2 || !slices.Equal(found.Services["web"], []string{"migrate"}) || !slices.Contains(found.Volumes, "state") {
		t.Errorf("%+v", found)
	}
	if want := slices.Sorted(maps.Keys(compose(t, dir).Services)); !slices.Equal(slices.Sorted(maps.Keys(found.Services)), want) {
		t.Errorf("%+v, want %q", found, want)
	}
	for name, spoil := range map[string][2]string{
		"compose.yaml": {"depends_on:\n      migrate:", "depends_on:\n      migration:"}, "Dockerfile": {"COPY --from=build /out", "COPY --chmod --from=build /out"},
	} {
		dir := t.TempDir()
		write(t, options(dir))
		spoilt := strings.Replace(text(t, dir, name), spoil[0], spoil[1], 1)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(spoilt), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), program, dir).CombinedOutput(); err == nil {
			t.Errorf("a bad %s is taken: %s", name, out)
		}
	}
}

//go:embed testdata/mastodon.rb
var standIn string

// Ruby runs the script with stand-ins for what it asks of Mastodon.
func TestResidentsGetAccountsAndKeepTheirTokens(t *testing.T) {
	t.Parallel()
	dir, state := t.TempDir(), t.TempDir()
	write(t, options(dir))
	if err := os.WriteFile(filepath.Join(dir, "standin.rb"), []byte(standIn), 0o600); err != nil {
		t.Fatal(err)
	}
	accounts := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "ruby", append([]string{"-w", "-r", "./standin.rb", "mastodon-accounts.rb"}, args...)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOROD_STATE="+state)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, bad := range [][]string{nil, {"0"}, {"x"}, {"10000"}, {"1", "2"}} {
		if out, err := accounts(bad...); err == nil || !strings.Contains(out, "how many residents") {
			t.Errorf("%q: %v %s", bad, err, out)
		}
	}
	if out, err := accounts("2"); err != nil || !strings.Contains(out, "2 accounts") || strings.Contains(out, "token-") {
		t.Fatalf("%v %s", err, out)
	}
	first := text(t, state, "accounts.txt")
	if !regexp.MustCompile(`^a0001: token-\w{8,}\na0002: token-\w{8,}\n$`).MatchString(first) {
		t.Errorf("%q", first)
	}
	if info, err := os.Stat(filepath.Join(state, "accounts.txt")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if out, err := accounts("3"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if again := text(t, state, "accounts.txt"); !strings.HasPrefix(again, first) || strings.Count(again, "\n") != 3 {
		t.Errorf("%q, before: %q", again, first)
	}
}

// What the initialiser sets is all that Rails asks of it.
func TestMastodonIsToldToSpeakHTTP(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, options(dir))
	if err := os.WriteFile(filepath.Join(dir, "standin.rb"), []byte(standIn), 0o600); err != nil {
		t.Fatal(err)
	}
	const tell = `require "./mastodon-http.rb"; c = Rails.application.config; puts [c.force_ssl, c.x.use_https, c.action_mailer.default_url_options].inspect`
	if out := output(t, dir, "ruby", "-w", "-r", "./standin.rb", "-e", tell); strings.TrimSpace(out) != `[false, false, {:host=>"localhost:3000", :protocol=>"http://"}]` {
		t.Error(out)
	}
}
