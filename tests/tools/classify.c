/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads error messages, one a line, and prints what engines take each one for, followed by the message:
 *
 *	podman=N docker=N moby=N kill=WORD
 *
 * podman is the exit status that Podman chooses for a container that could not be started, docker that of the
 * Docker client, moby that of its daemon; kill is what containerd takes the failure of a kill or delete for: gone,
 * finished, or error.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool any(const char *text, bool ignore_case, const char *const *words)
{
	for (; *words; words++)
		if (ignore_case ? strcasestr(text, *words) != NULL : strstr(text, *words) != NULL)
			return true;
	return false;
}

static const char *const denied[] = { "permission denied", "operation not permitted", NULL };
static const char *const missing[] = { "executable file not found in $path", "no such file or directory",
				       "open executable", NULL };

/* Permission first, whatever the case. */
static int podman(const char *text)
{
	return any(text, true, denied) ? 126 : any(text, true, missing) ? 127 : 125;
}

/* What is missing first, and as it is written. */
static int docker(const char *text)
{
	static const char *const not_found[] = { "executable file not found", "no such file or directory",
						 "system cannot find the file", NULL };
	static const char *const refused[] = { "permission denied", "operation not permitted", "is a directory",
					       NULL };

	return any(text, false, not_found) ? 127 : any(text, false, refused) ? 126 : 125;
}

static int moby(const char *text)
{
	static const char *const not_found[] = { "executable file not found", "no such file or directory",
						 "not a directory", NULL };
	static const char *const refused[] = { "permission denied", "is a directory", NULL };

	return any(text, true, refused) ? 126 : any(text, true, not_found) ? 127 : 128;
}

static const char *killed(const char *text)
{
	static const char *const gone[] = { "does not exist", NULL };
	static const char *const finished[] = { "container not running", "no such process",
						"process already finished", NULL };

	return any(text, false, finished) ? "finished" : any(text, false, gone) ? "gone" : "error";
}

int main(void)
{
	char line[65536];

	while (fgets(line, sizeof(line), stdin))
		printf("podman=%d docker=%d moby=%d kill=%s %s", podman(line), docker(line), moby(line), killed(line),
		       line);
	return 0;
}
