package launch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/finetune/job"
	"github.com/llm-city/gorod/finetune/launch"
	"github.com/llm-city/gorod/finetune/registry"
)

func TestTheNoticeComesLastWhetherTheJobSucceedsOrFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fails bool
		state registry.State
		want  string
	}{
		"success": {false, registry.Completed, "train merge notify"},
		"failure": {true, registry.Failed, "train notify"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "local", "notify: {command: 'echo told'}\n")
			if tt.fails {
				text := strings.Replace(s.read("job.yaml"), "cluster: {", "cluster: {env: {CODE: '1'}, ", 1)
				s.put(t, "job.yaml", text)
			}
			l := s.open(t)
			j := s.end(t, l, s.submit(t, l))
			if j.State() != tt.state || s.starts(t) != tt.want {
				t.Errorf("%s ran %q: %+v", j.State(), s.starts(t), j.Tasks)
			}
		})
	}
}

func TestANoticeThatFailsIsNoFailureOfTheJobAndIsSentAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "notify: {command: 'true'}\n")
	s.put(t, "python", strings.Replace(standIn, "echo notify >> starts;", "echo notify >> starts; [ $(grep -c notify starts) = 2 ];", 1))
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	if j.State() != registry.Completed || j.Tasks[2].Status.State != registry.Failed {
		t.Errorf("%s: %+v", j.State(), j.Tasks)
	}
	r, err := l.Request(j)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Resume(t.Context(), j, r, ""); err != nil {
		t.Fatal(err)
	}
	if j = s.end(t, l, j); j.Tasks[2].Status.State != registry.Completed || s.starts(t) != "train merge notify notify" {
		t.Errorf("%q: %+v", s.starts(t), j.Tasks)
	}
	if err := l.Resume(t.Context(), j, r, ""); err == nil || !strings.Contains(err.Error(), "is done") {
		t.Errorf("%v", err)
	}
}

func TestTheURLOfAWebhookIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	const secret = "https://hooks.example.org/T0/s3cr3t"
	s := newSite(t, "local", "notify: {webhook_env: HOOK}\n")
	l := s.open(t)
	r, err := s.request()
	if err != nil {
		t.Fatal(err)
	}
	if r.Webhook, err = launch.Webhook(r.Job, func(string) string { return secret }); err != nil {
		t.Fatal(err)
	}
	j, err := l.Submit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	j = s.end(t, l, j)
	var held []string
	err = filepath.WalkDir(j.Cluster.Dir, func(at string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(at)
		if strings.Contains(string(text), "s3cr3t") {
			info, _ := d.Info()
			held = append(held, filepath.Base(at)+" "+info.Mode().String())
		}
		return err
	})
	if err != nil || len(held) != 1 || held[0] != "notify.url -rw-------" || strings.Contains(string(j.Job)+j.YAML, "s3cr3t") {
		t.Errorf("%v: %v", held, err)
	}
}

func TestWebhooksThatAreNone(t *testing.T) {
	t.Parallel()
	j := &job.Job{Name: "asya", Notify: job.Notify{WebhookEnv: "HOOK"}}
	for value, want := range map[string]string{"": "is not set", "ftp://x/secret": "no http", "secret": "no http", "https:///secret": "no http"} {
		if _, err := launch.Webhook(j, func(string) string { return value }); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret\n") {
			t.Errorf("%q: %v", value, err)
		}
	}
	if got, err := launch.Webhook(&job.Job{}, func(string) string { return "https://x" }); got != "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
