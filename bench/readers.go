package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/llm-city/gorod/core/llm/llmtest"
)

// Shape of the load that pages are measured under.
const (
	readerAgents  = 500
	readerTicks   = 8
	readerStreams = 200 // half of them of the panel, half of the residents' network
	readerRate    = 50  // requests a second
	readerMean    = 60 * time.Millisecond
)

// readers: how fast pages are while residents live and many read, and what that
// costs the residents. They think with a server that takes its time, as in life.
func (b *bench) readers(ctx context.Context) error {
	alone, err := b.lived(ctx, nil)
	if err != nil {
		return err
	}
	load := newLoad()
	read, err := b.lived(ctx, load, "--serve", "127.0.0.1:0", "--network", "127.0.0.1:0")
	if err != nil {
		return err
	}
	took, open, err := load.end()
	if err != nil {
		return err
	}
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	b.add(fmt.Sprintf("pages, %d a second, %d streams, %d residents: median", readerRate, open, readerAgents), took[len(took)/2].Seconds()*1000, "ms", "", nil)
	b.add("  99th percentile", p99.Seconds()*1000, "ms", "≤ 100", atMost(p99.Seconds()*1000, 100))
	speed := read.stepsPerSecond() / alone.stepsPerSecond()
	b.add("  speed of the run with them ÷ without", speed, "×", "≥ 0.9", atLeast(speed, 0.9))
	return nil
}

// lived is a run of residents who think with a slow server.
func (b *bench) lived(ctx context.Context, load *load, args ...string) (timing, error) {
	server := llmtest.Start(llmtest.Options{Slots: slotCount, Mean: readerMean, Sigma: slotSigma, Seed: 1})
	defer server.Close()
	models := fmt.Sprintf("models: {default: {provider: openai, model: m, endpoints: [%q], parallel: %d}}", server.URL+"/v1", slotCount)
	ticks, sites := 0, map[string]string{}
	return b.watch(ctx, "readers", society(readerAgents, readerTicks, "1", "planner/justplan", models), func(l line) {
		if l.Event == "tick" {
			ticks++
		}
		switch {
		case load == nil:
		case l.URL != "":
			sites[l.Event] = l.URL
		case l.Event == "tick" && ticks == 1: // there is something to see
			for site, url := range sites {
				load.come(ctx, site, url)
			}
		case ticks == readerTicks: // the pages end with the run
			load.leave()
		}
	}, args...)
}

// load is many who read: streams that stay open, and requests at a steady rate,
// whose time counts from when they were due.
type load struct {
	clients []*http.Client // of readers at addresses of their own, since what one address may ask for is bounded
	group   sync.WaitGroup
	stop    []context.CancelFunc

	mu     sync.Mutex
	took   []time.Duration
	opened int
	failed error
}

func newLoad() *load {
	l := &load{}
	for i := range readerStreams {
		from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+i))}}
		l.clients = append(l.clients, &http.Client{Transport: &http.Transport{DialContext: from.DialContext}})
	}
	return l
}

// come begins to read a site: the panel, or the residents' network.
func (l *load) come(ctx context.Context, site, url string) {
	ctx, stop := context.WithCancel(ctx)
	l.stop = append(l.stop, stop)
	l.group.Go(func() {
		pages, stream, err := l.pages(ctx, site, strings.TrimSuffix(url, "/"))
		if err != nil {
			l.fail(err)
			return
		}
		for i := range readerStreams / 2 {
			l.group.Go(func() { l.listen(ctx, l.clients[i], stream) })
		}
		due := time.NewTicker(2 * time.Second / readerRate)
		defer due.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case at := <-due.C:
				l.group.Go(func() { l.get(ctx, l.clients[i%len(l.clients)], pages[i%len(pages)], at) })
			}
		}
	})
}

// pages are what is read of a site, and its stream.
func (l *load) pages(ctx context.Context, site, url string) (pages []string, stream string, err error) {
	if site == "network" {
		return []string{url + "/", url + "/api/v1/timelines/public?limit=20", url + "/api/v2/instance", url + "/api/v1/trends/tags"},
			url + "/api/v1/streaming/public", nil
	}
	list, err := read(ctx, l.clients[0], url+"/")
	if err != nil {
		return nil, "", err
	}
	run := regexp.MustCompile(`href="(/r/[^"]+/)"`).FindSubmatch(list)
	if run == nil {
		return nil, "", fmt.Errorf("no run on %s", url)
	}
	of := url + string(run[1])
	return []string{of, of + "chats", of + "people", of + "people/a0001", of + "ties", of + "models", url + "/metrics"}, of + "stream", nil
}

func read(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", url, answer.Status, body)
	}
	return body, err
}

// get times a request.
func (l *load) get(ctx context.Context, client *http.Client, url string, due time.Time) {
	_, err := read(ctx, client, url)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		l.fail(err)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took = append(l.took, time.Since(due))
}

// listen holds a stream open until the load ends.
func (l *load) listen(ctx context.Context, client *http.Client, url string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		l.fail(err)
		return
	}
	answer, err := client.Do(req)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, answer.Status)
	}
	if err != nil {
		if ctx.Err() == nil {
			l.fail(err)
		}
		return
	}
	defer answer.Body.Close()
	l.mu.Lock()
	l.opened++
	l.mu.Unlock()
	_, _ = io.Copy(io.Discard, answer.Body) // until it is cut
}

func (l *load) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = err
	}
}

// leave ends all reading.
func (l *load) leave() {
	for _, stop := range l.stop {
		stop()
	}
}

// end waits for the end of all reading; it gives the times of requests and how
// many streams were open.
func (l *load) end() ([]time.Duration, int, error) {
	l.leave()
	l.group.Wait()
	if l.failed == nil && len(l.took) == 0 {
		l.failed = fmt.Errorf("nothing was read")
	}
	return l.took, l.opened, l.failed
}
