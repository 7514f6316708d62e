package inbox

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestSealerKeepsRowsApart(t *testing.T) {
	s, err := NewSealer(bytes.Repeat([]byte{7}, KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.Seal("row 1", []byte("words"))
	if text, err := s.Open("row 1", sealed); err != nil || string(text) != "words" {
		t.Errorf("Open = %q, %v", text, err)
	}
	if _, err := s.Open("row 2", sealed); err == nil {
		t.Error("a row was opened as another")
	}
	sealed[len(sealed)-1]++
	if _, err := s.Open("row 1", sealed); err == nil {
		t.Error("a changed row was opened")
	}
	if _, err := s.Open("row 1", nil); err == nil {
		t.Error("nothing was opened")
	}
}

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	made, err := KeyFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := KeyFile(dir)
	if err != nil || !bytes.Equal(made, again) {
		t.Errorf("the second start reads another key: %v", err)
	}
	path := filepath.Join(dir, "liaison.key")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file has mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := KeyFile(dir); err == nil {
		t.Error("a broken key file was taken")
	}
}
