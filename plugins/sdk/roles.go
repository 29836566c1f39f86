package sdk

// SentimentAgent is the id under which a sentiment plugin calls the host: texts
// are rated for all residents at once, with the model that the study gives the
// classifier.
const SentimentAgent = "sentiment"
