package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/llm-city/gorod/finetune/registry"
)

func finetuneShowCommand(s *State) *cobra.Command {
	return &cobra.Command{
		Use: "show ID|NAME", Short: "Show what is known of a fine-tuning: every state with its time, and what came of it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return s.finetuneShow(cmd.Context(), args[0]) },
	}
}

// finetuneShow reads the registry alone: the cluster is not asked.
func (s *State) finetuneShow(ctx context.Context, key string) error {
	r, err := s.registry(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was read from
	j, err := r.Get(ctx, key)
	if err != nil {
		return unknownJob(err)
	}
	states := map[string][]registry.Change{}
	table := newTable("stage", "task", "state", "when", "node", "restarts", "why")
	for i := range j.Tasks {
		t := &j.Tasks[i]
		history, err := r.History(ctx, j.ID, t.Ref)
		if err != nil {
			return fmt.Errorf("finetune show: %w", err)
		}
		states[fmt.Sprintf("%s-%d", t.Stage, t.Index)] = history
		for _, c := range history {
			table.row(t.Stage, flat(t.Label), string(c.State), c.Time.Local().Format("2006-01-02 15:04:05"), flat(c.Node), fmt.Sprint(c.Restarts), flat(c.Reason))
		}
	}
	if s.json {
		s.printJSON(map[string]any{"job": j, "states": states})
		return nil
	}
	fmt.Fprintf(s.Stdout, "%s %s: %s\nmade %s; digest %s; dataset %s\n%s: %s\n\n", j.ID, flat(j.Name), j.State(),
		j.Created.Local().Format("2006-01-02 15:04"), j.Digest, j.Dataset, where(j.Cluster), flat(j.Cluster.Dir))
	table.write(s.Stdout)
	if len(j.Artifacts) == 0 {
		return nil
	}
	fmt.Fprintln(s.Stdout)
	files := newTable("artifact", "task", "size", "SHA-256", "path")
	for _, a := range j.Artifacts {
		files.row(flat(a.Kind), fmt.Sprint(a.Task), volume(a.Size), flat(a.SHA256), flat(a.Path))
	}
	files.write(s.Stdout)
	return nil
}

// unknownJob makes a usage error of a key that names no job, or several.
func unknownJob(err error) error {
	var many *registry.AmbiguousError
	if errors.Is(err, registry.ErrNotFound) || errors.As(err, &many) {
		return usagef("%w (gorod finetune ls lists them)", err)
	}
	return err
}

// left tells in a line for each kind what came of a job, and where it is.
func (s *State) left(j *registry.Job) {
	type heap struct {
		files int
		size  int64
		at    string
	}
	heaps, kinds := map[string]*heap{}, []string{}
	for _, a := range j.Artifacts {
		if !slices.Contains([]string{"adapter", "merged"}, a.Kind) {
			continue
		}
		folder := path.Dir(a.Path)
		if heaps[folder] == nil {
			heaps[folder] = &heap{at: filepath.ToSlash(path.Join(j.Cluster.Dir, folder))}
			kinds = append(kinds, folder)
		}
		heaps[folder].files++
		heaps[folder].size += a.Size
	}
	for _, k := range kinds {
		h := heaps[k]
		fmt.Fprintf(s.Stdout, "%s: %s, %s in %s\n", path.Base(k), plural(h.files, "file", "files"), volume(h.size), flat(h.at))
	}
}

// volume is a number of bytes for people.
func volume(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	x := float64(n)
	for len(units) > 1 && x >= 1000 {
		x, units = x/1000, units[1:]
	}
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", x, units[0])
}
