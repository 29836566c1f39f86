// Package sdk is what authors of gorod plugins write against: plain Go
// interfaces and types, and Serve, which turns an implementation into a plugin
// process. It imports nothing of gorod's core.
//
// A plugin is a Memory, a Planner, a Classifier, a Mayor or a Metric. The host
// starts it, hands it its config and its records, and asks it for work. State
// belongs to the host: every answer that changes it carries the records that
// changed, so a plugin may die at any moment and lose nothing. The guide for
// authors is plugins/README.md.
package sdk
