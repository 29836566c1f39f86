package language

import (
	"github.com/llm-city/gorod/plugins/metric/internal/score"
	"github.com/llm-city/gorod/plugins/metric/internal/stat"
	"github.com/llm-city/gorod/plugins/metric/journal"
	"github.com/llm-city/gorod/plugins/sdk"
)

// writer is how one resident writes.
type writer struct {
	native, letters  int
	words            stat.Mean
	said             recent // its last sentences
	sentences, again int
}

type tally struct {
	config  config
	roster  *journal.Roster
	home    script
	agents  []writer
	heard   recent // the run's sentences
	letters scripts
	leaks   [lastScript + 1]int // texts with letters of each foreign script
	leaky   int                 // with those of any
	words   stat.Mean
	chars   stat.Mean
	pieces  pieces
	copied  int
	reader  sentences
}

// maxHeard is how many sentences of a run are remembered.
const maxHeard = 1 << 16

func newTally(c config, run sdk.Run) *tally {
	t := &tally{
		config: c, roster: journal.NewRoster(run.Agents), home: nativeScript(run.Language), agents: make([]writer, len(run.Agents)),
		heard: newRecent(maxHeard), pieces: newPieces(c.Block), reader: newSentences(),
	}
	for i := range t.agents {
		t.agents[i].said = newRecent(c.Memory)
	}
	return t
}

func (t *tally) action(at journal.At, a *journal.Action) {
	if a.Text == "" {
		return
	}
	who := &t.agents[at.Agent]
	letters := count(a.Text)
	t.leak(letters)
	t.letters.add(letters)
	who.native += letters[t.home]
	who.letters += letters.total()
	t.chars.Add(float64(letters.chars()))
	words := 0
	t.reader.read(a.Text, func(word uint64, begins bool) {
		words++
		t.pieces.add(word, begins)
	}, func(sentence uint64, length int) {
		if length >= t.config.MinSentence {
			t.sentence(at.Agent, sentence)
		}
	})
	who.words.Add(float64(words))
	t.words.Add(float64(words))
}

func (t *tally) leak(letters scripts) {
	leaks := false
	for s := range lastScript + 1 {
		if s != t.home && letters[s] > 0 {
			t.leaks[s]++
			leaks = true
		}
	}
	if leaks {
		t.leaky++
	}
}

func (t *tally) sentence(agent int, hash uint64) {
	who := &t.agents[agent]
	who.sentences++
	own := who.said.seen(hash)
	anybody := t.heard.seen(hash)
	switch {
	case own:
		who.again++
	case anybody:
		t.copied++
	}
}

func (t *tally) scores() []sdk.Score {
	var sheet score.Sheet
	all := t.letters.total()
	for s := range lastScript + 1 {
		sheet.Item("script_share", s.String(), stat.Ratio(t.letters[s], all), all)
		if s != t.home {
			sheet.Item("leak_share", s.String(), stat.Ratio(t.leaks[s], t.words.N), t.words.N)
		}
	}
	sheet.Run("native_share", stat.Ratio(t.letters[t.home], all), all)
	sheet.Run("leak_share", stat.Ratio(t.leaky, t.words.N), t.words.N)
	ones, twos, n := t.pieces.distinct()
	sheet.Run("distinct_1", ones, n)
	sheet.Run("distinct_2", twos, n)
	sheet.Run("text_words", t.words.Value(), t.words.N)
	sheet.Run("text_chars", t.chars.Value(), t.chars.N)
	sentences, again := 0, 0
	for i := range t.agents {
		who, id := &t.agents[i], t.roster.ID(i)
		sentences, again = sentences+who.sentences, again+who.again
		sheet.Agent("native_share", id, stat.Ratio(who.native, who.letters), who.letters)
		sheet.Agent("text_words", id, who.words.Value(), who.words.N)
		sheet.Agent("repeated_sentence_share", id, stat.Ratio(who.again, who.sentences), who.sentences)
	}
	sheet.Run("repeated_sentence_share", stat.Ratio(again, sentences), sentences)
	sheet.Run("copied_sentence_share", stat.Ratio(t.copied, sentences), sentences)
	return sheet.Scores()
}
