package quality_test

import (
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/clean/quality"
)

func TestMessagesAreDroppedForAReason(t *testing.T) {
	t.Parallel()
	said := func(s string) chat.Message { return chat.Message{Kind: chat.Text, Sender: "user1", Text: s} }
	via := said("смешная гифка")
	via.Via = "@gif"
	robot := said("Ваш заказ готов")
	robot.Sender = "user777"
	for _, c := range []struct {
		m    chat.Message
		want quality.Reason
	}{
		{said("ок"), quality.Keep},
		{said("+"), quality.Keep},
		{said("?"), quality.Keep},
		{said("😂"), quality.Keep},
		{said("))"), quality.Keep},
		{said("аааааа да ну ахахахахахах"), quality.Keep},
		{chat.Message{Kind: chat.Sticker, Emoji: "👍"}, quality.Keep},
		{chat.Message{Kind: chat.Photo, Text: "смотри какой закат"}, quality.Keep},
		{said(" \n\u200b\u0301 "), quality.Empty},
		{chat.Message{Kind: chat.Sticker}, quality.Empty},
		{chat.Message{Kind: chat.Photo}, quality.Media},
		{chat.Message{Kind: chat.Voice}, quality.Media},
		{chat.Message{Kind: chat.Service, Action: "pin_message", Text: "x"}, quality.Service},
		{via, quality.Bot},
		{robot, quality.Bot},
		{said("/start"), quality.Bot},
		{said("/help@some_bot сейчас"), quality.Bot},
		{said("/s"), quality.Keep},
		{said("/ или \\?"), quality.Keep},
		{said("/привет"), quality.Keep},
		{said(strings.Repeat("слово не воробей ", 300)), quality.Long},
		{said(strings.Repeat("слово ", 300)), quality.Repeated},
		{said(strings.Repeat("а", 65)), quality.Repeated},
		{said(strings.Repeat("а", 64)), quality.Keep},
		{said("РїСЂРёРІРµС‚, РєР°Рє РґРµР»Р°"), quality.Garbled},
		{said("ÐŸÑ€Ð¸Ð²ÐµÑ‚, ÐºÐ°Ðº Ð´ÐµÐ»Ð°"), quality.Garbled},
		{said("????? ??? ????"), quality.Garbled},
		{said("\ufffd\ufffd\ufffdт"), quality.Garbled},
		{said("что??? ??"), quality.Keep},
		{said("Рёв мотора. С… ну и Р."), quality.Keep},
		{said("AÑO"), quality.Keep},
		{said("Straße, naïve, Ёлка, ґанок"), quality.Keep},
		{said("https://ya.ru"), quality.Link},
		{said("https://ya.ru\nwww.b.ru  t.me/abc"), quality.Link},
		{said("глянь https://ya.ru"), quality.Keep},
	} {
		if got := quality.NewFilter(quality.Options{Bots: []string{"user777"}}).Check(&c.m, c.m.Text); got != c.want {
			t.Errorf("%q (%s) gives %q, want %q", c.m.Text, c.m.Kind, got, c.want)
		}
	}
}

func TestLimitsMayBeSet(t *testing.T) {
	t.Parallel()
	f := quality.NewFilter(quality.Options{MaxRunes: 5, MaxRun: 3, KeepLinks: true})
	for text, want := range map[string]quality.Reason{
		"привет": quality.Long, "приве": quality.Keep, "аааа": quality.Repeated, "a://b": quality.Keep,
	} {
		if got := f.Check(&chat.Message{Kind: chat.Text}, text); got != want {
			t.Errorf("%s gives %q, want %q", text, got, want)
		}
	}
	if got := f.Check(&chat.Message{Kind: chat.Text, Text: "было что-то"}, ""); got != quality.Empty {
		t.Errorf("a text of which cleaning left nothing gives %q", got)
	}
}

func TestShortRepliesAreCappedEvenly(t *testing.T) {
	t.Parallel()
	c := quality.NewCap(quality.CapOptions{Most: 10})
	said := []string{"ок", "Ок.", "ОК!!", "ок)"}
	each := func(f func(speaker, text string)) {
		for i := range 1000 {
			f("a", said[i%len(said)])
			f("b", "ещё")
			f("b", "Еще…")
			f("c", "одно и то же длинное сообщение каждый день")
			if i < 10 {
				f("c", "ок")
			}
		}
	}
	each(c.Count)
	kept, at, n := map[string]int{}, []int{}, 0
	each(func(speaker, text string) {
		keep := c.Keep(speaker, text)
		if keep {
			kept[speaker]++
		}
		if speaker == "a" {
			if n++; keep {
				at = append(at, n-1)
			}
		}
	})
	if kept["a"] != 10 || kept["b"] != 10 || kept["c"] != 1010 {
		t.Errorf("kept %v, want 10, 10 and everything", kept)
	}
	for i, k := range at {
		if k != 100*i {
			t.Errorf("kept %v, want every hundredth from the first", at)
			break
		}
	}
}

func TestAShareMayBeMoreThanTheCap(t *testing.T) {
	t.Parallel()
	c := quality.NewCap(quality.CapOptions{Most: 2, Share: 0.1})
	each := func(f func(i int, text string)) {
		for i := range 100 {
			f(i, "длинное сообщение, которое не считается короткой репликой")
			f(i, "+")
			f(i, "👍")
		}
	}
	each(func(_ int, text string) { c.Count("a", text) })
	kept := map[string]int{}
	each(func(_ int, text string) {
		if c.Keep("a", text) {
			kept[text]++
		}
	})
	if kept["+"] != 30 || kept["👍"] != 30 {
		t.Errorf("kept %v, want a tenth of 300", kept)
	}
}

func TestWithoutCountingTheFirstAreKept(t *testing.T) {
	t.Parallel()
	c, kept := quality.NewCap(quality.CapOptions{Most: 3}), ""
	for range 5 {
		if c.Keep("a", "да") {
			kept += "+"
		} else {
			kept += "-"
		}
	}
	if kept != "+++--" {
		t.Errorf("kept %s", kept)
	}
}

// A million texts that are said once each must not push one another over the cap.
func TestManyTextsDoNotPassForRepetitions(t *testing.T) {
	t.Parallel()
	c, dropped := quality.NewCap(quality.CapOptions{Most: 20}), 0
	text := func(i int) string {
		var b [6]byte
		for k := range b {
			b[k], i = byte('a'+i%26), i/26
		}
		return string(b[:])
	}
	for i := range 1_000_000 {
		c.Count("a", text(i))
	}
	for i := range 1_000_000 {
		if !c.Keep("a", text(i)) {
			dropped++
		}
	}
	if dropped > 0 {
		t.Errorf("%d dropped", dropped)
	}
}

func TestFloodsAreFound(t *testing.T) {
	t.Parallel()
	f := quality.NewFloods(quality.FloodOptions{Most: 2, Window: 10 * time.Second})
	for i, c := range []struct {
		chat, speaker string
		at            int64
		text          string
		want          quality.Reason
	}{
		{"1", "a", 100, "Купи!", quality.Keep},
		{"1", "a", 101, "купи", quality.Keep},
		{"1", "b", 101, "купи", quality.Keep},
		{"2", "a", 101, "купи", quality.Keep},
		{"1", "a", 105, "КУПИ", quality.Flood},
		{"1", "a", 114, "купи", quality.Flood},
		{"1", "a", 125, "купи", quality.Keep},
		{"1", "a", 120, "купи", quality.Keep}, // time ran backwards
	} {
		if got := f.Check(c.chat, c.speaker, c.at, c.text); got != c.want {
			t.Errorf("%d: %q, want %q", i, got, c.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("привет", 3)
	f.Add("\xff\xd0/", 0)
	f.Fuzz(func(t *testing.T, text string, most int) {
		filter := quality.NewFilter(quality.Options{MaxRunes: most, MaxRun: most})
		m := chat.Message{Kind: chat.Text, Text: text}
		if a, b := filter.Check(&m, text), filter.Check(&m, text); a != b {
			t.Errorf("%q and %q", a, b)
		}
	})
}

// BenchmarkQuality measures everything that a message goes through.
func BenchmarkQuality(b *testing.B) {
	lines := []string{"да ладно тебе, приходи завтра часов в 5)", "ок", "ахахах 😂😂", "не знаю, посмотрим", "я вообще думал что ты уже дома"}
	filter, floods, capped := quality.NewFilter(quality.Options{}), quality.NewFloods(quality.FloodOptions{}), quality.NewCap(quality.CapOptions{})
	m, at := chat.Message{Kind: chat.Text, Sender: "user1"}, int64(0)
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range lines {
			at++
			filter.Check(&m, line)
			floods.Check("1", m.Sender, at, line)
			capped.Count(m.Sender, line)
			capped.Keep(m.Sender, line)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(lines)), "ns/msg")
}
