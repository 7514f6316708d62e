package chat_test

import (
	"testing"

	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func TestPlainText(t *testing.T) {
	for _, c := range chattest.Gallery() {
		t.Run(c.Name, func(t *testing.T) {
			out := chat.PlainText(c.Reply)
			if len(out) > 10_000 {
				t.Skip("too long for a golden file; chattest tests that no word is lost")
			}
			chattest.Golden(t, c.Name+".txt", []byte(out+"\n"))
		})
	}
}

func TestPlainTextOfNothing(t *testing.T) {
	if got := chat.PlainText(chat.Reply{}); got != "" {
		t.Errorf("the zero Reply says %q", got)
	}
}
