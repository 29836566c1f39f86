package telegram

import (
	"bytes"
	"errors"
)

func errExpected() error {
	return errors.New("expected result.json of Telegram Desktop, exported as machine-readable JSON: an object with messages, chats or left_chats")
}

// root reads the file: an account with its sections, or one chat.
func (r *reader) root() error {
	if err := r.begin(); err != nil {
		return err
	}
	r.chat.begin(0)
	known := false
	for {
		key, ok, err := r.field()
		if err != nil {
			return r.orNotExport(err, known)
		}
		if !ok {
			break
		}
		section, err := r.section(key)
		if err != nil {
			return err
		}
		known = known || section
	}
	if !known {
		return &Error{Kind: NotExport, Offset: r.offset(), Err: errExpected()}
	}
	r.finishChats()
	return r.rest()
}

// begin looks at the first bytes: somebody gave another file more often than a
// broken one.
func (r *reader) begin() error {
	c, err := r.peek()
	if err == nil && c == 0xEF && r.atHand(3) == nil && bytes.HasPrefix(r.buf[r.pos:r.end], []byte("\xEF\xBB\xBF")) {
		r.pos += 3
		c, err = r.peek()
	}
	if IsKind(err, Truncated) {
		return &Error{Kind: NotExport, Err: errors.Join(errors.New("the file is empty"), errExpected())}
	}
	if err != nil {
		return err
	}
	if c != '{' {
		return &Error{Kind: NotExport, Offset: r.offset(), Err: errExpected()}
	}
	r.pos++
	return nil
}

// orNotExport says of a file that breaks off before anything was known of it
// that it is none.
func (r *reader) orNotExport(err error, known bool) error {
	if known || !IsKind(err, Malformed) {
		return err
	}
	return &Error{Kind: NotExport, Offset: r.offset(), Err: errExpected()}
}

func (r *reader) rest() error {
	_, err := r.peek()
	if IsKind(err, Truncated) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.malformed("expected the end of the file after the end of the export")
}

// section reads a field of the file's object, and reports whether it is one
// that tells an export from other JSON.
func (r *reader) section(key []byte) (bool, error) {
	switch string(key) {
	case "chats", "left_chats":
		return true, r.listed((*reader).chatObject)
	case "messages":
		return true, r.messages()
	case "personal_information":
		return true, r.personal()
	case "contacts":
		return true, r.listed((*reader).contact)
	case "frequent_contacts", "sessions", "web_sessions", "other_data", "profile_pictures", "stories":
		return true, r.skip()
	case "about", "ringtones", "profile_music":
		return false, r.skip()
	case "name", "type", "id":
		return false, r.chatField(key)
	}
	r.unknown("section", key)
	return false, r.skip()
}

// listed reads the list of a section, {about, list[]}, element by element. A
// bare list will do.
func (r *reader) listed(element func(*reader) error) error {
	c, err := r.peek()
	if err != nil {
		return err
	}
	if c != '{' {
		return r.each(element)
	}
	r.pos++
	for {
		key, ok, err := r.field()
		if err != nil || !ok {
			return err
		}
		if string(key) == "list" {
			err = r.each(element)
		} else {
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

// each reads an array of objects; what is no array or no object is passed over.
func (r *reader) each(element func(*reader) error) error {
	c, err := r.peek()
	if err != nil {
		return err
	}
	if c != '[' {
		return r.unexpected()
	}
	r.pos++
	for {
		ok, err := r.element()
		if err != nil || !ok {
			return err
		}
		if r.buf[r.pos] == '{' {
			err = element(r)
		} else {
			err = r.unexpected()
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) unexpected() error {
	r.note(otherForm)
	return r.skip()
}

const otherForm = "values of another form than expected"
