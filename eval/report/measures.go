package report

import (
	"math"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// measure is one number of a run.
type measure struct {
	id    string // in the CSV files
	group string // the study's measure that it belongs to
	name  string
	unit  string
	reach string // the values that it can take
	about string // how it is defined
	// digits after the decimal sign; with percent the number is a share of 1.
	digits  int
	percent bool
	// optional measures are left out where they are 0 in every run.
	optional bool
	of       func(*run) float64
}

const (
	unitCount  = "шт. ¦ count"
	unitShare  = "доля ¦ share"
	unitScale  = "балл ¦ score"
	unitPer    = "на шаг ¦ per step"
	fromZero   = "0 … ∞"
	ofOne      = "0 … 1"
	twoSided   = "−1 … 1"
	twoSided2  = "−2 … 2"
	untilSteps = "0 … max_actions"
)

func count(of func(*run) int) func(*run) float64 {
	return func(r *run) float64 { return float64(of(r)) }
}

// measures are all that the report compares conditions by.
func measures() []measure {
	return append(append(activityMeasures(), feelingMeasures()...), callMeasures()...)
}

func activityMeasures() []measure {
	return []measure{
		{id: "agent_steps", group: Activity, name: "Шаги жителей ¦ Agent-steps", unit: unitCount, reach: fromZero,
			about: "сколько раз жители могли действовать: один житель в одном тике — один шаг ¦ how often residents could act: one resident in one tick is one step",
			of:    count(func(r *run) int { return r.Steps })},
		{id: "messages", group: Activity, name: "Сообщения ¦ Messages", unit: unitCount, reach: fromZero,
			about: "действия с текстом: записи, ответы, цитаты, личные сообщения, реплики ¦ actions with a text: posts, replies, quotes, direct messages, remarks",
			of:    count(func(r *run) int { return r.Messages })},
		{id: "posts", group: Activity, optional: true, name: "Записи ¦ Posts", unit: unitCount, reach: fromZero,
			about: "новые записи, не ответы ¦ new posts, not answers", of: ofKinds("post")},
		{id: "replies", group: Activity, optional: true, name: "Ответы ¦ Replies", unit: unitCount, reach: fromZero,
			about: "ответы на записи и цитаты ¦ answers to posts, and quotes", of: ofKinds("reply", "quote")},
		{id: "actions_per_step", group: Activity, name: "Действий на шаг ¦ Actions per agent-step", unit: unitPer, reach: untilSteps, digits: 2,
			about: "выполненные действия, делённые на шаги жителей ¦ actions carried out, divided by agent-steps",
			of:    func(r *run) float64 { return tally.Ratio(float64(r.Actions), float64(r.Steps)) }},
		{id: "invalid_share", group: Actions, name: "Недопустимые действия ¦ Invalid actions", unit: unitShare, reach: ofOne, digits: 1, percent: true,
			about: "отклонённые действия и непригодные ответы модели среди всех попыток ¦ actions refused and replies of no use, among all attempts",
			of:    func(r *run) float64 { return tally.Ratio(float64(r.Invalid), float64(r.Invalid+r.Actions)) }},
		{id: "exposure_gini", group: Activity, name: "Неравенство показов, Джини ¦ Inequality of exposure, Gini", unit: unitScale, reach: ofOne, digits: 2,
			about: "индекс Джини числа показов записей автора в лентах: 0 — всех показывают поровну, 1 — одного; считаются и те, кого не показали ни разу ¦ Gini index of how often feeds showed an author's posts: 0, all alike; 1, one author alone; those never shown count",
			of:    func(r *run) float64 { return r.Exposure.Gini }},
		{id: "exposure_top_tenth", group: Activity, name: "Показы самых заметных 10 % авторов ¦ Exposure of the top 10% of authors", unit: unitShare, reach: ofOne, digits: 1, percent: true,
			about: "доля показов, пришедшихся на десятую часть авторов, которых показывали чаще всех ¦ share of what feeds showed that came from the tenth of authors shown most",
			of:    func(r *run) float64 { return r.Exposure.Top }},
	}
}

func feelingMeasures() []measure {
	return []measure{
		{id: "mood_start", group: Mood, name: "Настроение в начале ¦ Mood at the start", unit: unitScale, reach: twoSided, digits: 2,
			about: "валентность настроения (−1 — плохое, 1 — хорошее), средняя по жителям, при первом пробуждении ¦ valence of mood (−1 bad, 1 good), mean over residents, when each was first awake",
			of:    func(r *run) float64 { return r.Start.Valence.Value() }},
		{id: "mood_end", group: Mood, name: "Настроение в конце ¦ Mood at the end", unit: unitScale, reach: twoSided, digits: 2,
			about: "то же при последнем пробуждении ¦ the same when each was last awake",
			of:    func(r *run) float64 { return r.End.Valence.Value() }},
		{id: "mood_change", group: Mood, name: "Изменение настроения ¦ Change of mood", unit: unitScale, reach: twoSided2, digits: 2,
			about: "конец минус начало ¦ end minus start",
			of:    func(r *run) float64 { return r.End.Valence.Value() - r.Start.Valence.Value() }},
		{id: "arousal_end", group: Mood, name: "Возбуждение в конце ¦ Arousal at the end", unit: unitScale, reach: ofOne, digits: 2,
			about: "возбуждение (0 — спокоен, 1 — взволнован), среднее по жителям, при последнем пробуждении ¦ arousal (0 calm, 1 stirred), mean over residents, when each was last awake",
			of:    func(r *run) float64 { return r.End.Arousal.Value() }},
		{id: "sentiment", group: Sentiment, name: "Тональность сообщений ¦ Sentiment of messages", unit: unitScale, reach: twoSided, digits: 2,
			about: "валентность текста по плагину тональности, средняя по сообщениям ¦ valence of a text by the sentiment plugin, mean over messages",
			of:    func(r *run) float64 { return r.Sentiment.Value() }},
		{id: "negative_share", group: Sentiment, name: "Отрицательные сообщения ¦ Negative messages", unit: unitShare, reach: ofOne, digits: 1, percent: true,
			about: "доля сообщений, которые плагин назвал отрицательными ¦ share of messages that the plugin labels negative",
			of:    labelled(func(l tally.Labels) int { return l.Negative })},
		{id: "positive_share", group: Sentiment, name: "Положительные сообщения ¦ Positive messages", unit: unitShare, reach: ofOne, digits: 1, percent: true,
			about: "доля сообщений, которые плагин назвал положительными ¦ share of messages that the plugin labels positive",
			of:    labelled(func(l tally.Labels) int { return l.Positive })},
	}
}

func callMeasures() []measure {
	per := func(a func(*run) float64, b func(*run) float64) func(*run) float64 {
		return func(r *run) float64 {
			if r.calls.calls == 0 {
				return math.NaN() // nothing is known of calls
			}
			return tally.Ratio(a(r), b(r))
		}
	}
	steps := func(r *run) float64 { return float64(r.Steps) }
	calls := func(r *run) float64 { return float64(r.calls.calls) }
	return []measure{
		{id: "calls_per_step", group: Calls, name: "Вызовов модели на шаг ¦ Model calls per agent-step", unit: unitPer, reach: fromZero, digits: 2,
			about: "вызовы моделей всех назначений, делённые на шаги жителей ¦ calls of models for all purposes, divided by agent-steps",
			of:    per(calls, steps)},
		{id: "tokens_per_step", group: Calls, name: "Токенов на шаг ¦ Tokens per agent-step", unit: unitPer, reach: fromZero,
			about: "токены запросов и ответов, делённые на шаги жителей ¦ tokens of prompts and replies, divided by agent-steps",
			of:    per(func(r *run) float64 { return float64(r.calls.prompt + r.calls.reply) }, steps)},
		{id: "latency_ms", group: Calls, name: "Задержка вызова ¦ Latency of a call", unit: "мс ¦ ms", reach: fromZero,
			about: "среднее время ответа на вызов ¦ mean time until a call was answered",
			of:    per(func(r *run) float64 { return float64(r.calls.latency.Microseconds()) / 1000 }, calls)},
		{id: "reused_plans", group: Calls, name: "Планы из опыта ¦ Plans reused", unit: unitShare, reach: ofOne, digits: 1, percent: true,
			about: "доля планов, взятых из опыта без вызова модели ¦ share of plans taken from experience, with no model asked",
			of:    func(r *run) float64 { return tally.Ratio(float64(r.Reused), float64(r.Plans)) }},
	}
}

func labelled(of func(tally.Labels) int) func(*run) float64 {
	return func(r *run) float64 {
		l := r.Labels
		return tally.Ratio(float64(of(l)), float64(l.Negative+l.Neutral+l.Positive))
	}
}

// ofKinds counts actions of some kinds.
func ofKinds(kinds ...string) func(*run) float64 {
	return func(r *run) float64 {
		n := 0
		for _, c := range r.Kinds {
			for _, kind := range kinds {
				if c.Key == kind {
					n += c.N
				}
			}
		}
		return float64(n)
	}
}

// format writes a value of the measure.
func (m measure) format(s *study, x float64) string {
	if m.percent {
		return s.Percent(x, m.digits)
	}
	return s.Number(x, m.digits)
}

// shown are the measures that the study asked for and that any run has a value
// of.
func (s *study) shown() []measure {
	var out []measure
	for _, m := range measures() {
		if !s.shows(m.group) {
			continue
		}
		all := over(s.runs, m.of)
		if all.N > 0 && (!m.optional || all.Max > 0) {
			out = append(out, m)
		}
	}
	return out
}
