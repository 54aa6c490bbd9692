/* SPDX-License-Identifier: Apache-2.0 */
#include "libcontainer/run/fault.h"

#ifdef BERTH_FAULTS

#include "base/str.h"
#include "libcontainer/sys/call.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum fault_kind { FAULT_NONE, FAULT_FAIL, FAULT_KILL, FAULT_KILL_INIT };

static const struct name_value kinds[] = {
	{ "fail", FAULT_FAIL },
	{ "kill", FAULT_KILL },
	{ "kill-init", FAULT_KILL_INIT },
	{ NULL, 0 },
};

static struct {
	bool ready;
	enum fault_kind kind;
	uint32_t op, nth, errnum;
} fault;

static void fault_parse(char *text)
{
	char *save = NULL, *word = strtok_r(text, ":", &save);
	const struct name_value *kind;

	fault.nth = 1;
	fault.errnum = EIO;
	if (!word || str_to_u32(word, &fault.op) < 0)
		return;
	word = strtok_r(NULL, ":", &save);
	kind = word ? name_find(kinds, word) : NULL;
	word = strtok_r(NULL, ":", &save);
	if (!kind || (word && str_to_u32(word, &fault.nth) < 0))
		return;
	word = strtok_r(NULL, ":", &save);
	if (word && str_to_u32(word, &fault.errnum) < 0)
		return;
	fault.kind = (enum fault_kind)kind->value;
}

static enum fault_kind fault_kind(void)
{
	const char *text = fault.ready ? NULL : getenv("BERTH_FAULT_OP");
	char copy[64];

	fault.ready = true;
	if (text && str_copy(copy, sizeof(copy), text) > 0)
		fault_parse(copy);
	return fault.kind;
}

void fault_before(uint32_t op)
{
	if (fault_kind() == FAULT_FAIL && fault.op == op)
		sys_fault_arm(fault.nth, (int)fault.errnum);
}

void fault_after(uint32_t op)
{
	enum fault_kind kind = fault_kind();

	if (kind == FAULT_NONE || fault.op != op)
		return;
	if (kind == FAULT_KILL)
		(void)kill(getpid(), SIGKILL);
	if (kind == FAULT_FAIL)
		sys_fault_arm(0, 0);
}

void fault_message(uint32_t op)
{
	if (fault_kind() == FAULT_KILL && fault.op <= op)
		(void)kill(getpid(), SIGKILL);
}

void fault_fill_page(struct page *page)
{
	enum fault_kind kind = fault_kind();

	if (kind == FAULT_FAIL) {
		page->fault_op = fault.op + 1;
		page->fault_nth = fault.nth;
		page->fault_errno = (int32_t)fault.errnum;
	}
	if (kind == FAULT_KILL_INIT)
		page->kill_op = fault.op + 1;
}

#else
typedef int fault_not_built; /* ISO C wants a translation unit to hold something */
#endif
