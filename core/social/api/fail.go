package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/api/pages"
)

// refusal is an answer that is no success.
type refusal struct {
	status int
	say    lang.Phrase
}

// Error implements error.
func (e *refusal) Error() string { return e.say.In("en") }

var ( // values, never changed
	errNoToken  = &refusal{http.StatusUnauthorized, "Нужен маркер доступа: войдите ¦ This method requires an authenticated user"}
	errBadToken = &refusal{http.StatusUnauthorized, "Маркер доступа недействителен ¦ The access token is invalid"}
	errScope    = &refusal{http.StatusForbidden, "Маркер доступа этого не разрешает ¦ This action is outside the authorized scopes"}
	errMissing  = &refusal{http.StatusNotFound, "Запись не найдена ¦ Record not found"}
	errNoMethod = &refusal{http.StatusNotFound, "Здесь такого метода нет ¦ This server has no such method"}
	errTooMany  = &refusal{http.StatusTooManyRequests, "Слишком много запросов ¦ Too many requests"}
	errTooLarge = &refusal{http.StatusRequestEntityTooLarge, "Тело запроса больше 64 КиБ ¦ The body is larger than 64 KiB"}
	errBadBody  = &refusal{http.StatusBadRequest, "Тело запроса не разобрать ¦ The body cannot be read"}
	errQueue    = &refusal{http.StatusServiceUnavailable, "Ждёт слишком много: попробуйте позже ¦ Too much is waiting: try again later"}
	errOver     = &refusal{http.StatusUnprocessableEntity, "Прогон окончен: жители больше не ответят ¦ The run is over: nobody lives there any more"}
	errKept     = &refusal{http.StatusUnprocessableEntity, "В городе ничего не удаляется: жители это уже прочли ¦ Nothing is deleted here: residents have read it"}
	errMedia    = &refusal{http.StatusUnprocessableEntity, "Жители не видят картинок: пришлите текст ¦ Residents see no pictures: send a text"}
	errLater    = &refusal{http.StatusUnprocessableEntity, "Отложить запись нельзя ¦ Posts cannot be scheduled"}
	errEmpty    = &refusal{http.StatusUnprocessableEntity, "Запись пуста ¦ Validation failed: Text can't be blank"}
	errLong     = &refusal{http.StatusUnprocessableEntity, "Запись длиннее 2000 знаков ¦ Validation failed: Text character limit of 2000 exceeded"}
	errPoll     = &refusal{http.StatusUnprocessableEntity, "В опросе 2–6 разных вариантов до 100 знаков ¦ Validation failed: a poll has 2 to 6 different options of up to 100 characters"}
	errAudience = &refusal{http.StatusUnprocessableEntity, "Такой видимости нет ¦ Validation failed: there is no such visibility"}
	errWhom     = &refusal{http.StatusUnprocessableEntity, "Личное сообщение пишут одному: назовите его через @ ¦ A direct message is for one person: name it with @"}
	errMany     = &refusal{http.StatusUnprocessableEntity, "Личное сообщение получает один человек, а названо больше: напишите каждому отдельно ¦ A direct message reaches one person here, and more are named: write to each of them"}
	errAbsent   = &refusal{http.StatusUnprocessableEntity, "Этот гость ещё ничего в городе не сделал: город его не знает ¦ This visitor has done nothing here yet: the town does not know it"}
	errNarrow   = &refusal{http.StatusUnprocessableEntity, "Ответ видят все, кто видит запись: ответьте открыто или лично ¦ An answer is seen by all who see what it answers: answer in public, or directly"}
	errMultiple = &refusal{http.StatusUnprocessableEntity, "В опросах города выбирают один вариант ¦ Validation failed: one option is chosen in polls here"}
	errLack     = &refusal{http.StatusUnprocessableEntity, "В этом городе такого нет ¦ This is not supported here: the town has no such thing"}
	errMine     = &refusal{http.StatusTooManyRequests, "Ждёт слишком много вашего: подождите, пока город за это примется ¦ Too much of yours is waiting: let the town come to it"}
	errOwn      = &refusal{http.StatusUnprocessableEntity, "Со своим этого не делают ¦ Not with what is one's own"}
	errNoPass   = &refusal{http.StatusForbidden, "Делиться можно только открытыми записями ¦ This action is not allowed: only public posts can be boosted"}
	errUnboost  = &refusal{http.StatusUnprocessableEntity, "Чем поделились, то уже прочли ¦ A boost cannot be taken back: residents have read it"}
	errChoice   = &refusal{http.StatusUnprocessableEntity, "Нужен один вариант из опроса ¦ Validation failed: one option of the poll is chosen"}
	errVoted    = &refusal{http.StatusUnprocessableEntity, "Голос уже отдан ¦ Validation failed: You have already voted on this poll"}
	errName     = &refusal{http.StatusUnprocessableEntity, "Так назваться нельзя ¦ Validation failed: the name cannot be used"}
	errStreams  = &refusal{http.StatusServiceUnavailable, "Открыто слишком много потоков ¦ Too many streams are open"}
)

// fail answers with an error as Mastodon does. What is not the client's fault is
// logged and not told.
func (c *call) fail(err error) {
	status, say := http.StatusInternalServerError, lang.Phrase("Сбой сервера ¦ The server failed")
	var known *refusal
	var bad *control.BadOrder
	switch {
	case errors.Is(err, errAnswered):
		return
	case errors.As(err, &known):
		status, say = known.status, known.say
	case errors.Is(err, social.ErrNoPost), errors.Is(err, social.ErrNoAgent):
		status, say = errMissing.status, errMissing.say
	case errors.Is(err, control.ErrShare):
		status, say = errMine.status, errMine.say
	case errors.Is(err, control.ErrFull):
		status, say = errQueue.status, errQueue.say
	case errors.As(err, &bad):
		status, say = http.StatusUnprocessableEntity, lang.Phrase(bad.Why+" ¦ "+bad.Why)
	case errors.Is(err, context.Canceled):
		return // nobody reads it
	default:
		c.Log.Error("the API failed", "method", c.r.Method, "pattern", c.r.Pattern, "error", err)
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests && c.w.Header().Get("Retry-After") == "" {
		c.w.Header().Set("Retry-After", "5")
	}
	c.refuse(status, map[string]string{"error": say.In(c.language())})
}

func (c *call) refuse(status int, body map[string]string) {
	if status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="gorod"`)
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.WriteHeader(status)
	_ = json.NewEncoder(c.w).Encode(body) // a client that has gone
}

// language is that in which the client is answered.
func (c *call) language() string {
	return pages.Language(c.r.Header.Get("Accept-Language"), c.View.Run().Language)
}
