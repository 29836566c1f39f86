package job

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/llm-city/gorod/core/spec"
)

// checker checks what tags cannot say.
type checker struct {
	source   *spec.Source
	dir      string // of the file
	swept    map[string]any
	problems spec.Problems
	warnings spec.Problems
}

func (c *checker) say(path, what, why, do string) {
	c.problems = append(c.problems, c.source.Problem(path, what, why, do))
}

func (c *checker) warn(path, what, why, do string) {
	c.warnings = append(c.warnings, c.source.Problem(path, what, why, do))
}

func (c *checker) check(j *Job) {
	if !nameRule().MatchString(j.Name) {
		c.say("name", fmt.Sprintf("name cannot be %.40q", j.Name), "it names a folder, a job of the cluster and a model", "use lower-case Latin letters, digits and hyphens")
	}
	if !j.Base.Local() && !validID(j.Base.Model) {
		c.say("base.model", fmt.Sprintf("base.model cannot be %.60q", j.Base.Model), "it is neither an id of Hugging Face nor a path", "write owner/name, or ./folder")
	}
	for path, text := range map[string]string{"base.model": j.Base.Model, "base.template": j.Base.Template, "dataset.path": j.Dataset.Path, "cluster.dir": j.Cluster.Dir, "cluster.python": j.Cluster.Python} {
		if strings.ContainsFunc(text, unicode.IsControl) {
			c.say(path, path+" holds a control character", fmt.Sprintf("%.60q", text), "write it on one line")
		}
	}
	c.data(j)
	c.method(j)
	c.training(j)
	c.cluster(j)
	c.export(&j.Export)
	c.notify(j)
}

func nameRule() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$`) }

func (c *checker) data(j *Job) {
	if j.Dataset.Train == "" {
		c.say("dataset.train", "dataset.train is empty", "there is nothing to train on", "name a split, such as train")
	}
	for path, split := range map[string]string{"dataset.train": j.Dataset.Train, "dataset.validation": j.Dataset.Validation} {
		if split != "" && !regexp.MustCompile(`^[\pL\pN_-]{1,60}$`).MatchString(split) {
			c.say(path, fmt.Sprintf("%s cannot be %.40q", path, split), "it names a file", "use letters, digits and hyphens")
		}
	}
	if j.Dataset.Train == j.Dataset.Validation {
		c.say("dataset.validation", "dataset.validation is what is trained on", "the held-out loss would say nothing", "name another split, or leave it empty")
	}
	if j.Dataset.Validation == "" && j.Training.EarlyStop > 0 {
		c.say("training.early_stop", "early_stop without dataset.validation", "there is no held-out loss to watch", "name a validation split, or set early_stop: 0")
	}
}

// method checks what is trained: which modules, by which scheme.
func (c *checker) method(j *Job) {
	m := &j.Method
	switch {
	case m.Targets == "custom" && len(m.Modules) == 0:
		c.say("method.targets", "targets: custom without modules", "nothing would be trained", "add modules: [q_proj, v_proj]")
	case m.Targets != "custom" && len(m.Modules) > 0:
		c.say("method.modules", fmt.Sprintf("modules beside targets: %s", m.Targets), "targets says which modules get adapters", "write targets: custom, or remove modules")
	}
	for i, name := range m.Modules {
		path := fmt.Sprintf("method.modules[%d]", i)
		switch {
		case !regexp.MustCompile(`^[A-Za-z_][\w.]{0,99}$`).MatchString(name):
			c.say(path, fmt.Sprintf("%s cannot be %.40q", path, name), "it is no name of a module", "write names such as q_proj")
		case slices.Contains(m.Modules[:i], name):
			c.say(path, name+" twice", "", "remove one")
		}
	}
	if m.Alpha == 0 {
		c.say("method.alpha", "method.alpha is 0", "the adapters would change nothing", "give twice the rank, or the rank")
	}
}

func (c *checker) training(j *Job) {
	t := &j.Training
	if t.Epochs == 0 && t.Steps == 0 {
		c.say("training.epochs", "epochs and steps are 0", "nothing would be trained", "give one of them")
	}
	if t.LR == 0 {
		c.say("training.lr", "training.lr is 0", "nothing would be learnt", "0.0002 is usual for adapters")
	}
	if j.Resources.GPUs == 0 && t.Optimizer != "adamw" {
		c.say("training.optimizer", t.Optimizer+" without a GPU", "8-bit optimizers run on one", "write optimizer: adamw")
	}
	if j.Resources.GPUs == 0 && j.Resources.Nodes > 1 {
		c.say("resources.nodes", fmt.Sprintf("%d nodes without GPUs", j.Resources.Nodes), "training on the CPU is one process", "write nodes: 1")
	}
	if j.Resources.Time <= 0 {
		c.say("resources.time", "resources.time is not above 0", "the job would be stopped at once", "give a limit such as 12h")
	}
	if t.MLflow != "" {
		if u, err := url.Parse(t.MLflow); err != nil || u.Scheme == "" {
			c.say("training.mlflow", "training.mlflow is no URI", t.MLflow, "write http://host:5000 or file:/path")
		}
	}
}

// cluster checks that the way to the cluster is whole.
func (c *checker) cluster(j *Job) {
	cl := &j.Cluster
	if cl.Kind == "local" {
		for path, set := range map[string]bool{"cluster.via": cl.Via != "commands", "cluster.host": cl.Host != ""} {
			if set {
				c.say(path, path+" with cluster.kind: local", "a local job is a process here", "write kind: slurm, or remove it")
			}
		}
		if j.Resources.Nodes > 1 {
			c.say("resources.nodes", "several nodes with cluster.kind: local", "there is one machine here", "write nodes: 1, or kind: slurm")
		}
		return
	}
	if cl.Remote() && cl.Host == "" {
		c.say("cluster", "cluster.host is missing", "via: "+cl.Via+" needs to know where to", map[string]string{"ssh": "add host: user@host", "rest": "add host: https://host:6820"}[cl.Via])
	}
	if cl.Remote() && cl.Dir == "" {
		c.say("cluster", "cluster.dir is missing", "via: "+cl.Via+" needs a folder there", "add dir: /scratch/me/gorod")
	}
	if cl.Remote() && cl.Dir != "" && !strings.HasPrefix(cl.Dir, "/") {
		c.say("cluster.dir", "cluster.dir is not absolute", "nodes and the login node may begin in other folders", "begin it with /, such as /scratch/me/gorod")
	}
	c.host(cl)
	for _, name := range slices.Sorted(maps.Keys(cl.Env)) {
		if !regexp.MustCompile(`^[A-Za-z_]\w*$`).MatchString(name) {
			c.say("cluster.env."+name, fmt.Sprintf("%.40q is no name of a variable", name), "", "use letters, digits and _")
		}
	}
}

func (c *checker) host(cl *Cluster) {
	u, err := url.Parse(cl.Host)
	switch {
	case cl.Host == "":
	case cl.Via == "commands":
		c.say("cluster.host", "cluster.host with via: commands", "sbatch runs here", "write via: ssh, or remove it")
	case cl.Via == "ssh" && !regexp.MustCompile(`^(\w[\w.-]*@)?(\w[\w.-]*|\[[0-9a-fA-F:]+\])(:\d{1,5})?$`).MatchString(cl.Host):
		c.say("cluster.host", fmt.Sprintf("cluster.host cannot be %.60q", cl.Host), "via: ssh", "write user@host or user@host:port")
	case cl.Via == "rest" && (err != nil || !slices.Contains([]string{"http", "https", "unix"}, u.Scheme)):
		c.say("cluster.host", fmt.Sprintf("cluster.host cannot be %.60q", cl.Host), "via: rest", "write https://host:6820 or unix:/path")
	case cl.Via == "rest" && u.User != nil:
		c.say("cluster.host", "cluster.host holds a secret", "the file is kept and shown", "remove it; the token comes from SLURM_JWT")
	}
}

// Quantizations are the ways to quantize a model that Ollama knows.
func Quantizations() []string { return []string{"f16", "q8_0", "q4_K_M", "q4_K_S"} }

func (c *checker) export(e *Export) {
	known := Quantizations()
	for i, q := range e.Quantize {
		path := fmt.Sprintf("export.quantize[%d]", i)
		switch {
		case !slices.Contains(known, q):
			c.say(path, fmt.Sprintf("%s cannot be %.20q", path, q), "Ollama makes "+strings.Join(known, ", "), "use one of them")
		case slices.Contains(e.Quantize[:i], q):
			c.say(path, q+" twice", "", "remove one")
		}
	}
	if e.Ollama != "" && !regexp.MustCompile(`^[\w.-]+(/[\w.-]+)*(:[\w.-]+)?$`).MatchString(e.Ollama) {
		c.say("export.ollama", fmt.Sprintf("export.ollama cannot be %.60q", e.Ollama), "it is no name of a model", "write name or name:tag")
	}
	for i, phrase := range e.Banned {
		if strings.TrimSpace(phrase) == "" {
			c.say(fmt.Sprintf("export.banned[%d]", i), "an empty phrase", "it is in every reply", "remove it")
		}
	}
	for _, text := range slices.Sorted(maps.Keys(e.LogitBias)) {
		if x := e.LogitBias[text]; x < -100 || x > 100 {
			c.say("export.logit_bias."+text, "a bias is out of range", fmt.Sprintf("got %v, allowed -100 to 100", x), "choose a value in it")
		}
	}
}
