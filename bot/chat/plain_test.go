package chat_test

import (
	"testing"

	"liaison/bot/chat"
	"liaison/bot/chat/chattest"
)

func TestPlainText(t *testing.T) {
	for _, c := range chattest.Gallery() {
		t.Run(c.Name, func(t *testing.T) {
			chattest.Golden(t, c.Name+".txt", []byte(chat.PlainText(c.Reply)+"\n"))
		})
	}
}

func TestPlainTextOfNothing(t *testing.T) {
	if got := chat.PlainText(chat.Reply{}); got != "" {
		t.Errorf("the zero Reply says %q", got)
	}
}
