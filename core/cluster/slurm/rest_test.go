package slurm

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/cluster"
)

// daemon is a slurmrestd that answers by method and path, and keeps what it was
// sent last.
type daemon struct {
	answers map[string]string // "GET /path" → body, after "500 " the status
	sent    map[string]any
	headers http.Header
}

func (d *daemon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.headers = r.Header.Clone()
	if r.Method == http.MethodPost {
		_ = json.NewDecoder(r.Body).Decode(&d.sent)
	}
	body, ok := d.answers[r.Method+" "+r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if rest, failed := strings.CutPrefix(body, "500 "); failed {
		w.WriteHeader(http.StatusInternalServerError)
		body = rest
	}
	_, _ = io.WriteString(w, body)
}

func (d *daemon) start(t *testing.T) *REST {
	t.Helper()
	s := httptest.NewServer(d)
	t.Cleanup(s.Close)
	r, err := NewREST(RESTOptions{URL: s.URL, User: "me", Token: func(context.Context) (string, error) { return "jwt", nil }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func speaks(versions ...string) string {
	paths := map[string]any{"/openapi/v3": 1, "/slurmdb/v0.0.99/job/submit": 1}
	for _, v := range versions {
		paths["/slurm/"+v+"/job/submit"] = 1
	}
	data, _ := json.Marshal(map[string]any{"paths": paths})
	return string(data)
}

func TestTheNewerLayoutIsSpokenWhereTheDaemonHasIt(t *testing.T) {
	t.Parallel()
	d := &daemon{answers: map[string]string{
		"GET /openapi/v3":                speaks("v0.0.39", "v0.0.40", "v0.0.38"),
		"GET /slurm/v0.0.40/job/7":       `{"jobs": [{"job_id": 7, "job_state": ["RUNNING"]}]}`,
		"GET /slurm/v0.0.40/job/8":       `{"jobs": [{"job_id": 9, "array_job_id": 8, "array_task_id": 1, "job_state": ["PENDING"]}]}`,
		"GET /slurm/v0.0.40/jobs":        `{"jobs": [], "errors": [], "warnings": []}`,
		"POST /slurm/v0.0.40/job/submit": `{"result": {"job_id": 12}, "job_id": 12, "errors": [], "warnings": [{"description": "x"}]}`,
	}}
	h, err := d.start(t).Submit(t.Context(), full())
	if err != nil || h.ID != "12" {
		t.Fatalf("%+v, %v", h, err)
	}
	got, _ := json.Marshal(d.sent["job"])
	want := `{"account":"lab","array":"0-7%3","comment":"gorod:tiny-1a2b","constraints":"a100|h100","cpus_per_task":8,` +
		`"current_working_directory":"/jobs/tiny","dependency":"afterok:7,afterany:8_1","environment":["PATH=` + defaultPath + `"],` +
		`"flags":["KILL_INVALID_DEPENDENCY"],"kill_warning_delay":{"infinite":false,"number":300,"set":true},"kill_warning_flags":["BATCH_JOB"],` +
		`"kill_warning_signal":"USR1","mail_type":["END","FAIL"],"mail_user":"me@x.org","memory_per_node":{"infinite":false,"number":32768,"set":true},"name":"tiny","nodes":"1","open_mode":["APPEND"],` +
		`"partition":"gpu","requeue":true,"standard_output":"/jobs/tiny/logs/%A_%a.out","tasks_per_node":1,` +
		`"time_limit":{"infinite":false,"number":62,"set":true},"tres_per_node":"gres/gpu:2"}`
	if string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if text, _ := d.sent["script"].(string); strings.Contains(text, "alarm") {
		t.Error("the script warns itself, although the daemon can")
	}
	if d.headers.Get("X-SLURM-USER-NAME") != "me" || d.headers.Get("X-SLURM-USER-TOKEN") != "jwt" {
		t.Errorf("headers %v", d.headers)
	}
}

const newJobs = `{"jobs": [
 {"job_id": 13, "array_job_id": {"set": true, "infinite": false, "number": 12}, "array_task_id": {"set": true, "infinite": false, "number": 0},
  "array_task_string": "", "job_state": ["FAILED"], "state_reason": "NonZeroExitCode", "state_description": "", "restart_cnt": 1, "nodes": "n1",
  "exit_code": {"status": ["ERROR"], "return_code": {"set": true, "infinite": false, "number": 3}, "signal": {"id": {"set": false, "infinite": false, "number": 0}, "name": ""}},
  "submit_time": {"set": true, "infinite": false, "number": 1795256316}, "start_time": {"set": true, "infinite": false, "number": 1795256317},
  "end_time": {"set": true, "infinite": false, "number": 1795256319}, "tres_alloc_str": "cpu=8,mem=32G,node=1,gres/gpu=2"},
 {"job_id": 12, "array_job_id": {"set": true, "infinite": false, "number": 12}, "array_task_id": {"set": false, "infinite": false, "number": 0},
  "array_task_string": "1-2%1", "job_state": ["PENDING"], "state_reason": "JobArrayTaskLimit", "restart_cnt": 0, "nodes": "",
  "submit_time": {"set": true, "infinite": false, "number": 1795256316}, "start_time": {"set": true, "infinite": false, "number": 0},
  "end_time": {"set": false, "infinite": true, "number": 0}},
 {"job_id": 14, "array_job_id": {"set": true, "infinite": false, "number": 12}, "array_task_id": {"set": true, "infinite": false, "number": 3},
  "job_state": ["COMPLETED", "COMPLETING"], "state_reason": "None", "nodes": "n2"},
 {"job_id": 15, "array_job_id": {"set": true, "infinite": false, "number": 12}, "array_task_id": {"set": true, "infinite": false, "number": 4},
  "job_state": ["PENDING", "REQUEUED"], "state_reason": "BeginTime", "restart_cnt": 1}
], "errors": [], "warnings": []}`

func TestTheNewerLayoutIsUnderstood(t *testing.T) {
	t.Parallel()
	d := &daemon{answers: map[string]string{"GET /openapi/v3": speaks("v0.0.42"), "GET /slurm/v0.0.42/job/12": newJobs}}
	r := d.start(t)
	got, err := r.Status(t.Context(), "12")
	if err != nil || len(got) != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []cluster.State{cluster.FailedState, cluster.Pending, cluster.Pending, cluster.Running, cluster.Requeued} {
		if got[i].Task != i || got[i].State != want {
			t.Errorf("task %d: %+v, want %s", i, got[i], want)
		}
	}
	if s := got[0]; s.ExitCode != 3 || s.Restarts != 1 || s.Node != "n1" || s.Ended.Sub(s.Started) != 2*time.Second || s.Reason.Advice == "" {
		t.Errorf("%+v", s)
	}
	if u, err := r.Account(t.Context(), "12_0"); err != nil || len(u) != 1 || u[0].GPUs != 2 || u[0].CPUs != 8 {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestHostileDaemonsGiveTypedErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		openapi, status string
		kind            cluster.ErrorKind
	}{
		"a web page":            {"<html>Welcome</html>", "", cluster.Failed},
		"too old":               {speaks("v0.0.36"), "", cluster.Failed},
		"a page for a job":      {speaks("v0.0.40"), "<html>", cluster.Failed},
		"nothing":               {speaks("v0.0.40"), "", cluster.Failed},
		"the wrong types":       {speaks("v0.0.40"), `{"jobs": "none"}`, cluster.Failed},
		"somebody else's job":   {speaks("v0.0.40"), `{"jobs": [{"job_id": 99, "job_state": ["RUNNING"]}]}`, cluster.NotFound},
		"no job":                {speaks("v0.0.40"), `{"jobs": []}`, cluster.NotFound},
		"strange numbers":       {speaks("v0.0.40"), `{"jobs": [{"job_id": {"set": "x"}, "array_task_id": [], "exit_code": "?", "job_state": 7}]}`, cluster.NotFound},
		"an error with 200":     {speaks("v0.0.40"), `{"errors": [{"error_number": 2017, "error": "Invalid job id specified"}]}`, cluster.NotFound},
		"down, says the daemon": {speaks("v0.0.40"), `500 {"errors": [{"error_number": 1800, "error": "Unable to contact slurm controller (connect failure)"}]}`, cluster.Unreachable},
		"a refused token":       {speaks("v0.0.40"), `500 {"errors": [{"error_number": 5005, "error": "Zero Bytes were transmitted or received"}]}`, cluster.Unauthorized},
		"500 without a reason":  {speaks("v0.0.40"), `500 {"errors": []}`, cluster.Failed},
	} {
		d := &daemon{answers: map[string]string{"GET /openapi/v3": tt.openapi, "GET /slurm/v0.0.40/job/12": tt.status}}
		if got, err := d.start(t).Status(t.Context(), "12"); !cluster.IsKind(err, tt.kind) || len(got) > 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestARedirectDoesNotCarryTheTokenAway(t *testing.T) {
	t.Parallel()
	leaked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked = r.Header.Get("X-SLURM-USER-TOKEN") != ""
	}))
	t.Cleanup(elsewhere.Close)
	s := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(s.Close)
	r, err := NewREST(RESTOptions{URL: s.URL, Token: func(context.Context) (string, error) { return "jwt", nil }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Status(t.Context(), "1"); err == nil || leaked {
		t.Errorf("%v, leaked %t", err, leaked)
	}
}

func TestOnlyURLsAndSocketsAreTaken(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "login:6820", "ftp://x", "http://"} {
		if _, err := NewREST(RESTOptions{URL: url}); !cluster.IsKind(err, cluster.Rejected) {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func FuzzRESTJobs(f *testing.F) {
	f.Add([]byte(newJobs))
	f.Add([]byte(`{"jobs":[{"job_id":1,"exit_code":256,"job_state":"FAILED","array_task_id":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var a answer
		if json.Unmarshal(data, &a) != nil {
			return
		}
		for _, j := range a.Jobs {
			for _, r := range j.records() {
				if st := r.status(); st.State == "" || st.Task < cluster.NoTask {
					t.Errorf("%+v", st)
				}
			}
		}
	})
}
