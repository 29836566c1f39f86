package launch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/llm-city/gorod/finetune/registry"
)

// ErrBusy says that another process queues the job at this moment.
var ErrBusy = errors.New("another gorod is queueing this job: wait for it, or stop it first")

// hold keeps every other gorod from queueing a job: two would have it trained
// twice, in one folder. The system lets go of it when the process ends, however
// it ends.
func (l *Launcher) hold(name, id string) (release func(), err error) {
	dir := filepath.Join(l.Local, folder(name, id))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("lock the job: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the job: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return func() { _ = file.Close() }, nil
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("%s: %w", id, ErrBusy)
	}
	return nil, fmt.Errorf("lock the job: %w", err)
}

// idle reports, as an error of the kind ErrBusy where it is not so, that nobody
// queues a job.
func (l *Launcher) idle(j *registry.Job) error {
	release, err := l.hold(j.Name, j.ID)
	if err == nil {
		release()
	}
	return err
}
