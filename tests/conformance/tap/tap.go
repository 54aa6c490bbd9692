// SPDX-License-Identifier: Apache-2.0

// Package tap prints test results in the Test Anything Protocol.
//
// The validation programs of OCI runtime-tools import such a package from a place that Debian does not
// package; this one, laid at that import path while they are built, offers the calls that they make.
package tap

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// T is one test program's stream of results.
type T struct {
	out   io.Writer
	count *int
	todo  bool
}

// New starts a stream on the standard output.
func New() *T {
	return &T{out: os.Stdout, count: new(int)}
}

// Header prints the version line and, if the number of results is known (not zero), the plan.
func (t *T) Header(planned int) {
	fmt.Fprintln(t.out, "TAP version 13")
	if planned > 0 {
		fmt.Fprintf(t.out, "1..%d\n", planned)
	}
}

// AutoPlan prints the plan after the fact, from the number of results so far.
func (t *T) AutoPlan() {
	fmt.Fprintf(t.out, "1..%d\n", *t.count)
}

// Ok prints one result.
func (t *T) Ok(good bool, description string) {
	word, directive := "ok", ""
	if !good {
		word = "not ok"
	}
	if t.todo {
		directive = " # TODO"
	}
	*t.count++
	fmt.Fprintf(t.out, "%s %d - %s%s\n", word, *t.count, oneLine(description), directive)
}

// Pass prints a good result.
func (t *T) Pass(description string) {
	t.Ok(true, description)
}

// Fail prints a bad result.
func (t *T) Fail(description string) {
	t.Ok(false, description)
}

// Skip prints results that were left out.
func (t *T) Skip(count int, description string) {
	for i := 0; i < count; i++ {
		*t.count++
		fmt.Fprintf(t.out, "ok %d # SKIP %s\n", *t.count, oneLine(description))
	}
}

// Todo returns the same stream for a result that is known not to be settled.
func (t *T) Todo() *T {
	marked := *t
	marked.todo = true
	return &marked
}

// Diagnostic prints a remark, each of its lines as a comment.
func (t *T) Diagnostic(message string) {
	for _, line := range strings.Split(strings.TrimRight(message, "\n"), "\n") {
		fmt.Fprintf(t.out, "# %s\n", line)
	}
}

// Diagnosticf prints a formatted remark.
func (t *T) Diagnosticf(format string, args ...interface{}) {
	t.Diagnostic(fmt.Sprintf(format, args...))
}

// YAML prints the details of the last result as an indented document. JSON is YAML too.
func (t *T) YAML(details interface{}) error {
	text, err := json.MarshalIndent(details, "  ", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "  ---\n  %s\n  ...\n", text)
	return nil
}

// A description that breaks the line would end the result in the middle.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
