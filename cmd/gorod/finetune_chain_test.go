package main_test

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
)

// adds adds lines to the job of a folder.
func adds(t *testing.T, dir, lines string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "job.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "job.yaml", string(text)+lines)
}

func TestWhatCameOfAFineTuningIsShownAndItsEndIsTold(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	adds(t, dir, "notify: {webhook_env: HOOK}\n")
	if a := gorod(t, dir, "finetune", "submit", "job.yaml"); a.code != 2 || !strings.Contains(a.stderr, "HOOK is not set") || !strings.Contains(a.stderr, "job.yaml:8") {
		t.Error(a)
	}
	cmd := command(t, dir, "finetune", "submit", "job.yaml", "--watch")
	cmd.Env = append(cmd.Environ(), "HOOK=https://hooks.example.org/s3cr3t")
	a := finish(t, cmd)
	if a.code != 0 || !strings.Contains(a.stdout, "notify: completed") || !strings.Contains(a.stdout, "merged: 1 file, 7 B in ") {
		t.Fatal(a)
	}
	id := strings.Fields(a.stdout)[0]
	show := gorod(t, dir, "finetune", "show", id)
	for _, want := range []string{"pending", "run/merged/model.safetensors", "merged", "asya-" + id} {
		if !strings.Contains(show.stdout, want) {
			t.Errorf("no %q in %v", want, show)
		}
	}
	var shown struct {
		Job struct {
			Artifacts []struct{ Kind, Path, SHA256 string }
		}
		States map[string][]struct{ State string }
	}
	if a := gorod(t, dir, "finetune", "show", id, "--json"); json.Unmarshal([]byte(a.stdout), &shown) != nil || len(shown.Job.Artifacts) == 0 || len(shown.States["notify-0"]) < 2 {
		t.Errorf("%+v %v", shown, a)
	}
	all := gorod(t, dir, "finetune", "ls", "--json").stdout + show.stdout + a.stdout + a.stderr + gorod(t, dir, "finetune", "logs", id, "--stage", "notify").stdout
	if strings.Contains(all, "s3cr3t") || !strings.Contains(all, `"webhook": "notify.url"`) || !strings.Contains(all, `"kind":"merged"`) {
		t.Error(all)
	}
}

func TestAnImportRefusesAShardThatChangedByName(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	id, a := submitted(t, dir)
	if a.code != 0 {
		t.Fatal(a)
	}
	put(t, filepath.Join(dir, "finetunes", "asya-"+id, "run", "merged"), "model.safetensors", "merget\n")
	a = gorod(t, dir, "finetune", "import", id)
	if a.code != 1 || !strings.Contains(a.stderr, "run/merged/model.safetensors is corrupt") || !strings.Contains(a.stderr, "resume "+id+" --from merge") {
		t.Error(a)
	}
	if a := gorod(t, dir, "finetune", "resume", id, "--from", "merge", "--watch"); a.code != 0 {
		t.Error(a)
	}
	if a := gorod(t, dir, "finetune", "import", id); strings.Contains(a.stderr, "corrupt") {
		t.Error(a)
	}
}

func TestWithoutCUDAAJobForAGPUIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	dir := finetuning(t, "")
	cmd := command(t, dir, "finetune", "submit", "job.yaml", "--force", "--set", "resources.gpus=1")
	cmd.Env = append(cmd.Environ(), "CUDA_VISIBLE_DEVICES=")
	if a := finish(t, cmd); a.code == 0 || !strings.Contains(a.stderr, "CUDA is absent") || !strings.Contains(a.stderr, "0 to train on the CPU") {
		t.Error(a)
	}
	if ls := gorod(t, dir, "finetune", "ls", "--json"); ls.stdout != "" {
		t.Error(ls)
	}
}

func TestChatAppliesWhatTheJobSays(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	type question struct {
		Messages []struct{ Role, Content string }
		Bias     map[string]float64 `json:"logit_bias"`
	}
	var asked []question
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tokenize" {
			io.WriteString(w, `{"tokens":[7]}`)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		var one question
		if err := json.NewDecoder(r.Body).Decode(&one); err != nil {
			t.Error(err)
		}
		text := "норм"
		if asked = append(asked, one); len(asked) == 1 {
			text = "я языковая модель"
		}
		io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\""+text+"\"}}]}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(server.Close)
	dir := finetuning(t, "")
	adds(t, dir, "export: {system: ты Ася, banned: [языковая модель], logit_bias: {ИИ: -5}}\n")
	id, a := submitted(t, dir)
	if a.code != 0 {
		t.Fatal(a)
	}
	cmd := command(t, dir, "finetune", "chat", "m", "--server", server.URL+"/v1", "--job", id, "--json")
	cmd.Stdin = strings.NewReader("как дела\n\n")
	if a = finish(t, cmd); a.code != 0 || !strings.Contains(a.stdout, `"reply":"норм"`) {
		t.Error(a)
	}
	if len(asked) != 2 || asked[0].Messages[0].Role != "system" || asked[0].Messages[0].Content != "ты Ася" || asked[1].Bias["7"] != -5 {
		t.Errorf("%+v", asked)
	}
	cmd = command(t, dir, "finetune", "chat", "m", "--server", server.URL+"/v1", "--job", id, "--system", "ты Оля", "--json")
	cmd.Stdin = strings.NewReader("как дела\n\n")
	if a = finish(t, cmd); a.code != 0 || asked[len(asked)-1].Messages[0].Content != "ты Оля" {
		t.Errorf("%v %+v", a, asked)
	}
}
