package commands

// Said is for tests.
var Said = said
