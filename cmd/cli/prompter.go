package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/llm-city/gorod/dataset/telegram/live"
)

// prompter asks the person at the terminal.
type prompter struct {
	s  *State
	in *bufio.Reader
}

func newPrompter(s *State) *prompter { return &prompter{s, bufio.NewReader(s.Stdin)} }

// Phone implements live.Prompter.
func (p *prompter) Phone(ctx context.Context, a live.Ask) (string, error) {
	return p.ask(ctx, a, "phone number, international (+7…)")
}

// Code implements live.Prompter.
func (p *prompter) Code(ctx context.Context, a live.Ask) (string, error) {
	what := "code that Telegram sent"
	if a.Via != "" {
		what += " by " + flat(a.Via)
	}
	return p.ask(ctx, a, what)
}

// Password implements live.Prompter. What is typed is not shown.
func (p *prompter) Password(ctx context.Context, a live.Ask) (live.Secret, error) {
	what := "two-step password"
	if a.Hint != "" {
		what += " (hint: " + flat(a.Hint) + ")"
	}
	if f, ok := p.s.Stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.say(a, what)
		word, err := term.ReadPassword(int(f.Fd()))
		io.WriteString(p.s.Stderr, "\n")
		return live.NewSecret(string(word)), err
	}
	word, err := p.ask(ctx, a, what)
	return live.NewSecret(word), err
}

func (p *prompter) say(a live.Ask, what string) {
	if a.Attempt > 1 {
		fmt.Fprintf(p.s.Stderr, "that was wrong (%d of %d)\n", a.Attempt-1, a.Of)
	}
	fmt.Fprintf(p.s.Stderr, "%s: ", what)
}

// ask reads a line, unless the context ends first.
func (p *prompter) ask(ctx context.Context, a live.Ask, what string) (string, error) {
	p.say(a, what)
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := p.in.ReadString('\n')
		answers <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case got := <-answers:
		line := trimmed(got.line)
		if line == "" && got.err != nil {
			return "", errNoInput
		}
		return line, nil
	}
}
