package discord

import (
	"net/http"
	"testing"

	"go.uber.org/goleak" // finds goroutines that a test leaves behind

	"liaison/adapters/discord/fakediscord"
	"liaison/bot/chat/chattest"
)

// An adapter that was stopped leaves no goroutine behind, not even discordgo's that sleep before they end.
func TestStopsWholly(t *testing.T) {
	before := goleak.IgnoreCurrent()
	startAndStop(t)
	var err error
	for range 10 { // Find waits for half a second each time
		if err = goleak.Find(before); err == nil {
			return
		}
	}
	t.Error(err)
}

func startAndStop(t *testing.T) {
	t.Helper()
	fake, err := fakediscord.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	inbox := chattest.NewInbox()
	r := launch(t, Options{Token: fakediscord.Token, APIURL: fake.URL(), Transport: transport}, inbox, doorsTable())
	chattest.Wait(t, "the adapter to connect", fake.Changed, fake.Connected)
	fake.Command(general("ada"), "ask", map[string]string{"question": "How?"})
	if _, err := r.adapter.Respond(t.Context(), inbox.Next(t), answerReply()); err != nil {
		t.Errorf("Respond: %v", err)
	}
	r.cancel()
	<-r.stopped
}
