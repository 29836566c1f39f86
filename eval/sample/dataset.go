package sample

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/llm-city/gorod/core/parquet"
)

// Example is an exchange of a dialogue dataset: a reply of a target with what it
// answers. Ids of people and chats are pseudonyms.
type Example struct {
	ID      string   `parquet:"id"`
	Chat    string   `parquet:"chat,dict"`
	Threads []string `parquet:"threads,list"` // sessions that its turns are of, the one of the reply first
	Time    int64    `parquet:"time,timestamp(millisecond)"`
	Target  string   `parquet:"target,dict"` // who replies
	Role    string   `parquet:"role,dict"`   // who the counterpart is to the target; may be empty
	Turns   []Turn   `parquet:"turns,list"`  // the reply last

	// System is the message that the dataset's builder put before the dialogue;
	// JSON Lines have it, Parquet does not.
	System string `parquet:"-"`
}

// Turn is what one person said.
type Turn struct {
	Role    string `parquet:"role,dict"` // user or assistant
	Speaker string `parquet:"speaker,dict"`
	Text    string `parquet:"text"`
}

// Reply is what the target said last.
func (e *Example) Reply() string {
	if len(e.Turns) == 0 {
		return ""
	}
	return e.Turns[len(e.Turns)-1].Text
}

// Asked is the turn that the reply answers; empty where there is none.
func (e *Example) Asked() string {
	if len(e.Turns) < 2 {
		return ""
	}
	return e.Turns[len(e.Turns)-2].Text
}

// Cluster is the session that the reply is of: examples of one are not
// independent.
func (e *Example) Cluster() string {
	if len(e.Threads) > 0 {
		return e.Threads[0]
	}
	return e.ID
}

// ErrNoSplit says that a dataset has no such split.
var ErrNoSplit = errors.New("there is no such split")

// Split is the file that a split of a dataset is read from. path is the folder
// of a dataset (its Parquet is preferred), or a file, which then is the split.
func Split(path, split string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("find the dataset: %w", err)
	}
	if !info.IsDir() {
		return path, nil
	}
	tried := []string{
		filepath.Join(path, "data", split+".parquet"), filepath.Join(path, split+".parquet"),
		filepath.Join(path, "messages", split+".jsonl"), filepath.Join(path, "data", "messages", split+".jsonl"), filepath.Join(path, split+".jsonl"),
	}
	for _, file := range tried {
		if _, err := os.Stat(file); err == nil {
			return file, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("find the dataset: %w", err)
		}
	}
	return "", fmt.Errorf("%s: %w %q: it has none of %s", path, ErrNoSplit, split, strings.Join(tried, ", "))
}

// Examples hands over the examples of a dataset's split in order, from Parquet
// or from messages in JSON Lines; file is where Split found them. Examples may
// be kept.
func Examples(file string, each func(*Example) error) error {
	if strings.EqualFold(filepath.Ext(file), ".parquet") {
		return parquet.Read(file, "rows of a dialogue dataset", func(batch []Example) error {
			for _, e := range batch {
				if err := each(&e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return lines(file, each)
}

// maxLine bounds a line of JSON.
const maxLine = 16 << 20

// lines reads messages as trainers do: {"messages": [{"role", "content"}]}.
func lines(path string, each func(*Example) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read examples: %w", err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, maxLine)
	for number := 1; in.Scan(); number++ {
		if strings.TrimSpace(in.Text()) == "" {
			continue
		}
		e, err := exampleOf(in.Bytes(), number)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, number, err)
		}
		if err := each(e); err != nil {
			return err
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func exampleOf(line []byte, number int) (*Example, error) {
	var l struct {
		ID       string    `json:"id"`
		Messages []Message `json:"messages"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return nil, fmt.Errorf("no JSON of messages: %w", err)
	}
	e := &Example{ID: l.ID}
	if e.ID == "" {
		e.ID = fmt.Sprintf("line-%d", number)
	}
	for i, m := range l.Messages {
		switch {
		case m.Role == "system" && i == 0:
			e.System = m.Content
		case m.Role == "user" || m.Role == "assistant":
			e.Turns = append(e.Turns, Turn{Role: m.Role, Speaker: m.Role, Text: m.Content})
		default:
			return nil, fmt.Errorf("message %d has the role %.40q: roles are user and assistant, after one system message", i+1, m.Role)
		}
	}
	if n := len(e.Turns); n == 0 || e.Turns[n-1].Role != "assistant" {
		return nil, errors.New("the last message is no reply: its role must be assistant")
	}
	e.Target = "assistant"
	return e, nil
}
