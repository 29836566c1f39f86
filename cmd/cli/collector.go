package cli

import "runtime/debug"

// calmCollector lets the heap grow to four times what is alive before garbage
// is collected. A society is small beside its garbage: prompts, replies and
// messages live for one tick.
func calmCollector() { debug.SetGCPercent(300) }
