package commands

// Said is for tests.
var Said = said

// TopicOf returns what a text that a command got is about; of an introduction, that of a person who is
// described.
func TopicOf(name, rest string) string {
	if name == "introduce" {
		rest = meTo.ReplaceAllString(rest, "")
		if !described(rest) {
			return "nobody is described in " + rest
		}
	}
	return Topic(rest)
}
