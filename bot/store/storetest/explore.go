package storetest

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid" // makes sequences of steps, and shortens those that break a rule

	"liaison/bot/store"
)

// batch is how many sequences rapid makes at a time; each batch has a store of its own.
const batch = 100

// Explore runs sequences of random steps on both engines: a hundred on SQLite and a fifth of it on
// PostgreSQL, or as LIAISON_SEQUENCES says, and a fifth of that; with -short, which is for goroutines that race, of which
// there are none here, a fifth of both. n tells the sequences of one store apart,
// so that each can have its own people and times.
func Explore(t *testing.T, sequence func(rt *rapid.T, s *store.Store, n int)) {
	sequences := batch
	if testing.Short() {
		sequences /= 5
	}
	if more, err := strconv.Atoi(os.Getenv("LIAISON_SEQUENCES")); err == nil {
		sequences = more
	}
	t.Run("SQLite", func(t *testing.T) { explore(t, func(*testing.T) string { return "" }, sequences, sequence) })
	t.Run("PostgreSQL", func(t *testing.T) { explore(t, Postgres, max(sequences/5, 1), sequence) })
}

func explore(t *testing.T, url func(*testing.T) string, left int, sequence func(rt *rapid.T, s *store.Store, n int)) {
	for number := 0; left > 0; number++ {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			s, n := Open(t, url(t)), 0
			rapid.Check(t, func(rt *rapid.T) {
				if left <= 0 {
					return
				}
				defer func() {
					if left--; rt.Failed() {
						left = 1 << 30 // to be shortened it must run as often as it takes
					}
				}()
				n++
				sequence(rt, s, n)
			})
		})
		if t.Failed() {
			return
		}
	}
}
