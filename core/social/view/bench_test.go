package view_test

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/view"
	"github.com/llm-city/gorod/plugins/sdk"
)

const crowd = 500

// newCrowd is a world of many residents, each of whom follows ten others.
func newCrowd(b *testing.B) *world {
	b.Helper()
	names := make([]string, crowd)
	follows := make([][]int32, crowd)
	for i := range names {
		names[i] = fmt.Sprintf("Житель Номер%d", i+1)
		for k := range 10 {
			follows[i] = append(follows[i], int32((i+k*37+1)%crowd))
		}
	}
	return newWorldOf(b, names, follows)
}

// live is a tick in which everybody does three things.
func (w *world) live(draw *rand.Rand, posts int) {
	w.t.Helper()
	for i := range crowd {
		who := fmt.Sprintf("a%04d", i+1)
		some := func() string { return fmt.Sprintf("p%d", 1+draw.IntN(max(posts, 1))) }
		text := fmt.Sprintf("Сегодня у нас во дворе снова говорили про #тему%d, и @a%04d сказал, что трамвай опять не придёт до вечера. А вы как думаете?", draw.IntN(30), 1+draw.IntN(crowd))
		switch draw.IntN(3) {
		case 0:
			_, _ = w.try(social.Draft{Author: who, Kind: sdk.ItemPost, Text: text})
		case 1:
			_, _ = w.try(social.Draft{Author: who, Kind: sdk.ItemReply, Parent: some(), Text: text})
		default:
			_, _ = w.try(social.Draft{Author: who, Kind: sdk.ItemBoost, Parent: some()})
		}
		w.act(who, "favourite", some(), "")
		if draw.IntN(10) == 0 {
			w.act(who, "follow", "", fmt.Sprintf("a%04d", 1+draw.IntN(crowd)))
		}
	}
}

// What it costs to take in a tick, and for how long readers wait meanwhile.
func BenchmarkTick(b *testing.B) {
	w := newCrowd(b)
	v := w.open(0)
	draw := rand.New(rand.NewPCG(1, 1))
	var longest, total time.Duration
	b.ReportAllocs()
	for range b.N {
		b.StopTimer()
		w.live(draw, v.Run().Posts)
		w.commit()
		var stop atomic.Bool
		waited := make(chan time.Duration)
		go func() {
			var most time.Duration
			for !stop.Load() {
				at := time.Now()
				v.Now()
				most = max(most, time.Since(at))
			}
			waited <- most
		}()
		b.StartTimer()
		sync(b, v)
		b.StopTimer()
		stop.Store(true)
		most := <-waited
		longest, total = max(longest, most), total+most
	}
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest-wait")
	b.ReportMetric(float64(total.Microseconds())/1000/float64(b.N), "ms-wait")
}

// What readers ask for most.
func BenchmarkRead(b *testing.B) {
	w := newCrowd(b)
	v := w.open(0)
	draw := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		w.live(draw, v.Run().Posts)
		w.commit()
		sync(b, v)
	}
	last := timeline(b, v, "", view.Timeline{Kind: view.Public})[0].ID
	for name, read := range map[string]func(){
		"public":  func() { _, _ = v.Timeline("", view.Timeline{Kind: view.Public}, view.Page{Limit: 20}) },
		"home":    func() { _, _ = v.Timeline("a0001", view.Timeline{Kind: view.Home}, view.Page{Limit: 20}) },
		"account": func() { _, _ = v.Timeline("", view.Timeline{Kind: view.ByOne, Account: 7}, view.Page{Limit: 20}) },
		"trends":  func() { v.Trends("", 10) },
		"search":  func() { v.SearchPosts("a0001", "трамвай", view.Page{Limit: 20}) },
		"nothing": func() { v.SearchPosts("a0001", "небылица", view.Page{Limit: 20}) },
		"people":  func() { v.SearchAccounts("номер", 20, 0) },
		"thread":  func() { _, _, _ = v.Context("", last) },
		"run":     func() { v.Run() },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
		})
	}
}
