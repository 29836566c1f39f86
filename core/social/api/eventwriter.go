package api

import (
	"io"
	"net/http"
	"time"
)

// Of streams.
const (
	heartbeat   = 20 * time.Second
	streamWrite = 10 * time.Second // for what is told at once to reach the client
)

// eventWriter writes to a client that reads for long.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func newEventWriter(w http.ResponseWriter) *eventWriter {
	out := &eventWriter{w, http.NewResponseController(w)}
	_ = out.control.SetReadDeadline(time.Time{}) // nothing more is read; where there are no deadlines none is lifted
	return out
}

func (e *eventWriter) write(s string) error {
	_ = e.control.SetWriteDeadline(time.Now().Add(streamWrite)) // of the machine's clock
	if _, err := io.WriteString(e.w, s); err != nil {
		return err
	}
	return e.control.Flush()
}
