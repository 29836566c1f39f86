package live_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/llm-city/gorod/dataset/telegram/live"
	"github.com/llm-city/gorod/dataset/telegram/live/fakeserver"
)

var errKilled = errors.New("killed")

// mortal is a disk of a process that dies at its n-th step. Of a write that it
// dies in, half comes through.
type mortal struct {
	left int
	torn bool
}

func dying(steps int) live.Hooked {
	m := &mortal{left: steps}
	return live.Hooked{Write: m.write, Change: m.change}
}

func (m *mortal) write(f *os.File, b []byte, at int64) (int, error) {
	if m.left--; m.left > 0 {
		return f.WriteAt(b, at)
	}
	if !m.torn {
		if _, err := f.WriteAt(b[:len(b)/2], at); err != nil {
			return 0, err
		}
	}
	m.torn = true
	return 0, errKilled
}

func (m *mortal) change(do func() error) error {
	if m.left--; m.left > 0 {
		return do()
	}
	m.torn = true
	return errKilled
}

// Each step of an export is one of these: a write, of which half comes through,
// a sync, a truncation or a replacement of a file. The chat grows on, and each
// export begins with what those before it left.
func TestAnExportThatIsKilledAtAnyStepGoesOnWithoutAGapOrARepeat(t *testing.T) {
	t.Parallel()
	c := dialog(50)
	s := start(t, world(c))
	for range 40 {
		s.Fail(history, fakeserver.Short(30), fakeserver.Short(20), fakeserver.Fine())
	}
	b := loggedIn(t, s)
	killed := 0
	for steps := 1; ; steps++ {
		b.WriteTo(dying(steps))
		_, err := b.export(t.Context())
		if err == nil && steps > 20 {
			break
		}
		if err != nil && !errors.Is(err, errKilled) {
			t.Fatalf("step %d: %v", steps, err)
		}
		if err != nil {
			killed++
		}
		s.Grow(c, 25)
		b.restart(t)
	}
	exactly(t, read(t, b.dir).messages["user20"], 1, int64(c.Top))
	if killed < 15 {
		t.Errorf("only %d exports were killed", killed)
	}
}

// A real process, really killed.
func TestAnExportSurvivesSIGKILL(t *testing.T) {
	t.Parallel()
	const top = 3000
	s := start(t, world(dialog(top)))
	b := loggedIn(t, s)
	task, err := json.Marshal(victim{Session: b.options.Session, Dir: b.dir, Network: s.Network()})
	if err != nil {
		t.Fatal(err)
	}
	for kill := 1; ; kill++ {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
		child.Env = append(os.Environ(), victimTask+"="+string(task))
		pages, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines, finished := 0, false
		for in := bufio.NewScanner(pages); in.Scan(); {
			if finished = in.Text() == "done"; finished {
				break
			}
			if lines++; lines == 3+2*kill {
				time.Sleep(time.Duration(kill) * 300 * time.Microsecond) // into the middle of a page
				_ = child.Process.Kill()
			}
		}
		_ = child.Wait()
		if finished {
			break
		}
		if kill > 10 {
			t.Fatal("no child comes to an end")
		}
	}
	exactly(t, read(t, b.dir).messages["user20"], 1, top)
	for _, takeout := range s.Takeouts() {
		if !takeout.Finished {
			t.Error("a takeout was left open")
		}
	}
}

const victimTask = "GOROD_TEST_EXPORT"

type victim struct {
	Session, Dir string
	Network      *live.Network
}

// TestVictim is the process that is killed.
func TestVictim(t *testing.T) {
	t.Parallel()
	task := os.Getenv(victimTask)
	if task == "" {
		return
	}
	var v victim
	if err := json.Unmarshal([]byte(task), &v); err != nil {
		t.Fatal(err)
	}
	c, err := live.New(live.Options{Credentials: live.Credentials{ID: 7, Hash: live.NewSecret(apiHash)}, Session: v.Session, Network: v.Network})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Export(t.Context(), v.Dir, live.ExportOptions{Chats: []string{"user20"}, Page: func(live.Progress) { fmt.Println("page") }})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("done")
}
