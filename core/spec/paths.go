package spec

import (
	"path/filepath"
	"strings"
)

// anchor makes paths of plugins absolute, wherever the study names one: in
// agents, in a group, in the matrix. A path in a file is relative to the file's
// folder, one of --set to the current folder. A study that is written down
// means the same plugin from any folder then.
func anchor(n *node, dir string) error {
	for _, item := range n.items {
		if err := anchor(item, dir); err != nil {
			return err
		}
	}
	for _, e := range n.entries {
		var err error
		switch {
		case e.key == "plugin" || strings.HasSuffix(e.key, ".plugin"):
			err = anchorValues(e.value, dir)
		case e.key != "config": // is the plugin's own
			err = anchor(e.value, dir)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// anchorValues makes a path, or a list of them, absolute.
func anchorValues(n *node, dir string) error {
	for _, item := range n.items {
		if err := anchorValues(item, dir); err != nil {
			return err
		}
	}
	ref, ok := n.value.(string)
	if !ok || !strings.HasPrefix(ref, "./") && !strings.HasPrefix(ref, "../") {
		return nil
	}
	if n.at.file == "" {
		dir = "."
	}
	full, err := filepath.Abs(filepath.Join(dir, ref))
	if err != nil {
		return err
	}
	n.value, n.text = full, full
	return nil
}
