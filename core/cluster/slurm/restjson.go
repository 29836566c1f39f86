package slurm

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
)

// answer is what slurmrestd answers, in any of its versions.
type answer struct {
	Errors []restError `json:"errors"`
	JobID  number      `json:"job_id"`
	Result struct {
		JobID number `json:"job_id"`
	} `json:"result"`
	Jobs []restJob `json:"jobs"`
}

type restError struct {
	Description string `json:"description"`
	Error       string `json:"error"`
	Number      int    `json:"error_number"`
	Code        int    `json:"error_code"`
}

func (e restError) number() int {
	if e.Number != 0 {
		return e.Number
	}
	return e.Code
}

func (e restError) text() string {
	switch {
	case e.Description == "":
		return e.Error
	case e.Error == "" || strings.Contains(e.Description, e.Error):
		return e.Description
	default:
		return e.Error + ": " + e.Description
	}
}

// number is 5, null, "5", or {"set": true, "infinite": false, "number": 5}.
type number struct {
	Number int64
	Set    bool
}

// UnmarshalJSON takes anything: what is no number is not set.
func (n *number) UnmarshalJSON(data []byte) error {
	*n = number{}
	var object struct {
		Set      bool    `json:"set"`
		Infinite bool    `json:"infinite"`
		Number   float64 `json:"number"`
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return err
	}
	switch v := plain.(type) {
	case float64:
		*n = number{int64(v), true}
	case string:
		i, err := strconv.ParseInt(v, 10, 64)
		*n = number{i, err == nil}
	case map[string]any:
		if json.Unmarshal(data, &object) == nil && object.Set && !object.Infinite {
			*n = number{int64(object.Number), true}
		}
	}
	return nil
}

// words is "A", or ["A", "B"].
type words []string

// UnmarshalJSON takes anything: what is neither is no word.
func (w *words) UnmarshalJSON(data []byte) error {
	*w = nil
	var one string
	if json.Unmarshal(data, &one) == nil {
		*w = words{one}
		return nil
	}
	var many []string
	if json.Unmarshal(data, &many) == nil {
		*w = many
	}
	return nil
}

// exitStatus is the status that wait(2) gives, or an object.
type exitStatus struct{ code, signal int }

// UnmarshalJSON takes anything: what is neither is 0.
func (e *exitStatus) UnmarshalJSON(data []byte) error {
	*e = exitStatus{}
	var raw int
	if json.Unmarshal(data, &raw) == nil {
		e.code, e.signal = exitOf(strconv.Itoa(raw))
		return nil
	}
	var object struct {
		Code   number `json:"return_code"`
		Signal struct {
			ID number `json:"id"`
		} `json:"signal"`
	}
	if json.Unmarshal(data, &object) == nil {
		e.code, e.signal = int(object.Code.Number), int(object.Signal.ID.Number)
	}
	return nil
}

// restJob is a job as slurmrestd tells it.
type restJob struct {
	JobID    number     `json:"job_id"`
	ArrayID  number     `json:"array_job_id"`
	TaskID   number     `json:"array_task_id"`
	Tasks    string     `json:"array_task_string"`
	State    words      `json:"job_state"`
	Reason   string     `json:"state_reason"`
	Detail   string     `json:"state_description"`
	Exit     exitStatus `json:"exit_code"`
	Nodes    string     `json:"nodes"`
	Restarts number     `json:"restart_cnt"`
	Submit   number     `json:"submit_time"`
	Start    number     `json:"start_time"`
	End      number     `json:"end_time"`
	TRES     string     `json:"tres_alloc_str"`
	Comment  string     `json:"comment"`
	User     string     `json:"user_name"`
}

// id as squeue would print it.
func (j restJob) id() string {
	job := strconv.FormatInt(j.JobID.Number, 10)
	if j.ArrayID.Number == 0 {
		return job
	}
	array := strconv.FormatInt(j.ArrayID.Number, 10)
	switch {
	case j.TaskID.Set:
		return array + "_" + strconv.FormatInt(j.TaskID.Number, 10)
	case j.Tasks != "":
		return array + "_[" + j.Tasks + "]"
	default:
		return array
	}
}

func (j restJob) records() []record {
	r := record{
		state: j.State, reason: j.Reason, code: j.Exit.code, signal: j.Exit.signal, node: j.Nodes, restarts: int(j.Restarts.Number),
		submitted: j.Submit.Number, started: j.Start.Number, ended: j.End.Number, tres: j.TRES,
	}
	if j.Detail != "" {
		r.reason = j.Detail
	}
	return each(r, j.id())
}

// description of a job in the layout of a version.
func description(v version, job cluster.Job) map[string]any {
	r := job.Resources
	d := map[string]any{
		"name": job.Name, "current_working_directory": job.Dir, "standard_output": job.OutputPattern(),
		"requeue": job.Requeue, "tasks_per_node": 1, "nodes": strconv.Itoa(max(1, r.Nodes)),
	}
	text := func(key, value string) {
		if value != "" {
			d[key] = value
		}
	}
	text("partition", r.Partition)
	text("account", r.Account)
	text("constraints", r.Constraint)
	text("array", arrayOf(job.Array))
	text("dependency", dependencyOf(job.After))
	text("mail_user", job.Mail)
	if job.Key != "" {
		d["comment"] = commentOf(job.Key)
	}
	if r.CPUs > 0 {
		d["cpus_per_task"] = r.CPUs
	}
	if v < listing {
		describeOld(d, job)
	} else {
		describeNew(d, job)
	}
	return d
}

// defaultPath is what a job needs to find its commands: slurmrestd hands on nothing.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// describeOld: v0.0.38 cannot signal the batch shell, which the script does
// itself.
func describeOld(d map[string]any, job cluster.Job) {
	r := job.Resources
	d["environment"] = map[string]string{"PATH": defaultPath}
	d["open_mode"] = "append"
	if r.MemoryMB > 0 {
		d["memory_per_node"] = r.MemoryMB
	}
	if r.Time > 0 {
		d["time_limit"] = minutes(r.Time)
	}
	if r.GPUs > 0 {
		d["gres"] = gresOf(r)
	}
	if job.KillInvalid {
		d["kill_on_invalid_dependency"] = true
	}
	if job.Mail != "" {
		d["mail_type"] = "END,FAIL"
	}
}

func describeNew(d map[string]any, job cluster.Job) {
	r := job.Resources
	set := func(n int) map[string]any { return map[string]any{"set": true, "infinite": false, "number": n} }
	d["environment"] = []string{"PATH=" + defaultPath}
	d["open_mode"] = []string{"APPEND"}
	if r.MemoryMB > 0 {
		d["memory_per_node"] = set(r.MemoryMB)
	}
	if r.Time > 0 {
		d["time_limit"] = set(minutes(r.Time))
	}
	if r.GPUs > 0 {
		d["tres_per_node"] = "gres/" + gresOf(r)
	}
	if job.KillInvalid {
		d["flags"] = []string{"KILL_INVALID_DEPENDENCY"}
	}
	if job.Mail != "" {
		d["mail_type"] = []string{"END", "FAIL"}
	}
	if job.WarnBefore > 0 {
		d["kill_warning_flags"] = []string{"BATCH_JOB"}
		d["kill_warning_signal"] = "USR1"
		d["kill_warning_delay"] = set(seconds(job.WarnBefore))
	}
}
