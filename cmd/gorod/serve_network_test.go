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
	"testing"
	"time"
)

// guest is somebody with a client of Mastodon.
type guest struct {
	t     *testing.T
	http  *http.Client
	base  string
	token string
}

func (g *guest) send(method, path string, form url.Values) (status int, body []byte) {
	g.t.Helper()
	r, err := http.NewRequestWithContext(g.t.Context(), method, g.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if g.token != "" {
		r.Header.Set("Authorization", "Bearer "+g.token)
	}
	answer, err := g.http.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		g.t.Fatal(err)
	}
	return answer.StatusCode, body
}

func (g *guest) read(into any, method, path string, form url.Values) {
	g.t.Helper()
	status, body := g.send(method, path, form)
	if err := json.Unmarshal(body, into); status != http.StatusOK || err != nil {
		g.t.Fatalf("%s %s: %d %.300s %v", method, path, status, body, err)
	}
}

// enter gets a token: the app registers, and its user chooses a name.
func (g *guest) enter(name string) {
	g.t.Helper()
	var app struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	const here = "urn:ietf:wg:oauth:2.0:oob"
	g.read(&app, "POST", "/api/v1/apps", url.Values{"client_name": {"bot"}, "redirect_uris": {here}, "scopes": {"read write follow"}})
	wish := url.Values{"client_id": {app.ID}, "redirect_uri": {here}, "response_type": {"code"}, "scope": {"read write follow"}}
	find := func(pattern string, page []byte) string {
		found := regexp.MustCompile(pattern).FindSubmatch(page)
		if found == nil {
			g.t.Fatalf("no %s in\n%s", pattern, page)
		}
		return string(found[1])
	}
	_, page := g.send("GET", "/oauth/authorize?"+wish.Encode(), nil)
	wish.Set("form", find(`name="form" value="([^"]+)"`, page))
	wish.Set("name", name)
	_, page = g.send("POST", "/oauth/authorize", wish)
	var token struct {
		Token string `json:"access_token"`
	}
	g.read(&token, "POST", "/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {app.ID}, "client_secret": {app.Secret}, "redirect_uri": {here}, "code": {find(`<code id="code">([^<]+)<`, page)},
	})
	g.token = token.Token
}

// A visitor comes in while a run goes on, writes to a resident, and the run
// still verifies.
func TestARunWithVisitorsVerifies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "town.yaml")
	study := "{apiVersion: gorod/v1, kind: Experiment, name: town, clock: {ticks: 100000}, population: [{inline: [{name: Анна Петрова}, {name: Борис}, {name: Вера}]}], " +
		"agents: {activity: [1]}, environment: {network: {follows: {graph: complete}}}}"
	if err := os.WriteFile(file, []byte(study), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	cmd := command(t, dir, "run", file, "--json", "--no-report", "--out", out, "--serve", "127.0.0.1:0", "--network", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // where the test has failed
	lines := bufio.NewReader(stdout)
	var told struct{ Event, URL string }
	for told.Event != "network" {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(line, &told); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, lines)
	}()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{t: t, http: &http.Client{Jar: jar}, base: strings.TrimSuffix(told.URL, "/")}
	end := time.Now().Add(time.Minute)
	pace := time.NewTicker(250 * time.Millisecond) // slower than the limit of requests
	defer pace.Stop()
	for status := 0; status != http.StatusOK && time.Now().Before(end); { // the run begins
		<-pace.C
		status, _ = g.send("GET", "/api/v1/instance", nil)
	}
	g.enter("alice")
	var post struct {
		ID    string
		Gorod struct{ Waiting bool }
	}
	g.read(&post, "POST", "/api/v1/statuses", url.Values{"status": {"@anna_petrova здравствуйте!"}})
	for post.Gorod.Waiting = true; post.Gorod.Waiting && time.Now().Before(end); {
		<-pace.C
		g.read(&post, "GET", "/api/v1/statuses/"+post.ID, nil)
	}
	if post.Gorod.Waiting {
		t.Error("the run does not take the post in")
	}
	if status, page := g.send("GET", "/@alice", nil); status != http.StatusOK || !strings.Contains(string(page), "здравствуйте!") {
		t.Errorf("the page: %d", status)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-drained
	_ = cmd.Wait() // its code is that of a run interrupted
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Errorf("exit code %d", code)
	}
	if got := gorod(t, dir, "verify", out); got.code != 0 {
		t.Errorf("verify: %d %s %s", got.code, got.stdout, got.stderr)
	}
	if got := gorod(t, dir, "serve", out, "--listen", "127.0.0.1:0", "--network", "no address"); got.code != 2 || !strings.Contains(got.stderr, "--network") {
		t.Errorf("a bad address: %d %s", got.code, got.stderr)
	}
}
