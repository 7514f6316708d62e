package inbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Sealer encrypts what is kept of an event: its words, and the token with which it can be answered.
// It is AES-256-GCM with a random nonce in front; the row's id is authenticated with it, so that a
// row cannot be passed off as another.
type Sealer struct {
	aead cipher.AEAD
	name []byte // a key of its own for Hash
}

// KeyBytes is the length of a key.
const KeyBytes = 32

// NewSealer makes a Sealer of a key of KeyBytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != KeyBytes {
		return nil, fmt.Errorf("the key has %d bytes, not %d", len(key), KeyBytes)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead, keyed(key, "names")}, nil
}

// ParseKey reads a key as LIAISON_KEY holds it: base64 of KeyBytes.
func ParseKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != KeyBytes {
		return nil, fmt.Errorf("it must be %d random bytes in base64: make one with `openssl rand -base64 %d`", KeyBytes, KeyBytes)
	}
	return key, nil
}

// KeyFile reads the key kept in a folder, and makes one when there is none, readable by its owner
// alone. Losing it loses only what is not answered yet.
func KeyFile(dir string) ([]byte, error) {
	path := filepath.Join(dir, "liaison.key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKeyFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

func newKeyFile(path string) ([]byte, error) {
	key := make([]byte, KeyBytes)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the key: %w", err)
	}
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, fmt.Errorf("write the key: %w", err)
	}
	return key, nil
}

// keyed is a text under a key: HMAC with SHA-256.
func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text)) // never fails
	return mac.Sum(nil)
}

// Hash names something without saying what: who has not the key cannot tell by trying. kind keeps hashes
// of different kinds of things apart.
func (s *Sealer) Hash(kind, text string) string {
	return hex.EncodeToString(keyed(s.name, kind+"\x00"+text)[:20])
}

// Seal encrypts a text for the row named.
func (s *Sealer) Seal(row string, text []byte) []byte {
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return s.aead.Seal(nonce, nonce, text, []byte(row))
}

// Open decrypts what Seal made for the same row.
func (s *Sealer) Open(row string, sealed []byte) ([]byte, error) {
	size := s.aead.NonceSize()
	if len(sealed) < size {
		return nil, errors.New("the stored event is too short")
	}
	text, err := s.aead.Open(nil, sealed[:size], sealed[size:], []byte(row))
	if err != nil {
		return nil, errors.New("the stored event was sealed with another key")
	}
	return text, nil
}
