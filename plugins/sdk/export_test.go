package sdk

// NewLogger is what Setup.Log is made with.
var NewLogger = newLogger
