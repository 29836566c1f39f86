//go:build components

package launch_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/llm-city/gorod/finetune/launch"
)

// hook is a server that answers with codes, the last one again and again.
type hook struct {
	mu    sync.Mutex
	codes []int
	got   []map[string]any
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var body map[string]any
	text, _ := io.ReadAll(r.Body)
	if json.Unmarshal(text, &body) != nil {
		body = map[string]any{"text": string(text)}
	}
	h.got = append(h.got, body)
	code := h.codes[0]
	if len(h.codes) > 1 {
		h.codes = h.codes[1:]
	}
	if code == http.StatusFound {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(code)
}

// real is the stand-in with the Python that tells of the end, and what it left.
func real(train string) string {
	text := strings.Replace(standIn, "echo notify >> starts; exit 0;", `exec python3 "$@";`, 1)
	return strings.Replace(text, "mkdir -p run/adapter;", train+" mkdir -p run/adapter;", 1)
}

const losses = `echo '{"event":"log","step":3,"of":4,"loss":2.5}' > run/metrics.jsonl; echo '{"event":"eval","step":4,"of":4,"loss":NaN,"eval_loss":1.25}' >> run/metrics.jsonl; echo garbage >> run/metrics.jsonl;`

func TestAWebhookAndACommandAreTold(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		train string
		codes []int
		posts int
		sent  bool
		want  map[string]any
		text  string
	}{
		"success": {losses, []int{500, 200}, 2, true, map[string]any{"state": "completed", "loss": 2.5, "eval_loss": 1.25, "step": 4.0}, "completed, loss 2.5, held out 1.25"},
		"failure": {losses + `echo '{"state":"failed","error":"диск полон"}' > run/state.json; exit 1;`, []int{200}, 1, true, map[string]any{"state": "failed", "error": "диск полон", "loss": 2.5}, "failed, loss 2.5, held out 1.25: диск полон"},
		"stopped": {`exit 1;`, []int{204}, 1, true, map[string]any{"state": "stopped"}, "stopped: it ended before it was done"},
		"refused": {losses, []int{404}, 1, false, map[string]any{"state": "completed"}, "completed"},
		"moved":   {losses, []int{302}, 1, false, map[string]any{"state": "completed"}, "completed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &hook{codes: tt.codes}
			server := httptest.NewServer(h)
			t.Cleanup(server.Close)
			s := newSite(t, "local", "notify: {webhook_env: HOOK, command: 'echo \"$GOROD_NOTIFY_STATE $GOROD_NOTIFY_ID $GOROD_NOTIFY_LOSS\" > told'}\n")
			s.put(t, "python", real(tt.train))
			l := s.open(t)
			r, err := s.request()
			if err != nil {
				t.Fatal(err)
			}
			if r.Webhook, err = launch.Webhook(r.Job, func(string) string { return server.URL + "/s3cr3t" }); err != nil {
				t.Fatal(err)
			}
			j, err := l.Submit(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			j = s.end(t, l, j)
			if len(h.got) != tt.posts {
				t.Fatalf("%d posts: %v", len(h.got), h.got)
			}
			for key, want := range tt.want {
				if got := h.got[0][key]; got != want {
					t.Errorf("%s is %v, want %v", key, got, want)
				}
			}
			if text, _ := h.got[0]["text"].(string); !strings.Contains(text, tt.text) || h.got[0]["where"] != j.Cluster.Dir || h.got[0]["id"] != j.ID {
				t.Errorf("%v", h.got[0])
			}
			told, err := os.ReadFile(filepath.Join(j.Cluster.Dir, "told"))
			if want := tt.want["state"].(string) + " " + j.ID; err != nil || !strings.HasPrefix(string(told), want) {
				t.Errorf("the command was told %q: %v", told, err)
			}
			_, err = os.Stat(filepath.Join(j.Cluster.Dir, "notify.url"))
			if os.IsNotExist(err) != tt.sent || string(j.Tasks[2].Status.State) != map[bool]string{true: "completed", false: "failed"}[tt.sent] {
				t.Errorf("%+v, %v", j.Tasks[2], err)
			}
			if log, err := os.ReadFile(j.Tasks[2].Output); err != nil || strings.Contains(string(log), "s3cr3t") {
				t.Errorf("the log tells the secret: %s, %v", log, err)
			}
		})
	}
}

func TestASweepIsToldOfAsOne(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "sweep: {training.lr: [1e-4, 2e-4]}\nnotify: {command: 'echo \"$GOROD_NOTIFY_TEXT\" > told'}\n")
	s.put(t, "python", real(`case "$PWD" in *task-001) echo '{"state":"failed","error":"broken"}' > run/state.json; exit 1;; esac;`))
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	told, err := os.ReadFile(filepath.Join(j.Cluster.Dir, "told"))
	if err != nil || !strings.Contains(string(told), "failed, 1 of 2 tasks completed: broken") {
		t.Errorf("%q, %v: %+v", told, err, j.Tasks)
	}
}

func TestWhateverATrainerSaysOfItselfIsTold(t *testing.T) {
	t.Parallel()
	s := newSite(t, "local", "notify: {command: 'echo \"$GOROD_NOTIFY_ERROR\" > told'}\n")
	s.put(t, "job.yaml", strings.Replace(s.read("job.yaml"), "cluster: {", "cluster: {env: {LC_ALL: C, PYTHONIOENCODING: ascii}, ", 1))
	s.put(t, "python", real(`echo '{"state":"failed","error":"нет \ud800 места\u0000!"}' > run/state.json; echo '{"event":"log","step":1,"loss":1e999}' > run/metrics.jsonl; exit 1;`))
	l := s.open(t)
	j := s.end(t, l, s.submit(t, l))
	if told := s.read("jobs/asya-" + j.ID + "/told"); told != "нет ? места!\n" {
		log, _ := os.ReadFile(j.Tasks[2].Output)
		t.Errorf("told %q: %s", told, log)
	}
}
