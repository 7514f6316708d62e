package index

// secondCache keeps the words of passages that were looked at again.
type secondCache struct{}
