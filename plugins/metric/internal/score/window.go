package score

// WindowSchema is the property of a config schema that says how wide the
// windows of time are.
const WindowSchema = `"window": {
      "description": "ticks in a window of scores through time; 0 parts the run into 20",
      "type": "integer", "minimum": 0, "maximum": 1000000, "default": 0
    }`

// parts of a run by default.
const parts = 20

// Windows part the ticks of a run, the last one may be shorter.
type Windows struct {
	Width, Ticks int64
	done         int64 // ticks of the windows that are closed
}

// NewWindows makes the windows of a run of so many ticks.
func NewWindows(width, ticks int64) *Windows {
	if width <= 0 {
		width = max(1, (ticks+parts-1)/parts)
	}
	return &Windows{Width: width, Ticks: ticks}
}

// Before closes every window that ends before a tick, and calls close with the
// last tick of each.
func (w *Windows) Before(tick int64, closed func(last int64)) {
	for w.done+w.Width <= min(tick, w.Ticks) {
		w.done += w.Width
		closed(w.done - 1)
	}
}

// End closes those that are left.
func (w *Windows) End(closed func(last int64)) {
	w.Before(w.Ticks, closed)
	if w.done < w.Ticks {
		w.done = w.Ticks
		closed(w.Ticks - 1)
	}
}
