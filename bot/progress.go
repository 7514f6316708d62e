package main

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3" // a progress bar that knows widths and rates
)

// barFrom is how many files must be read before a bar is worth showing.
const barFrom = 50

// progress returns what is told how far a reindex is: a bar for a person who watches, nothing for a
// file or a pipe.
func (p *program) progress() func(done, total int) {
	if !p.terminal {
		return nil
	}
	var mu sync.Mutex
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if total < barFrom {
			return
		}
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.err), progressbar.OptionSetDescription("Reading the knowledge"),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond))
		}
		_ = bar.Set(done) // only a bar
		if done == total {
			_ = bar.Finish()
			bar = nil
		}
	}
}
