package api

import (
	"net/http"
	"time"
)

// heartbeat is how often a stream says that it is alive.
const heartbeat = 20 * time.Second

// eventWriter writes to a client that reads for long.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	most    time.Duration // for what is told at once to reach the client
}

func newEventWriter(w http.ResponseWriter, most time.Duration) *eventWriter {
	out := &eventWriter{w, http.NewResponseController(w), most}
	_ = out.control.SetReadDeadline(time.Time{}) // nothing more is read; where there are no deadlines none is lifted
	return out
}

func (e *eventWriter) write(data []byte) error {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.most)) // of the machine's clock
	if _, err := e.w.Write(data); err != nil {
		return err
	}
	return e.control.Flush()
}
