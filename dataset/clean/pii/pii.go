// Package pii finds personal data in messages and puts typed placeholders in
// its place: [PHONE_1], [NAME_2]. Within one Scope, a dialogue say, the same
// value has the same number whatever way it is written.
//
// Numbers count only where their checksum or their shape together with a word
// nearby says what they are; names are those of the people given, in all cases
// and diminutives. Nothing here keeps or logs a value beyond its Scope.
package pii

import (
	"fmt"
	"slices"
)

// Type of personal data, as placeholders name it.
type Type string

// The types.
const (
	Phone    Type = "PHONE"
	Email    Type = "EMAIL"
	Card     Type = "CARD"     // bank card: issuer's prefix and Luhn
	INN      Type = "INN"      // taxpayer: 12 digits with checksum; 10 where a word says so
	SNILS    Type = "SNILS"    // social insurance: checksum, and dashes or a word
	OGRN     Type = "OGRN"     // registration of a firm or an entrepreneur, with checksum
	Passport Type = "PASSPORT" // after a word that says so
	Account  Type = "ACCOUNT"  // bank account
	Username Type = "USERNAME" // @name
	Telegram Type = "TELEGRAM" // t.me/…, tg://…
	URL      Type = "URL"      // with credentials, a token or somebody's profile in it
	Address  Type = "ADDRESS"
	Name     Type = "NAME"
)

// Types lists all types.
func Types() []Type {
	return []Type{Phone, Email, Card, INN, SNILS, OGRN, Passport, Account, Username, Telegram, URL, Address, Name}
}

// Person is somebody whose names are redacted.
type Person struct {
	ID    string   // as chat.Message.Sender and the Ref of a mention_name give it
	Names []string // as shown by the source: "Маша Петрова"; several where they changed
	// Aliases are what somebody who knows the chats says that they are called in
	// them. They count also where they are common words: those with a capital
	// letter wherever they are written so.
	Aliases []string
}

// Options says what is redacted. The zero value redacts every type, with no
// names known.
type Options struct {
	Off    []Type   // left as they are
	People []Person // participants, contacts
	// Diminutives adds to the package's own: each line is a first name and the
	// forms it takes among friends, "Ярополк Яря Полик".
	Diminutives []string
	// Common has all first names redacted that the package knows, whoever bears
	// them. It finds third persons, and costs precision.
	Common bool
}

// Redactor knows what to look for. It may be used from many goroutines.
type Redactor struct {
	class [256]class
	dict  dictionary
	off   map[Type]bool
	ids   map[string]int32 // of people, by ID
	types map[string]bool
}

// New makes a Redactor. It refuses types that it does not know.
func New(o Options) (*Redactor, error) {
	r := &Redactor{class: classes(), off: map[Type]bool{}, ids: map[string]int32{}, types: map[string]bool{}}
	for _, t := range Types() {
		r.types[string(t)] = true
	}
	for _, t := range o.Off {
		if !slices.Contains(Types(), t) {
			return nil, fmt.Errorf("pii: unknown type %q; there are %v", t, Types())
		}
		r.off[t] = true
	}
	b := newBuilder(o.Diminutives)
	for i, p := range o.People {
		r.ids[p.ID] = int32(i)
		b.person(int32(i), p)
	}
	if o.Common {
		b.others(int32(len(o.People)))
	}
	r.dict = newDictionary(b.words)
	return r, nil
}
