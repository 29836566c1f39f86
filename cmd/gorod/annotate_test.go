package main_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// annotating starts gorod eval annotate: where its page is, and how it ends.
func annotating(t *testing.T, dir string, args ...string) (at *url.URL, end func(os.Signal) string) {
	t.Helper()
	cmd := command(t, dir, append([]string{"eval", "annotate", "out", "--json"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // where the test has failed
	lines := bufio.NewReader(stdout)
	first, err := lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var said struct{ URL string }
	if err := json.Unmarshal(first, &said); err != nil {
		t.Fatal(err)
	}
	if at, err = url.Parse(said.URL); err != nil {
		t.Fatal(err)
	}
	return at, func(s os.Signal) string {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(lines)
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil && s != os.Kill {
			t.Error(err)
		}
		return string(rest)
	}
}

// answers sends n answers as somebody who presses 1, and says on which page it
// began.
func answers(t *testing.T, at *url.URL, name string, n int) (began string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Client{Jar: jar}
	page, path := "", ""
	keep := func(resp *http.Response, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status, err)
		}
		page, path = string(data), resp.Request.URL.Path
	}
	keep(web.Get(at.String())) //nolint:bodyclose // keep closes it
	token := regexp.MustCompile(`name="token" value="([A-Z0-9]+)"`).FindStringSubmatch(page)
	home := "http://" + at.Host
	keep(web.PostForm(home+"/name", url.Values{"token": token[1:], "name": {name}})) //nolint:bodyclose // keep closes it
	began = path
	for range n {
		keep(web.PostForm(home+path, url.Values{"token": token[1:], "choice": {"1"}})) //nolint:bodyclose // keep closes it
	}
	return began
}

func TestPeopleAnnotateAreKilledGoOnAndStandInTheReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "suite.yaml", strings.Replace(strings.Replace(strings.ReplaceAll(evaluation, "%s", byReference), "  - language: {}\n", "  - {language: {}, limit: 6, judges: [pairs]}\n", 1), "comparisons:", "judges: [{name: pairs, model: default, mode: pairwise}]\ncomparisons:", 1))
	if a := gorod(t, dir, "eval", "run", "suite.yaml", "--out", "out"); a.code != 0 {
		t.Fatal(a)
	}
	at, end := annotating(t, dir)
	if at.Hostname() != "127.0.0.1" {
		t.Errorf("%s is not only for this machine", at)
	}
	answers(t, at, "Аня", 2)
	if busy := gorod(t, dir, "eval", "annotate", "out"); busy.code != 2 || !strings.Contains(busy.stderr, "being annotated already") {
		t.Error(busy)
	}
	end(os.Kill)
	at, end = annotating(t, dir)
	if began := answers(t, at, "Аня", 1); began != "/q/3" {
		t.Errorf("it goes on at %s", began)
	}
	answers(t, at, "Боб", 3)
	if said := end(syscall.SIGINT); !strings.Contains(said, `{"name":"Аня","answered":3,"of":6}`) || !strings.Contains(said, `"agreement":[{"task":"language","measure":"win"`) {
		t.Error(said)
	}
	if a := gorod(t, dir, "eval", "report", "out"); a.code != 0 {
		t.Fatal(a)
	}
	page, err := os.ReadFile(filepath.Join(dir, "out", "report", "report.md"))
	if err != nil || !strings.Contains(string(page), "human") && !strings.Contains(string(page), "люди") {
		t.Errorf("people are not in the report: %v\n%s", err, page)
	}
	if v := gorod(t, dir, "eval", "verify", "out"); v.code != 0 {
		t.Error(v)
	}
	for args, says := range map[string]string{
		"out --task none":                "there is no task none",
		"out --task retention --ask own": "nothing to annotate",
		"out --ask guess":                `--ask "guess": it is one of [pairs own marks]`,
		"out --limit -1":                 "--limit -1",
		"out --listen :0":                "every network of this machine",
		"none":                           "not the folder of an evaluation",
	} {
		if a := gorod(t, dir, append([]string{"eval", "annotate"}, strings.Fields(args)...)...); a.code != 2 || !strings.Contains(a.stderr, says) {
			t.Errorf("%s: %v does not say %q", args, a, says)
		}
	}
}
