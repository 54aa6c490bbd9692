/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Measures wall and CPU time of container runtimes, in turns.
 *
 * usage: bench OPERATION ROUNDS REST_MS COUNT BUNDLE ROOT [--OPTION[=VALUE]]... NAME=PATH...
 *
 * The options are the runtimes' own, given to each of them before each command.
 *
 * The runtimes take turns, and the order of the turns rotates, so that a slow phase of the machine hits
 * all alike. Before each turn the bench rests: in a tight loop some waits of the kernel never show.
 * CPU time is that of the commands and all their descendants. What a command leaves behind, such as
 * the container's first process, becomes a child of the bench and is counted when it ends.
 *
 * Prints a line for each runtime: name, median and minimum of wall time, then of CPU time, in
 * microseconds. Operation `memory` prints a mean proportional set size in KiB in the place of each.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNTIMES 8
#define MAX_OPTIONS 4
#define MAX_WORDS 16
#define MAX_ROUNDS 1000
#define WARM_UP_ROUNDS 2
/* Nothing that is measured takes this long; a runtime that hangs ends the bench. */
#define WATCHDOG_SECONDS 120

struct sample {
	long wall_us;
	long cpu_us;
};

struct runtime {
	const char *name;
	const char *path;
	char *const *options;
	int option_count;
	char root[PATH_MAX];
	char pid_file[PATH_MAX + 16];
	/* The container that is run or asked for; with several, the beginning of their names. */
	char id[64];
	/* The first processes of the containers that list and memory look at. */
	pid_t *pids;
	struct sample samples[MAX_ROUNDS];
};

struct bench {
	const struct operation *operation;
	int rounds;
	int rest_ms;
	int count;
	const char *bundle;
	int runtime_count;
	struct runtime runtimes[MAX_RUNTIMES];
};

struct operation {
	const char *name;
	void (*prepare)(const struct bench *bench, struct runtime *runtime);
	void (*measure)(const struct bench *bench, struct runtime *runtime, struct sample *ret_sample);
	void (*finish)(const struct bench *bench, struct runtime *runtime);
};

extern char **environ;

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "bench: %s: %s\n", what, detail);
	exit(1);
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000L + now.tv_nsec / 1000L;
}

static long usage_us(const struct rusage *usage)
{
	return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000L + usage->ru_utime.tv_usec +
	       usage->ru_stime.tv_usec;
}

/* Waits for one child, or for any if `pid` is -1; adds its CPU time. Returns false if there is none. */
static int reap(pid_t pid, int *ret_status, struct sample *sample)
{
	struct rusage usage;
	pid_t got;

	do
		got = wait4(pid, ret_status, 0, &usage);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return 0;
	sample->cpu_us += usage_us(&usage);
	return 1;
}

/* Only for operations after which no container is left: waits for everything that was left behind. */
static void reap_all(struct sample *sample)
{
	int status;

	while (reap(-1, &status, sample))
		;
}

/* Runs the runtime with the words after its options and adds CPU time; input and output are /dev/null. */
static void command(const struct runtime *runtime, const char *const *words, struct sample *sample)
{
	posix_spawn_file_actions_t actions;
	const char *argv[MAX_WORDS + 1] = {runtime->path, "--root", runtime->root};
	int count = 3, status = 0, error, i;
	pid_t pid;

	for (i = 0; i < runtime->option_count; i++)
		argv[count++] = runtime->options[i];
	for (i = 0; words[i] && count < MAX_WORDS; i++)
		argv[count++] = words[i];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	error = posix_spawn(&pid, runtime->path, &actions, NULL, (char *const *)argv, environ);
	if (error)
		fail(runtime->path, strerror(error));
	if (!reap(pid, &status, sample))
		fail(runtime->name, "its process is gone");
	posix_spawn_file_actions_destroy(&actions);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail(runtime->name, words[0]);
}

static pid_t read_pid(const struct runtime *runtime)
{
	FILE *file = fopen(runtime->pid_file, "re");
	int pid = 0;

	if (!file || fscanf(file, "%d", &pid) != 1 || pid <= 0)
		fail(runtime->pid_file, "holds no pid");
	fclose(file);
	return pid;
}

static void create(const struct bench *bench, const struct runtime *runtime, const char *id,
		   struct sample *sample)
{
	const char *words[] = {"create", "--pid-file", runtime->pid_file, "--bundle", bench->bundle, id, NULL};

	command(runtime, words, sample);
}

static void simple(const struct runtime *runtime, const char *verb, const char *id, struct sample *sample)
{
	const char *words[] = {verb, id, NULL};

	command(runtime, words, sample);
}

static void delete_by_force(const struct runtime *runtime, const char *id)
{
	const char *words[] = {"delete", "--force", id, NULL};
	struct sample unused = {0};

	command(runtime, words, &unused);
}

static void measure_run(const struct bench *bench, struct runtime *runtime, struct sample *ret_sample)
{
	const char *words[] = {"run", "--bundle", bench->bundle, runtime->id, NULL};
	long start = now_us();

	command(runtime, words, ret_sample);
	ret_sample->wall_us = now_us() - start;
	reap_all(ret_sample);
}

/* What an engine does: create, start, wait for the end, delete. */
static void measure_flow(const struct bench *bench, struct runtime *runtime, struct sample *ret_sample)
{
	long start = now_us();
	int status;

	create(bench, runtime, runtime->id, ret_sample);
	simple(runtime, "start", runtime->id, ret_sample);
	if (!reap(read_pid(runtime), &status, ret_sample))
		fail(runtime->name, "the container's first process did not become the bench's child");
	simple(runtime, "delete", runtime->id, ret_sample);
	ret_sample->wall_us = now_us() - start;
	reap_all(ret_sample);
}

static void prepare_sleeper(const struct bench *bench, struct runtime *runtime)
{
	struct sample unused = {0};

	create(bench, runtime, runtime->id, &unused);
	simple(runtime, "start", runtime->id, &unused);
}

static void finish_sleeper(const struct bench *bench, struct runtime *runtime)
{
	(void)bench;
	delete_by_force(runtime, runtime->id);
}

static void measure_state(const struct bench *bench, struct runtime *runtime, struct sample *ret_sample)
{
	long start = now_us();

	(void)bench;
	simple(runtime, "state", runtime->id, ret_sample);
	ret_sample->wall_us = now_us() - start;
}

static void measure_kill(const struct bench *bench, struct runtime *runtime, struct sample *ret_sample)
{
	const char *words[] = {"kill", runtime->id, "CONT", NULL};
	long start = now_us();

	(void)bench;
	command(runtime, words, ret_sample);
	ret_sample->wall_us = now_us() - start;
}

/* One more process in a running container, and its end. */
static void measure_exec(const struct bench *bench, struct runtime *runtime, struct sample *ret_sample)
{
	const char *words[] = {"exec", runtime->id, "true", NULL};
	long start = now_us();

	(void)bench;
	command(runtime, words, ret_sample);
	ret_sample->wall_us = now_us() - start;
}

static void prepare_list(const struct bench *bench, struct runtime *runtime)
{
	struct sample unused = {0};
	char id[96];
	int i;

	runtime->pids = calloc((size_t)bench->count, sizeof(*runtime->pids));
	if (!runtime->pids)
		fail("containers", strerror(errno));
	for (i = 0; i < bench->count; i++) {
		alarm(WATCHDOG_SECONDS);
		snprintf(id, sizeof(id), "%s-%d", runtime->id, i);
		create(bench, runtime, id, &unused);
		runtime->pids[i] = read_pid(runtime);
	}
}

static void finish_list(const struct bench *bench, struct runtime *runtime)
{
	char id[96];
	int i;

	for (i = 0; i < bench->count; i++) {
		alarm(WATCHDOG_SECONDS);
		snprintf(id, sizeof(id), "%s-%d", runtime->id, i);
		delete_by_force(runtime, id);
	}
	free(runtime->pids);
}

static void measure_list(const struct bench *bench, struct runtime *runtime, struct sample *ret_sample)
{
	const char *words[] = {"list", NULL};
	long start = now_us();

	(void)bench;
	command(runtime, words, ret_sample);
	ret_sample->wall_us = now_us() - start;
}

static long proportional_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	file = fopen(path, "re");
	if (!file)
		fail(path, strerror(errno));
	while (kib < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "Pss: %ld kB", &kib);
	fclose(file);
	if (kib < 0)
		fail(path, "has no Pss");
	return kib;
}

/*
 * The memory that a created container holds while it waits for start, as the mean of several: a lone one
 * would be charged for all of the pages that it shares with the others of its kind.
 */
static void measure_memory(const struct bench *bench, struct runtime *runtime, struct sample *ret_sample)
{
	long sum = 0;
	int i;

	for (i = 0; i < bench->count; i++)
		sum += proportional_kib(runtime->pids[i]);
	ret_sample->wall_us = ret_sample->cpu_us = sum / bench->count;
}

static const struct operation operations[] = {
	{"run", NULL, measure_run, NULL},
	{"flow", NULL, measure_flow, NULL},
	{"state", prepare_sleeper, measure_state, finish_sleeper},
	{"kill", prepare_sleeper, measure_kill, finish_sleeper},
	{"exec", prepare_sleeper, measure_exec, finish_sleeper},
	{"list", prepare_list, measure_list, finish_list},
	{"memory", prepare_list, measure_memory, finish_list},
};

static const struct operation *operation_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	fail(name, "no such operation");
	return NULL;
}

static int number(const char *text, int limit)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*end || end == text || value < 0 || value > limit)
		fail(text, "not a number in the range allowed here");
	return (int)value;
}

static void runtime_init(struct runtime *runtime, char *pair, const char *root, char *const *options, int option_count)
{
	char *equals = strchr(pair, '=');

	if (!equals)
		fail(pair, "not of the form NAME=PATH");
	runtime->options = options;
	runtime->option_count = option_count;
	*equals = '\0';
	runtime->name = pair;
	runtime->path = equals + 1;
	if (snprintf(runtime->root, sizeof(runtime->root), "%s/%s", root, pair) >= (int)sizeof(runtime->root))
		fail(root, "too long");
	if (mkdir(runtime->root, 0700) && errno != EEXIST)
		fail(runtime->root, strerror(errno));
	snprintf(runtime->pid_file, sizeof(runtime->pid_file), "%s.pid", runtime->root);
	snprintf(runtime->id, sizeof(runtime->id), "bench-%.40s", pair);
}

static void rest(int milliseconds)
{
	struct timespec pause = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};

	nanosleep(&pause, NULL);
}

/* One turn of each runtime; a different one goes first in each round. */
static void round_of_turns(struct bench *bench, int round)
{
	int i;

	for (i = 0; i < bench->runtime_count; i++) {
		struct runtime *runtime = &bench->runtimes[(round + i) % bench->runtime_count];
		struct sample sample = {0};

		rest(bench->rest_ms);
		alarm(WATCHDOG_SECONDS);
		bench->operation->measure(bench, runtime, &sample);
		if (round >= WARM_UP_ROUNDS)
			runtime->samples[round - WARM_UP_ROUNDS] = sample;
	}
}

static void for_each_runtime(struct bench *bench, void (*step)(const struct bench *, struct runtime *))
{
	int i;

	for (i = 0; step && i < bench->runtime_count; i++)
		step(bench, &bench->runtimes[i]);
}

static int compare_wall(const void *left, const void *right)
{
	const struct sample *a = left, *b = right;

	return (a->wall_us > b->wall_us) - (a->wall_us < b->wall_us);
}

static int compare_cpu(const void *left, const void *right)
{
	const struct sample *a = left, *b = right;

	return (a->cpu_us > b->cpu_us) - (a->cpu_us < b->cpu_us);
}

static void print_results(struct bench *bench)
{
	size_t count = (size_t)bench->rounds;
	int i;

	for (i = 0; i < bench->runtime_count; i++) {
		struct sample *samples = bench->runtimes[i].samples;

		qsort(samples, count, sizeof(*samples), compare_wall);
		printf("%s\t%ld\t%ld", bench->runtimes[i].name, samples[count / 2].wall_us, samples[0].wall_us);
		qsort(samples, count, sizeof(*samples), compare_cpu);
		printf("\t%ld\t%ld\n", samples[count / 2].cpu_us, samples[0].cpu_us);
	}
}

int main(int argc, char **argv)
{
	static struct bench bench;
	int options = 0, pairs, i;

	while (argc > 7 + options && strncmp(argv[7 + options], "--", 2) == 0)
		options++;
	pairs = 7 + options;
	if (argc <= pairs || argc - pairs > MAX_RUNTIMES || options > MAX_OPTIONS)
		fail("usage", "bench OPERATION ROUNDS REST_MS COUNT BUNDLE ROOT [--OPTION[=VALUE]]... NAME=PATH...");
	bench.operation = operation_find(argv[1]);
	bench.rounds = number(argv[2], MAX_ROUNDS);
	bench.rest_ms = number(argv[3], 10000);
	bench.count = number(argv[4], 100000);
	bench.bundle = argv[5];
	bench.runtime_count = argc - pairs;
	if (bench.rounds < 1 || bench.count < 1)
		fail("usage", "at least one round and one container are needed");
	for (i = 0; i < bench.runtime_count; i++)
		runtime_init(&bench.runtimes[i], argv[pairs + i], argv[6], argv + 7, options);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		fail("PR_SET_CHILD_SUBREAPER", strerror(errno));

	for_each_runtime(&bench, bench.operation->prepare);
	for (i = 0; i < bench.rounds + WARM_UP_ROUNDS; i++)
		round_of_turns(&bench, i);
	for_each_runtime(&bench, bench.operation->finish);
	print_results(&bench);
	return 0;
}
