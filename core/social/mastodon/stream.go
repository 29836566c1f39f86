package mastodon

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// maxStreams is how many accounts hold a stream open; others look now and then.
const maxStreams = 50

// stream waits for the server to say that there is something new. It is a
// wake-up alone: what there is, look asks for. A server without streams is asked
// less and less.
func (a *account) stream(ctx context.Context) {
	for fails := 1; ctx.Err() == nil && !a.refusedNow(); fails++ {
		if a.listenTo(ctx) {
			fails = 0
		}
		if a.wait(ctx, pause(a.Network.Reach.Poll, fails+1, a.jitter())) != nil {
			return
		}
	}
}

// listenTo reports whether the stream was open. The token is in a header, not in
// the address, which servers log.
func (a *account) listenTo(ctx context.Context) (opened bool) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	conn, answer, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(a.server, "http")+"/api/v1/streaming?stream=user:notification", &websocket.DialOptions{
		HTTPClient: &a.client.Client, HTTPHeader: http.Header{"Authorization": {"Bearer " + a.client.Config.AccessToken}},
	})
	if err != nil {
		if answer != nil && answer.Body != nil {
			answer.Body.Close()
		}
		return false
	}
	defer conn.CloseNow() //nolint:errcheck // it is over
	conn.SetReadLimit(maxAnswer)
	for {
		_, message, err := conn.Reader(ctx)
		if err == nil {
			_, err = io.Copy(io.Discard, message)
		}
		if err != nil {
			return true
		}
		select {
		case a.news <- struct{}{}:
		default:
		}
	}
}
