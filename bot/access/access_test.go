package access_test

import (
	"testing"

	"pgregory.net/rapid" // property tests: the rules of access hold for every pair, not only for the pairs we thought of

	"liaison/bot/access"
)

func TestParseVisibility(t *testing.T) {
	for text, ok := range map[string]bool{
		"public": true, "staff": true, "org:gds": true, "org:18f": true, "org:i-ai": true,
		"": false, "Public": false, " public": false, "org:": false, "org:GDS": false, "org:-x": false,
		"org:a b": false, "private": false, "everything": false, "public,staff": false,
	} {
		if v, err := access.ParseVisibility(text); (err == nil) != ok {
			t.Errorf("ParseVisibility(%q) = %q, %v; want ok %v", text, v, err, ok)
		}
	}
}

func TestMay(t *testing.T) {
	things := []access.Visibility{access.Public, access.Staff, access.Organisation("gds"), access.Organisation("usds"), "", "nonsense"}
	tests := []struct {
		name string
		who  access.Audience
		want [6]bool
	}{
		{"the zero audience sees public things only", access.Audience{}, [6]bool{true}},
		{"staff of no known organisation see what all staff see", access.StaffOf(), [6]bool{true, true}},
		{"staff of GDS see GDS's own things too", access.StaffOf("gds"), [6]bool{true, true, true}},
		{"people of two organisations see both", access.StaffOf("usds", "gds"), [6]bool{true, true, true, true}},
		{"an id that is none adds nothing", access.StaffOf("GDS", "org:gds", ""), [6]bool{true, true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i, thing := range things {
				if got := test.who.May(thing); got != test.want[i] {
					t.Errorf("%s may see %q: got %v, want %v", test.who, thing, got, test.want[i])
				}
			}
		})
	}
}

func audiences() *rapid.Generator[access.Audience] {
	return rapid.Custom(func(t *rapid.T) access.Audience {
		if rapid.Bool().Draw(t, "public") {
			return access.Audience{}
		}
		return access.StaffOf(rapid.SliceOfN(rapid.SampledFrom([]string{"gds", "usds", "18f", "pif"}), 0, 3).Draw(t, "organisations")...)
	})
}

func visibilities() *rapid.Generator[access.Visibility] {
	return rapid.SampledFrom([]access.Visibility{access.Public, access.Staff, "org:gds", "org:usds", "org:18f", "org:pif", "", "junk"})
}

func TestAPersonInARoomSeesWhatBothMaySee(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		person, room, thing := audiences().Draw(t, "person"), audiences().Draw(t, "room"), visibilities().Draw(t, "thing")
		want := person.May(thing) && room.May(thing)
		if got := person.Within(room).May(thing); got != want {
			t.Fatalf("%s within %s may see %q: got %v, want %v", person, room, thing, got, want)
		}
		if person.Within(room) != room.Within(person) {
			t.Fatalf("%s and %s: the order changed the audience", person, room)
		}
	})
}

func TestAnAudienceIsStoredAndReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := audiences().Draw(t, "audience")
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got access.Audience
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Fatalf("stored %q, read back %v (%v), want %v", text, got, err, want)
		}
	})
}

func TestADamagedAudienceIsPublic(t *testing.T) {
	for _, text := range []string{"", "nonsense", "staff nonsense", "org:gds public", "everything"} {
		got := access.StaffOf("gds")
		if err := got.UnmarshalText([]byte(text)); got != (access.Audience{}) {
			t.Errorf("UnmarshalText(%q) left %v (%v), want the public audience", text, got, err)
		}
	}
}
