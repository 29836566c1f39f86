// Package sdk is what authors of gorod plugins write against: plain Go
// interfaces and types, and Serve, which turns an implementation into a plugin
// process. It imports nothing of gorod's core.
//
// A plugin is a Memory, a Planner or a Classifier. The host starts it, hands it
// its config and its records, and asks it for work in batches. State belongs to
// the host: every mutating answer carries the records that it changed, so a
// plugin may die at any moment and lose nothing.
package sdk
