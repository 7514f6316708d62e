package commands

import (
	"fmt"

	"liaison/bot/records"
)

// What people are told of what is kept, and of what erasing it means. Both depend on how Liaison is run:
// see package records.
const (
	sayMet        = "I keep what you ask and what I answer for %d days, so that I understand follow-ups."
	sayKept       = "I keep what you ask and what I answer for %d days, so that I understand follow-ups, and your votes on answers."
	sayHomeKept   = "I keep your questions for %d days."
	sayExpired    = "That answer is no longer kept (I keep them for %d days). Ask again and you get a fresh one."
	sayForget     = "Say “forget me” and all of it is erased at once."
	sayForgetSeal = "Say “forget me” and all of it leaves everything I answer from, at once; as this Liaison keeps federal records, a sealed copy goes to its records officer."
	sayErase      = "Say “forget me” and all of it is erased at once, or “export me” and I hand it to you."
	sayEraseSeal  = sayForgetSeal + " Say “export me” and I hand it to you."
)

// forDays puts how long questions are kept into a sentence.
func forDays(sentence string) string {
	return fmt.Sprintf(sentence, records.Days(records.Questions))
}

// eraseWords say how to have everything erased, and what becomes of it.
func (h *Handler) eraseWords() string {
	if h.Records.Seals() {
		return sayEraseSeal
	}
	return sayErase
}

// forgetWords are eraseWords for who has been handed all of it.
func (h *Handler) forgetWords() string {
	if h.Records.Seals() {
		return sayForgetSeal
	}
	return sayForget
}
