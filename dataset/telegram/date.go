package telegram

import "time"

const exportedTime = "2006-01-02T15:04:05"

// unix reads date_unixtime.
func (r *reader) unix(m *moments) error {
	b, form, err := r.scalar()
	if err != nil || form == null {
		return err
	}
	if m.unix, m.known = parseInt(b); !m.known {
		r.note("numbers that cannot be read")
	}
	return nil
}

// local reads date: the wall clock of the machine that made the export, who
// knows where.
func (r *reader) local(m *moments) error {
	b, form, err := r.scalar()
	if err != nil || form != quoted {
		return err
	}
	m.has = copy(m.local[:], b) == len(m.local)
	return nil
}

// when prefers the time that does not depend on a time zone.
func (r *reader) when(m *moments) (int64, bool) {
	if m.known {
		return m.unix, true
	}
	if !m.has {
		return 0, false
	}
	t, err := time.Parse(exportedTime, string(m.local[:]))
	if err != nil {
		r.note("dates that cannot be read")
		return 0, false
	}
	if r.counts[localDates] == 0 {
		r.warn(r.draft.at, "dates without date_unixtime are the local time of the machine that exported; they are taken as UTC")
	}
	r.note(localDates)
	return t.Unix(), true
}

const localDates = "local dates taken as UTC"
