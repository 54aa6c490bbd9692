/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter CONFIG: how long it takes to turn the seccomp profile of a config.json into BPF, the first time in a
 * process (no cache, cold tables) and at best of many. Prints both; the last line is the first time in ms.
 */
#include "libcontainer/compile/seccomp.h"
#include "libcontainer/run/run.h"
#include "libcontainer/sys/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 200
#define CONFIG_MAX (16u << 20)

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	struct document doc = DOCUMENT_INIT;
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct seccomp_filter filter;
	struct config *config;
	struct host host = { 0 };
	double first = 0, best = 1e9;
	char *text = NULL;
	ssize_t len = argc == 2 ? sys_read_file_arena(AT_FDCWD, argv[1], CONFIG_MAX, &arena, &text) : -1;

	if (len < 0 || config_read(&doc, text, (size_t)len, &config, &err) < 0 || !config->linux_->seccomp ||
	    host_detect(&arena, config, &host, &err) < 0) {
		fprintf(stderr, "filter: no profile: %s\n", err.subject);
		return 1;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double start = now_ms(), took;

		const struct seccomp_options options = { .native_arch = host.audit_arch };

		if (seccomp_compile(&doc, config->linux_->seccomp, &options, &arena, &filter, &err) < 0) {
			fprintf(stderr, "filter: %s\n", err.subject);
			return 1;
		}
		took = now_ms() - start;
		first = i == 0 ? took : first;
		best = took < best ? took : best;
	}
	printf("%zu instructions; at best %.3f ms\n%.3f\n", filter.n, best, first);
	arena_done(&arena);
	document_done(&doc);
	return 0;
}
