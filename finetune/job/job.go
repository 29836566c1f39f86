// Package job holds the YAML of a fine-tuning: which model, on which dataset,
// how, with what, and what becomes of the result.
package job

import (
	"time"

	"github.com/llm-city/gorod/core/spec"
)

// Job is a file of the kind Finetune.
type Job struct {
	APIVersion string `yaml:"apiVersion" json:"apiVersion" enum:"gorod/v1" required:"true" doc:"version of this format"`
	Kind       string `yaml:"kind" json:"kind" enum:"Finetune" required:"true" doc:"what this file is"`
	Name       string `yaml:"name" json:"name" required:"true" doc:"names the job and its folder: lower-case Latin letters, digits and hyphens"`

	Base      Base      `yaml:"base" json:"base" doc:"the model that is tuned"`
	Dataset   Dataset   `yaml:"dataset" json:"dataset" doc:"what it is tuned on"`
	Method    Method    `yaml:"method" json:"method" doc:"what is trained"`
	Training  Training  `yaml:"training" json:"training" doc:"how it is trained"`
	Resources Resources `yaml:"resources" json:"resources" doc:"what a task of it needs"`
	Cluster   Cluster   `yaml:"cluster" json:"cluster" doc:"where it runs"`
	Export    Export    `yaml:"export" json:"export" doc:"what becomes of the result"`
	Notify    Notify    `yaml:"notify" json:"notify" doc:"who is told when it has ended"`
	// Sweep are axes of values: each combination is one task of a job array.
	Sweep map[string][]any `yaml:"sweep,omitempty" json:"sweep,omitempty" doc:"values by path, such as training.lr: [1e-4, 2e-4]; each combination is a task"`

	source   *spec.Source
	tasks    []Task
	warnings spec.Problems
}

// Base is the model that is tuned.
type Base struct {
	Model    string `yaml:"model" json:"model" required:"true" doc:"Hugging Face id, or a folder of safetensors"`
	Revision string `yaml:"revision" json:"revision,omitempty" doc:"commit of the id; pin it in a paper"`
	Profile  string `yaml:"profile" json:"profile" default:"auto" enum:"auto,yandexgpt5-lite,qwen2.5,qwen3,llama3,gemma,mistral,t-lite,chatml" doc:"chat template, target modules and end token; auto looks at the model's config"`
	Template string `yaml:"template" json:"template,omitempty" doc:"Jinja chat template file instead of the profile's; needs {% generation %} marks"`
	Trust    bool   `yaml:"trust_remote_code" json:"trust_remote_code" default:"false" doc:"run code that comes with the model"`
}

// Dataset is what gorod dataset build wrote, or its like.
type Dataset struct {
	Path       string `yaml:"path" json:"path" required:"true" doc:"folder of a dataset, a Parquet file or JSON Lines of messages"`
	Train      string `yaml:"train" json:"train" default:"train" doc:"split that is trained on"`
	Validation string `yaml:"validation" json:"validation" default:"validation" doc:"split that is held out; empty for none"`
	Retrieved  bool   `yaml:"retrieved" json:"retrieved" default:"false" doc:"put the retrieved exchanges of an example into its system message"`
	Limit      int    `yaml:"limit" json:"limit" default:"0" min:"0" doc:"most examples of each split; 0 is all"`
}

// Method is what is trained.
type Method struct {
	Kind    string   `yaml:"kind" json:"kind" default:"qlora" enum:"qlora,lora" doc:"qlora: the base in 4 bits (NF4, double quantization); lora: in 16"`
	Rank    int      `yaml:"rank" json:"rank" default:"16" min:"1" max:"1024" doc:"of the adapters"`
	Alpha   float64  `yaml:"alpha" json:"alpha" default:"32" min:"0" doc:"scale of the adapters, divided by the rank"`
	Dropout float64  `yaml:"dropout" json:"dropout" default:"0.05" min:"0" max:"0.9" doc:"of the adapters"`
	Targets string   `yaml:"targets" json:"targets" default:"all-linear" enum:"all-linear,attention,qkv,custom" doc:"which modules get adapters"`
	Modules []string `yaml:"modules" json:"modules,omitempty" doc:"their names, where targets is custom"`
}

// Training is how it is trained.
type Training struct {
	Epochs        float64 `yaml:"epochs" json:"epochs" default:"2" min:"0" max:"1000000" doc:"passes over the data"`
	Steps         int     `yaml:"steps" json:"steps" default:"0" min:"0" max:"1000000000" doc:"optimizer steps instead of epochs; 0: by epochs"`
	LR            float64 `yaml:"lr" json:"lr" default:"0.0002" min:"0" max:"1" doc:"learning rate"`
	Schedule      string  `yaml:"schedule" json:"schedule" default:"cosine" enum:"cosine,linear,constant" doc:"of the learning rate, after the warm-up"`
	Warmup        float64 `yaml:"warmup" json:"warmup" default:"0.03" min:"0" max:"1" doc:"share of the steps"`
	WeightDecay   float64 `yaml:"weight_decay" json:"weight_decay" default:"0" min:"0" doc:"of the adapters"`
	GradNorm      float64 `yaml:"grad_norm" json:"grad_norm" default:"1" min:"0" doc:"gradients are cut to it"`
	Batch         int     `yaml:"batch" json:"batch" default:"4" min:"1" max:"65536" doc:"examples on a GPU at a time"`
	Accumulate    int     `yaml:"accumulate" json:"accumulate" default:"4" min:"1" max:"65536" doc:"batches a step"`
	MaxLength     int     `yaml:"max_length" json:"max_length" default:"1024" min:"8" max:"10000000" doc:"tokens of an example; longer ones lose their oldest turns"`
	Packing       bool    `yaml:"packing" json:"packing" default:"false" doc:"several examples in one sequence; only with FlashAttention"`
	AssistantOnly bool    `yaml:"assistant_only_loss" json:"assistant_only_loss" default:"true" doc:"learn the replies and not what they answer"`
	Checkpointing bool    `yaml:"gradient_checkpointing" json:"gradient_checkpointing" default:"true" doc:"less memory for a third more time"`
	Optimizer     string  `yaml:"optimizer" json:"optimizer" default:"adamw" enum:"adamw,adamw_8bit,paged_adamw_8bit" doc:"8-bit ones need a GPU"`
	Seed          uint64  `yaml:"seed" json:"seed" default:"1" doc:"the same seed gives the same adapter on the same machine"`
	LogEvery      int     `yaml:"log_every" json:"log_every" default:"1" min:"1" doc:"steps"`
	EvalEvery     int     `yaml:"eval_every" json:"eval_every" default:"50" min:"1" doc:"steps"`
	SaveEvery     int     `yaml:"save_every" json:"save_every" default:"50" min:"1" doc:"steps between checkpoints"`
	KeepLast      int     `yaml:"keep_last" json:"keep_last" default:"2" min:"1" doc:"checkpoints that are kept"`
	EarlyStop     int     `yaml:"early_stop" json:"early_stop" default:"0" min:"0" doc:"evaluations without progress until it ends; 0: never"`
	TensorBoard   bool    `yaml:"tensorboard" json:"tensorboard" default:"false" doc:"write its files too"`
	MLflow        string  `yaml:"mlflow" json:"mlflow,omitempty" doc:"tracking URI of MLflow, if it is told too"`
}

// Resources is what a task needs.
type Resources struct {
	GPUs       int           `yaml:"gpus" json:"gpus" default:"1" min:"0" max:"1024" doc:"on each node; 0 trains on the CPU"`
	Nodes      int           `yaml:"nodes" json:"nodes" default:"1" min:"1" max:"100000" doc:"machines"`
	CPUs       int           `yaml:"cpus" json:"cpus" default:"4" min:"1" doc:"cores on each node"`
	Memory     int           `yaml:"memory" json:"memory" default:"32" min:"1" max:"1000000000" doc:"GB of main memory on each node"`
	GPUMemory  float64       `yaml:"gpu_memory" json:"gpu_memory" default:"0" min:"0" max:"1000000" doc:"GB that a GPU has; 0: not known, the estimate tells what it takes"`
	Time       time.Duration `yaml:"time" json:"time" default:"12h" doc:"limit; a job that is stopped by it goes on when it is resumed"`
	Partition  string        `yaml:"partition" json:"partition,omitempty" doc:"of Slurm"`
	Account    string        `yaml:"account" json:"account,omitempty" doc:"of Slurm"`
	Constraint string        `yaml:"constraint" json:"constraint,omitempty" doc:"of Slurm, such as a100"`
	Price      float64       `yaml:"price" json:"price" default:"0" min:"0" max:"1000000" doc:"of a GPU-hour, for the estimate"`
	Parallel   int           `yaml:"parallel" json:"parallel" default:"4" min:"1" doc:"tasks of a sweep at a time"`
}

// Cluster is where it runs.
type Cluster struct {
	Kind string            `yaml:"kind" json:"kind" default:"local" enum:"local,slurm" doc:"local: a process here; slurm: a Slurm cluster"`
	Via  string            `yaml:"via" json:"via" default:"commands" enum:"commands,ssh,rest" doc:"how Slurm is spoken to: sbatch here, sbatch over SSH, or slurmrestd"`
	Host string            `yaml:"host" json:"host,omitempty" doc:"user@host[:port] for ssh; URL or unix:/path for rest"`
	Dir  string            `yaml:"dir" json:"dir,omitempty" doc:"folder there that jobs live in; all nodes must see it"`
	Env  map[string]string `yaml:"env,omitempty" json:"env,omitempty" doc:"environment of the job"`
	// Setup are lines of shell that come before the trainer.
	Setup  []string `yaml:"setup" json:"setup,omitempty" doc:"lines of shell before the trainer: module load, …"`
	Python string   `yaml:"python" json:"python" default:"auto" doc:"interpreter that has the trainer's requirements; auto makes a virtual environment"`
}

// Export is what becomes of the result.
type Export struct {
	MergeBase  string             `yaml:"merge_base" json:"merge_base" default:"w16" enum:"w16,dequantized" doc:"weights that the adapter is merged into: the original ones in 16 bits, or what was trained against"`
	Quantize   []string           `yaml:"quantize" json:"quantize" default:"[q4_K_M]" doc:"of the model in Ollama: f16, q8_0, q4_K_M, q4_K_S"`
	Ollama     string             `yaml:"ollama" json:"ollama,omitempty" doc:"name of the model there; the job's where absent"`
	System     string             `yaml:"system" json:"system,omitempty" doc:"system message; that of the dataset where absent"`
	Parameters map[string]any     `yaml:"parameters,omitempty" json:"parameters,omitempty" doc:"of Ollama: temperature, top_p, num_ctx, …"`
	Banned     []string           `yaml:"banned" json:"banned,omitempty" doc:"phrases that the model must not say, for gorod finetune chat"`
	LogitBias  map[string]float64 `yaml:"logit_bias,omitempty" json:"logit_bias,omitempty" doc:"by text of a token, for gorod finetune chat"`
}

// Notify is who is told when a job has ended, with or without success.
type Notify struct {
	Command string `yaml:"command" json:"command,omitempty" doc:"line of shell that the cluster runs then; GOROD_NOTIFY_STATE, _NAME, _LOSS and others tell of the job"`
	// WebhookEnv names a variable and does not hold the URL, which is a secret.
	WebhookEnv string `yaml:"webhook_env" json:"webhook_env,omitempty" doc:"environment variable of gorod that holds a URL; the cluster posts a JSON object to it"`
	Mail       string `yaml:"mail" json:"mail,omitempty" doc:"address that Slurm writes to"`
}

// Stage reports whether a stage of the job tells of it. Mail is Slurm's own.
func (n *Notify) Stage() bool { return n.Command != "" || n.WebhookEnv != "" }
