package commands_test

import (
	"fmt"
	"testing"

	"liaison/bot/chat"
)

// TestWhoSeesWhat is the whole matrix of persons, rooms and privacy: what is said holds what those
// who read it may all see, and nothing else.
func TestWhoSeesWhat(t *testing.T) {
	const (
		public = "Keeping secrets"
		staffs = "canary"
		gdss   = "eagle"
	)
	for _, c := range []struct {
		who     chat.Actor
		room    chat.Room
		private bool
		sees    []string
		hidden  []string
	}{
		{gdsMember, direct, false, []string{public, staffs, gdss}, nil},
		{gdsMember, channel, false, []string{public, staffs, gdss}, nil},
		{gdsMember, staff, false, []string{public, staffs}, []string{gdss}},
		{gdsMember, open, false, []string{public}, []string{staffs, gdss}},
		{gdsMember, dark, false, []string{public}, []string{staffs, gdss}},
		{gdsMember, open, true, []string{public, staffs, gdss}, nil},
		{gdsMember, dark, true, []string{public, staffs, gdss}, nil},
		{guest, direct, false, []string{public}, []string{staffs, gdss}},
		{guest, channel, false, []string{public}, []string{staffs, gdss}},
		{guest, channel, true, []string{public}, []string{staffs, gdss}},
		{unknown, direct, false, []string{public}, []string{staffs, gdss}},
		{unknown, channel, true, []string{public}, []string{staffs, gdss}},
	} {
		t.Run(fmt.Sprintf("%s in %s, private %v", c.who.Account.User, c.room.ID, c.private), func(t *testing.T) {
			o := newOffice(t)
			e := o.event(c.who, c.room, chat.KindMessage)
			e.Text, e.Private = "where are secrets kept?", c.private
			r := o.handle(e)
			if r.Private != c.private {
				t.Errorf("the reply is private: %v", r.Private)
			}
			more := o.press(c.who, c.room, r, "Show more")
			all := chat.Reply{Blocks: append(r.Blocks, more.Blocks...)}
			if !more.Private && c.room != direct {
				t.Error("Show more is not private")
			}
			if c.private || c.room == direct || c.who.Standing != chat.StandingMember {
				o.expect("answer and more", all, c.sees, c.hidden...)
				return
			}
			o.expect("answer", r, []string{public}, c.hidden...)
		})
	}
}

// TestHiddenPagesLeaveNoTrace compares every reply with that of an office that never held the pages.
func TestHiddenPagesLeaveNoTrace(t *testing.T) {
	script := func(o *office) string {
		var said string
		for _, where := range []chat.Room{open, dark} {
			for _, text := range []string{"where are secrets kept?", "the canary vault", "eagle", "define Eagle", "define Eagel", "compare secrets", "and the vault?"} {
				r := o.say(gdsMember, where, text)
				said += chat.PlainText(r) + fmt.Sprint(labels(r)) + "\n"
			}
		}
		return said
	}
	with, without := newOffice(t), newOffice(t)
	without.pages.list = append(without.pages.list[:1:1], without.pages.list[3])
	without.Ask.Vocabulary = func() (v vocabularyType) { v = vocabulary(); v.Terms = v.Terms[:1]; return v }
	if a, b := script(with), script(without); a != b {
		t.Errorf("with the hidden pages:\n%s\nwithout them:\n%s", a, b)
	}
}

func TestAPrivateAnswerNeverFeedsSomebodyElse(t *testing.T) {
	o := newOffice(t)
	private := o.event(gdsMember, channel, chat.KindMessage)
	private.Text, private.Private = "where is the eagle?", true
	o.handle(private)

	o.say(other, channel, "and where else?")
	if turns := o.fed(); len(turns) != 0 {
		t.Errorf("somebody else's follow-up was fed %v", turns)
	}
	o.say(gdsMember, channel, "and who has it?")
	if turns := o.fed(); len(turns) < 2 || turns[0].Text != "where is the eagle?" {
		t.Errorf("the asker's own follow-up was fed %v", turns)
	}
}

func TestAnAnswerForFewNeverShapesOneForMany(t *testing.T) {
	o := newOffice(t)
	private := o.event(gdsMember, open, chat.KindMessage)
	private.Text, private.Private = "where is the eagle?", true
	o.handle(private)
	o.say(gdsMember, open, "and the budget?")
	if turns := o.fed(); len(turns) != 0 {
		t.Errorf("a public answer was fed %v", turns)
	}
	o.say(other, open, "and where else?")
	if turns := o.fed(); len(turns) != 2 || turns[0].Text != "and the budget?" {
		t.Errorf("the public talk in a thread feeds everybody there; it was %v", turns)
	}
}

func TestPrivatelyIsOfferedToAllWhoMaySeeMoreThanTheRoom(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		who     chat.Actor
		where   chat.Room
		text    string
		offered bool
	}{
		{gdsMember, open, "where are secrets kept?", true},
		{gdsMember, open, "alpacas", true}, // whether or not there is anything: offering must not tell
		{gdsMember, channel, "where are secrets kept?", false},
		{gdsMember, direct, "where are secrets kept?", false},
		{guest, open, "where are secrets kept?", false},
	} {
		r := o.say(c.who, c.where, c.text)
		if got := button(r, "Show me privately") != ""; got != c.offered {
			t.Errorf("%s in %s asking %q is offered it: %v", c.who.Account.User, c.where.ID, c.text, got)
		}
	}
	r := o.say(gdsMember, open, "where are all secrets kept?")
	mine := o.press(gdsMember, open, r, "Show me privately")
	if !mine.Private {
		t.Error("it is shown to all")
	}
	o.expect("shown privately", mine, []string{"Secrets of GDS", "Secrets for staff"})
	o.expect("pressed by a guest", o.press(guest, open, r, "Show me privately"), nil, "Secrets of GDS", "Secrets for staff")
}

func TestSharingAsksAnewForTheRoom(t *testing.T) {
	o := newOffice(t)
	slash := o.event(gdsMember, open, chat.KindCommand)
	slash.Command, slash.Text, slash.Private = "ask", "where are secrets kept?", true
	r := o.handle(slash)
	o.expect("private answer", o.press(gdsMember, open, r, "Show more"), []string{"eagle"})

	sharing := o.event(gdsMember, open, chat.KindAction)
	sharing.Action = button(r, "Share with the channel")
	shared := o.handle(sharing)
	if shared.Private {
		t.Error("what is shared is private")
	}
	o.expect("shared", shared, []string{"Ada asked me", "where are secrets kept?", "Keeping secrets"}, "eagle", "canary")
	o.expect("shared by somebody else", o.press(other, open, r, "Share with the channel"), []string{"Only the person who asked"}, "secret store")
	if r := o.say(gdsMember, direct, "where are secrets kept?"); button(r, "Share with the channel") != "" {
		t.Error("sharing is offered where there is no channel")
	}
}

// What somebody looks up for themselves can be shared, anew for those who then read it.
func TestALookupIsShared(t *testing.T) {
	o := withPeople(newOffice(t))
	for command, text := range map[string]string{"define": "ATO", "who": "service standard"} {
		e := o.event(guest, open, chat.KindCommand)
		e.Command, e.Text, e.Private = command, text, true
		r := o.handle(e)
		sharing := o.event(guest, open, chat.KindAction)
		sharing.Action = button(r, "Share with the channel")
		shared := o.handle(sharing)
		o.expect("sharing "+command, shared, []string{"Somebody asked me", text})
		if !r.Private || shared.Private || len(shared.Blocks) < 2 || button(shared, "Share with the channel") != "" {
			t.Errorf("%s is private: %v; shared: %v, with %v", command, r.Private, shared.Private, labels(shared))
		}
	}
	secret := o.event(gdsMember, open, chat.KindCommand)
	secret.Command, secret.Text, secret.Private = "define", "Eagle", true
	r := o.handle(secret)
	o.expect("a term that the room may not see", r, []string{"Eagle"})
	if button(r, "Share with the channel") != "" {
		t.Error("it is offered for sharing")
	}
}

// What nobody else in the room may see is not offered for sharing, and sharing it is refused to who
// pressed alone.
func TestWhatTheRoomMayNotSeeIsNotOfferedForSharing(t *testing.T) {
	o := newOffice(t)
	privately := func(text string) chat.Reply {
		e := o.event(gdsMember, open, chat.KindCommand)
		e.Command, e.Text, e.Private = "ask", text, true
		return o.handle(e)
	}
	r := privately("where is the eagle?")
	o.expect("for the person", r, []string{"eagle secrets"})
	if button(r, "Share with the channel") != "" || button(r, "Helpful") == "" {
		t.Errorf("the buttons are %v", labels(r))
	}
	e := o.event(gdsMember, open, chat.KindAction)
	e.Action = "share:" + chat.RowOf(button(r, "Helpful"))
	pressed := o.handle(e)
	o.expect("pressed all the same", pressed, []string{"I have shared nothing"}, "eagle", "Ada asked me")
	if !pressed.Private {
		t.Error("the refusal is for everybody")
	}
	if r := privately("where are secrets kept?"); button(r, "Share with the channel") == "" {
		t.Errorf("what the room may see is not offered: %v", labels(r))
	}
	stranger := o.event(other, open, chat.KindAction)
	stranger.Action = e.Action
	if r := o.handle(stranger); !r.Private || len(r.Blocks) == 0 {
		t.Errorf("told to everybody: %s", chat.PlainText(r))
	}
}
