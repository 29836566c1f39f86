package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// panelAt is a panel that a gorod serves.
type panelAt struct {
	URL   string
	Token string
	Runs  []string

	t      *testing.T
	client *http.Client
	cmd    *exec.Cmd
	lines  *bufio.Reader
}

// serving starts a command that serves a panel, and reads where.
func serving(t *testing.T, dir string, args ...string) *panelAt {
	t.Helper()
	cmd := command(t, dir, append(args, "--json")...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // where the test has failed
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &panelAt{t: t, client: &http.Client{Jar: jar}, cmd: cmd, lines: bufio.NewReader(stdout)}
	for p.URL == "" {
		line, err := p.lines.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(line, p); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// end sends a signal and waits for the end.
func (p *panelAt) end(s os.Signal) (code int) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	return p.ended()
}

func (p *panelAt) ended() (code int) {
	p.t.Helper()
	if _, err := io.Copy(io.Discard, p.lines); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// run is the address of a run's pages.
func (p *panelAt) run(i int) string {
	return p.URL + "r/" + strings.ReplaceAll(p.Runs[i], "/", "~") + "/"
}

func (p *panelAt) get(at string) string {
	p.t.Helper()
	resp, err := p.client.Get(at)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %v\n%.600s", at, resp.Status, err, body)
	}
	return string(body)
}

// post sends a form with what the operator's forms carry, and says where it led.
func (p *panelAt) post(at string, form url.Values) (to, body string) {
	p.t.Helper()
	if m := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(p.get(p.URL)); m != nil {
		form.Set("form", m[1])
	}
	resp, err := p.client.PostForm(at, form)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %v\n%.900s", at, resp.Status, err, data)
	}
	return resp.Request.URL.String(), string(data)
}

func (p *panelAt) login(name string) {
	p.t.Helper()
	p.post(p.URL+"login", url.Values{"token": {p.Token}, "name": {name}, "next": {"/"}})
}

// until gets a page again and again until it tells something.
func (p *panelAt) until(at, tells string) string {
	p.t.Helper()
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(50 * time.Millisecond) {
		if body := p.get(at); strings.Contains(body, tells) {
			return body
		}
	}
	p.t.Fatalf("%s does not tell %q", at, tells)
	return ""
}

const inRoom = small + "environment: {room: {topic: Каким должен быть парк}}\n"

const inTown = `apiVersion: gorod/v1
kind: Experiment
name: town
clock: {ticks: 10}
population:
  - inline: [{name: Анна, gender: female, interests: [книги]}, {name: Борис, gender: male, interests: [погода]}]
agents: {activity: [1]}
environment: {town: {mayor: {plugin: mayor/greedy}}}
`

func TestThePagesOfRealRunsOfEveryPlaceAreServed(t *testing.T) {
	t.Parallel()
	var dirs []string
	for i, study := range []string{small, inRoom, inTown} {
		dir := write(t, study)
		out := filepath.Join(t.TempDir(), fmt.Sprint("study", i))
		if a := gorod(t, dir, "run", "study.yaml", "--out", out, "--no-report"); a.code != 0 {
			t.Fatal(a)
		}
		dirs = append(dirs, out)
	}
	p := serving(t, "", append(append([]string{"serve"}, dirs...), "--listen", "127.0.0.1:0")...)
	if len(p.Runs) != 3 || p.Token == "" {
		t.Fatalf("%+v", p)
	}
	p.login("Аня")
	for i := range p.Runs {
		for _, path := range []string{
			"", "chats", "chats?show=answered", "people", "people/a0001", "people/a0001/memory", "ties", "place", "models", "?tick=3", "people/a0002?tick=2", "place?tick=1",
			"control", "control/talk?with=a0001", "control/poll",
		} {
			for _, lang := range []string{"ru", "en"} {
				at := p.run(i) + path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=" + lang
				body := p.get(at)
				if !strings.Contains(body, `<html lang="`+lang+`"`) || strings.Contains(body, "&lt;no value&gt;") || strings.Contains(body, "%!") {
					t.Errorf("%s is not whole", at)
				}
			}
		}
	}
	for i, tells := range []string{"снег", "Каким", "greedy"} {
		body := p.get(p.run(i)+"place?lang=ru") + p.get(p.run(i)+"?lang=ru")
		want := []string{tells, "Последние реплики", "Решения мэра"}[i]
		if !strings.Contains(body, want) {
			t.Errorf("run %d does not tell %q", i, want)
		}
	}
	if metrics := p.get(p.URL + "metrics"); strings.Count(metrics, "gorod_run_tick{") != 3 {
		t.Errorf("metrics:\n%s", metrics)
	}
	if code := p.end(syscall.SIGINT); code != 0 {
		t.Errorf("Ctrl-C: exit %d", code)
	}
}

func TestARunIsSteeredWhileItGoesOnAndStillVerifies(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	p := serving(t, dir, "run", "study.yaml", "--out", "out", "--no-report", "--set", "clock.ticks=100000", "--serve", "127.0.0.1:0")
	p.login("Аня")
	run := p.run(0)
	p.until(p.URL, "1") // it answers at once, the run may begin later
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(20 * time.Millisecond) {
		if resp, err := p.client.Get(run + "control"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				break
			}
		}
	}
	p.post(run+"control/pace", url.Values{"pace": {"pause"}})
	p.until(run+"control?lang=en", `class="chip state paused"`)

	p.post(run+"control/event", url.Values{"text": {"Открыли парк у реки"}, "to": {"all"}})
	p.post(run+"control/goals", url.Values{"goals": {"увидеть парк"}, "to": {"agent:a0002"}})
	talk, _ := p.post(run+"control/talk", url.Values{"text": {"Как дела?"}, "to": {"agent:a0001", "agent:a0003"}, "table": {"yes"}, "remember": {"yes"}})
	poll, _ := p.post(run+"control/poll", url.Values{"text1": {"Нужен ли парк?"}, "type1": {"single"}, "options1": {"да\nнет"}, "to": {"all"}})
	if body := p.until(talk+"?lang=en", "Your next remark"); !strings.Contains(body, "Анна") || !strings.Contains(body, "Вера") {
		t.Error("the talk has no answers of both")
	}
	if body := p.until(poll+"?lang=en&by=gender", "4 answers"); !strings.Contains(body, "female") {
		t.Error("the poll is not broken down")
	}
	if table := p.get(poll + "/answers.csv"); strings.Count(table, "\r\n") != 5 {
		t.Errorf("table of the poll:\n%s", table)
	}
	p.post(run+"control/pace", url.Values{"pace": {"step"}, "ticks": {"3"}})
	body := p.until(run+"?lang=en", "Открыли парк у реки")
	if !strings.Contains(body, "<b>Аня</b>") {
		t.Error("the overview does not say who told it")
	}
	p.until(run+"people/a0002", "увидеть парк")
	p.post(run+"control/pace", url.Values{"pace": {"stop"}})
	if code := p.ended(); code != 3 {
		t.Errorf("a run that was stopped ends with %d", code)
	}
	var runs []string
	for _, name := range []string{"run.db", "control.db"} {
		found, err := filepath.Glob(filepath.Join(dir, "out", "*", "*", name))
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		runs = append(runs, found[0])
	}
	if err := os.Remove(runs[1]); err != nil {
		t.Fatal(err)
	}
	if a := gorod(t, dir, "verify", filepath.Dir(runs[0])); a.code != 0 {
		t.Errorf("without the queue: %v", a)
	}
}

func TestServeSaysWhatItRefuses(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	if a := gorod(t, dir, "run", "study.yaml", "--out", "out", "--no-report", "--set", "clock.ticks=3"); a.code != 0 {
		t.Fatal(a)
	}
	if err := os.WriteFile(filepath.Join(dir, "open.token"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "short.token"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"other machines without TLS": {[]string{"out", "--listen", "0.0.0.0:0"}, "--tls-cert"},
		"every network":              {[]string{"out", "--listen", ":8117"}, "every network"},
		"no address":                 {[]string{"out", "--listen", "8117"}, "write an address"},
		"half of TLS":                {[]string{"out", "--tls-cert", "x"}, "belong together"},
		"a token that others read":   {[]string{"out", "--token-file", "open.token"}, "chmod 600"},
		"a token that is guessed":    {[]string{"out", "--token-file", "short.token"}, "256 bits"},
		"no run":                     {[]string{"out/base"}, "neither a run directory"},
		"nothing":                    {nil, "no argument was given"},
	} {
		if a := gorod(t, dir, append([]string{"serve"}, c.args...)...); a.code != 2 || !strings.Contains(a.stderr, c.says) {
			t.Errorf("%s: %v", name, a)
		}
	}
	if a := gorod(t, dir, "run", "study.yaml", "--serve", "0.0.0.0:0"); a.code != 2 || !strings.Contains(a.stderr, "TLS") {
		t.Errorf("run --serve: %v", a)
	}
}

func TestTheTokenIsKeptInItsFile(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	if a := gorod(t, dir, "run", "study.yaml", "--out", "out", "--no-report", "--set", "clock.ticks=3"); a.code != 0 {
		t.Fatal(a)
	}
	file := filepath.Join(dir, "panel.token")
	p := serving(t, dir, "serve", "out", "out", "--listen", "127.0.0.1:0", "--token-file", "panel.token")
	if p.Token != "" || len(p.Runs) != 1 {
		t.Errorf("the start says %+v", p)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p.end(syscall.SIGTERM)
	p = serving(t, dir, "serve", "out", "--listen", "127.0.0.1:0", "--token-file", "panel.token")
	p.Token = strings.TrimSpace(string(first))
	p.login("Аня")
	if !strings.Contains(p.get(p.run(0)+"control"), "Аня") {
		t.Error("the token of the file does not open the panel")
	}
	p.end(syscall.SIGTERM)
}

func TestAnAddressThatIsTakenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	dir := write(t, small)
	if a := gorod(t, dir, "run", "study.yaml", "--out", "out", "--no-report", "--set", "clock.ticks=3"); a.code != 0 {
		t.Fatal(a)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().String()
	for flag, args := range map[string][]string{
		"--listen": {"serve", "out", "--listen", taken}, "--network": {"serve", "out", "--listen", "127.0.0.1:0", "--network", taken},
		"--serve": {"run", "study.yaml", "--out", "again", "--no-report", "--set", "clock.ticks=3", "--serve", taken},
	} {
		a := gorod(t, dir, args...)
		if want := "any free port with " + flag + " 127.0.0.1:0"; a.code != 1 || !strings.Contains(a.stderr, taken) || !strings.Contains(a.stderr, want) {
			t.Errorf("%s: %d %s", flag, a.code, a.stderr)
		}
	}
}

const inNetwork = `apiVersion: gorod/v1
kind: Experiment
name: net
clock: {ticks: 40}
population:
  - group: двор
    goals: [жить дружно]
    inline:
      - {name: Анна, gender: female, interests: [книги, музыка], goals: [читать]}
      - {name: Борис, gender: male, interests: [погода, рыбалка]}
      - {name: Вера, gender: female, interests: [сад, музыка]}
      - {name: Глеб, gender: male, interests: [еда, книги]}
      - {name: Дарья, gender: female, interests: [сад, погода]}
agents: {activity: [1], max_actions: 4}
environment: {network: {follows: {graph: ring, degree: 2}, groups: [{name: Шахматы, members: [Борис]}]}}
interventions:
  - {id: hope, when: {tick: 2}, do: [{goals: {add: [надеяться]}}]}
  - {id: rest, when: {every: 9h}, do: [{goals: {set: [отдыхать], agents: [Анна]}}]}
`

// What a page shows of a tick of a longer run is what it shows after the last
// tick of a run that ended there.
func TestThePastIsWhatAShorterRunEndsWith(t *testing.T) {
	t.Parallel()
	moving := regexp.MustCompile(`(?s)<form class="scrub.*?</form>|\?tick=\d+|<p class="meta">.*?</p>|<title>.*?</title>`)
	parts := regexp.MustCompile(`(?s)<dl class="numbers">.*?</dl>|<ul class="(?:cards|plainlist)">.*?</ul>|<table.*?</table>`)
	for name, study := range map[string]string{"network": inNetwork, "town": strings.Replace(inTown, "ticks: 10", "ticks: 40", 1)} {
		dir := write(t, study)
		runs := map[string]string{}
		for _, ticks := range []string{"40", "7"} {
			runs[ticks] = filepath.Join(t.TempDir(), "ticks"+ticks)
			if a := gorod(t, dir, "run", "study.yaml", "--out", runs[ticks], "--no-report", "--set", "clock.ticks="+ticks); a.code != 0 {
				t.Fatal(a)
			}
		}
		p := serving(t, "", "serve", runs["40"], runs["7"], "--listen", "127.0.0.1:0")
		for _, path := range []string{"place", "people", "people/a0001", "people/a0002"} {
			shown := func(at string) string {
				return strings.Join(parts.FindAllString(moving.ReplaceAllString(p.get(at), ""), -1), "\n")
			}
			long := strings.ReplaceAll(shown(p.run(0)+path+"?lang=en&tick=6"), "~base~", "")
			short := strings.ReplaceAll(shown(p.run(1)+path+"?lang=en"), "~base~", "")
			long = strings.ReplaceAll(long, "ticks40", "ticks7")
			if long != short {
				t.Errorf("%s %s: the past is\n%s\nand was\n%s", name, path, long, short)
			}
			if now := strings.ReplaceAll(shown(p.run(0)+path+"?lang=en"), "ticks40", "ticks7"); strings.ReplaceAll(now, "~base~", "") == short {
				t.Errorf("%s %s: nothing has changed since", name, path)
			}
		}
		p.end(syscall.SIGINT)
	}
}
