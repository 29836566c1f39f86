package launch

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/cluster"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/finetune/job"
)

//go:embed notify.py
var notifier []byte

// Files of the stage that tells how a job ended.
const (
	notifierFile = "notify.py"
	noticeFile   = "notify.json"
	webhookFile  = "notify.url" // the secret: for its owner alone, and gone when it was used
)

// notifyTime bounds the stage, the command in it included.
const notifyTime = 15 * time.Minute

// notice is what notify.py is asked to tell.
type notice struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Where   string       `json:"where"`
	Command string       `json:"command,omitempty"`
	Webhook string       `json:"webhook,omitempty"` // file of the URL
	Tasks   []noticeTask `json:"tasks"`
}

type noticeTask struct {
	Task   int    `json:"task"`
	Label  string `json:"label,omitempty"`
	Folder string `json:"folder,omitempty"`
}

// Webhook is the URL that a job's notice is posted to, out of the environment.
// It is empty where none is asked for.
func Webhook(j *job.Job, getenv func(string) string) (string, error) {
	name := j.Notify.WebhookEnv
	if name == "" {
		return "", nil
	}
	text := strings.TrimSpace(getenv(name))
	if text == "" {
		return "", spec.Problems{j.Problem("notify.webhook_env", name+" is not set", "the URL of the webhook is to be in it", "export it, or remove notify.webhook_env")}
	}
	if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(text) > 4096 {
		return "", spec.Problems{j.Problem("notify.webhook_env", name+" holds no http or https URL", "its value is a secret and not shown", "set it to the URL of the webhook")}
	}
	return text, nil
}

// layOutNotice writes what the stage needs into a folder, and tells what is to
// be staged. Files have the rights here that they are to have there.
func layOutNotice(dir, id string, j *job.Job, where, webhook string) ([]cluster.File, error) {
	n := notice{ID: id, Name: j.Name, Where: where, Command: j.Notify.Command}
	for _, t := range j.Tasks() {
		n.Tasks = append(n.Tasks, noticeTask{t.Index, t.Label, t.Folder()})
	}
	contents := map[string][]byte{notifierFile: notifier}
	if webhook != "" {
		n.Webhook = webhookFile
		contents[webhookFile] = []byte(webhook + "\n")
	}
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", noticeFile, err)
	}
	contents[noticeFile] = append(text, '\n')
	var files []cluster.File
	for name, data := range contents {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, data, 0o600); err != nil {
			return nil, fmt.Errorf("lay the job out: %w", err)
		}
		files = append(files, cluster.File{From: at, To: name})
	}
	return files, nil
}

// notifyScript tells how the job ended, also where what comes before fails.
func notifyScript(j *job.Job) []string {
	python := j.Cluster.Python
	if python == "auto" { // its virtual environment may be what failed
		python = "python3"
	}
	lines := append([]string{"set +e"}, j.Cluster.Setup...)
	return append(lines, cluster.Quote(python)+" "+notifierFile)
}
