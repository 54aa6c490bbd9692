/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each tests/golden/NAME.json is compiled for a fixed host and compared, in the words of explain(), with
 * NAME.expected. NAME.json of an update is a resources object, NAME.recorded.json what was recorded before. With BERTH_GOLDEN_UPDATE=1 the expectations are written instead: read the difference
 * before committing it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/program.h"
#include "tests/unit/compile-fixture.h"

struct golden {
	const char *name;
	const struct host *host;
	const struct compile_options *options;
	bool json;
	bool update;
};

static const struct compile_options terminal_options = {
	.id = "web",
	.bundle = "/bundle",
	.have_console_socket = true,
	.detached = true,
	.no_pivot = true,
	.no_new_keyring = true,
	.pidfd_socket = "/run/pidfd.sock",
	.listen_fds = 2,
	.notify_socket = "/run/berth/web/notify",
};

static const struct compile_options no_cgroup_options = {
	.id = "web",
	.bundle = "/bundle",
	.detached = true,
	.cgroup_manager = CGROUP_MANAGER_DISABLED,
};

static const struct compile_options systemd_options = {
	.id = "web",
	.bundle = "/bundle",
	.detached = true,
	.cgroup_manager = CGROUP_MANAGER_SYSTEMD,
};

/* As update has it: each mount point is the container's own directory. */
static struct host_hierarchy container_hierarchies[] = {
	{ "/cg/cpu/web", "cpu,cpuacct", 1, "/", NULL },   { "/cg/cpuset/web", "cpuset", 1, "/", NULL },
	{ "/cg/memory/web", "memory", 1, "/", NULL },	    { "/cg/pids/web", "pids", 1, "/", NULL },
	{ "/cg/blkio/web", "blkio", 1, "/", NULL },	    { "/cg/hugetlb/web", "hugetlb", 1, "/", NULL },
	{ "/cg/net/web", "net_cls,net_prio", 1, "/", NULL }, { "/cg/unified/web", "", 2, "/", "" },
};

static const struct host container_host = {
	.hierarchies = container_hierarchies,
	.n_hierarchies = ELEMENTSOF(container_hierarchies),
};

static struct host_hierarchy container_v2_hierarchies[] = {
	{ "/cg/web", "", 2, "/", "cpuset,cpu,io,memory,hugetlb,pids" },
};

static const struct host container_v2_host = {
	.hierarchies = container_v2_hierarchies,
	.n_hierarchies = ELEMENTSOF(container_v2_hierarchies),
	.unified = true,
};

static const struct compile_options exec_options = {
	.id = "web",
	.pid_file = "/run/exec.pid",
	.pidfd_socket = "/run/pidfd.sock",
	.have_console_socket = true,
	.detached = true,
};

static const struct golden goldens[] = {
	{ "minimal", &hybrid_host, &create_options, false, false },
	{ "docker", &hybrid_host, &create_options, false, false },
	{ "mounts", &hybrid_host, &create_options, false, false },
	{ "resources", &hybrid_host, &create_options, false, false },
	{ "devices", &hybrid_host, &create_options, false, false },
	{ "userns", &hybrid_host, &create_options, false, false },
	{ "process", &unified_host, &terminal_options, false, false },
	{ "seccomp", &hybrid_host, &create_options, false, false },
	{ "hooks", &hybrid_host, &create_options, false, false },
	{ "no-process", &hybrid_host, &no_cgroup_options, false, false },
	{ "no-namespaces", &unified_host, &create_options, false, false },
	{ "cgroup-v2", &unified_host, &create_options, false, false },
	{ "cgroup-v2-owner", &unified_host, &create_options, false, false },
	{ "cgroup-rootless", &rootless_host, &create_options, false, false },
	{ "cgroup-mixed", &mixed_host, &create_options, false, false },
	{ "devices-v2", &unified_host, &create_options, false, false },
	{ "rdt", &resctrl_host, &create_options, false, false },
	{ "rdt-own", &resctrl_host, &create_options, false, false },
	{ "rdt-root", &resctrl_host, &create_options, false, false },
	{ "systemd", &unified_host, &systemd_options, false, false },
	{ "cgroup-below", &unified_host, &systemd_options, false, false },
	{ "net-devices", &hybrid_host, &no_cgroup_options, false, false },
	{ "json", &hybrid_host, &no_cgroup_options, true, false },
	{ "update", &container_host, NULL, false, true },
	{ "update-unlimited", &container_host, NULL, false, true },
	{ "update-v2", &container_v2_host, NULL, false, true },
};

static const char *golden_path(const char *name, const char *suffix)
{
	static char path[1024];
	const char *top = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/tests/golden/%s%s", top ? top : ".", name, suffix);
	return path;
}

static void read_file(const char *path, struct buf *out)
{
	char chunk[4096];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		fail_msg("cannot open %s", path);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	fclose(f);
	buf_addc(out, 0);
	out->len--;
}

static void write_file(const char *path, const struct buf *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(text->data, 1, text->len, f) != text->len || fclose(f) != 0)
		fail_msg("cannot write %s", path);
}

static void fail_with(const struct error *err)
{
	char words[2048], where[512];

	error_format(err, words, sizeof(words));
	error_format_where(err, where, sizeof(where));
	fail_msg("%s%s", words, where);
}

static void compile_golden(const struct golden *g, struct buf *out)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct error err = ERROR_INIT;
	struct compiled compiled;
	struct program program;
	struct config *config;

	read_file(golden_path(g->name, ".json"), &text);
	if (config_read(&doc, text.data, text.len, &config, &err) < 0
	    || compile(&doc, config, g->host, g->options, &arena, &compiled, &err) < 0
	    || program_check(compiled.program, compiled.program_size, &program, &err) < 0
	    || explain(&program, g->json, out, &err) < 0)
		fail_with(&err);
	if (g->json)
		return;
	for (size_t i = 0; i < compiled.n_warnings; i++)
		buf_addf(out, "warning: %s\n", compiled.warnings[i]);
	buf_addf(out, "state: %s...%s\n", program_str(&program, program.header->state_head),
		 program_str(&program, program.header->state_tail));
}

static void read_resources(const struct golden *g, const char *suffix, struct document *doc,
			   struct config_resources **ret)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct error err = ERROR_INIT;

	read_file(golden_path(g->name, suffix), &text);
	if (config_read_resources(doc, text.data, text.len, ret, &err) < 0)
		fail_with(&err);
}

/* The program, and the record that follows from it. */
static void update_golden(const struct golden *g, struct buf *out)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT, recorded_doc = DOCUMENT_INIT;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct config_resources *asked, *recorded;
	struct error err = ERROR_INIT;
	struct compiled compiled;
	struct program program;

	read_resources(g, ".json", &doc, &asked);
	read_resources(g, ".recorded.json", &recorded_doc, &recorded);
	update_normalise(asked);
	update_complete(asked, recorded);
	recorded = config_overlay_resources(recorded, asked, &arena);
	assert_non_null(recorded);
	if (compile_update(&doc, asked, g->host, &arena, &compiled, &err) < 0
	    || program_check(compiled.program, compiled.program_size, &program, &err) < 0
	    || explain(&program, false, out, &err) < 0)
		fail_with(&err);
	buf_adds(out, "recorded: ");
	if (config_write_resources(recorded, out, &err) < 0)
		fail_with(&err);
	buf_addc(out, '\n');
}

static void test_golden(void **state)
{
	const struct golden *g = *state;
	_cleanup_buf_ struct buf got = BUF_INIT, expected = BUF_INIT;

	if (g->update)
		update_golden(g, &got);
	else
		compile_golden(g, &got);
	if (getenv("BERTH_GOLDEN_UPDATE")) {
		write_file(golden_path(g->name, ".expected"), &got);
		return;
	}
	read_file(golden_path(g->name, ".expected"), &expected);
	assert_string_equal(got.data, expected.data);
}

/* exec.json holds the configuration of a container and the process that is added to it. */
static void compile_exec_golden(struct buf *out)
{
	static const struct exec_cgroup cgroups[] = {
		{ "/sys/fs/cgroup/cpu,cpuacct/docker/0123", "cpu,cpuacct", 1 },
		{ "/sys/fs/cgroup/memory/docker/0123", "memory", 1 },
		{ "/sys/fs/cgroup/unified/docker/0123", "", 2 },
	};
	static const char *const sub_cgroups[] = { "memory,cpu:/sub//dir/" };
	_cleanup_document_ struct document doc = DOCUMENT_INIT, process_doc = DOCUMENT_INIT;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT, process_text = BUF_INIT;
	struct error err = ERROR_INIT;
	struct config_process *process;
	struct compiled compiled;
	struct program program, keep;
	struct config *config;
	struct exec_base base;

	read_file(golden_path("exec", ".json"), &text);
	read_file(golden_path("exec-process", ".json"), &process_text);
	if (config_read(&doc, text.data, text.len, &config, &err) < 0
	    || compile(&doc, config, &resctrl_host, &create_options, &arena, &compiled, &err) < 0
	    || keep_read(compiled.keep, compiled.keep_size, &keep, &err) < 0
	    || config_read_process(&process_doc, process_text.data, process_text.len, &process, &err) < 0)
		fail_with(&err);
	base = (struct exec_base){
		.keep = &keep,
		.annotations = &config->annotations,
		.cgroups = cgroups,
		.n_cgroups = ELEMENTSOF(cgroups),
		.namespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER,
		.oom_score_adj = 17,
		.sub_cgroups = sub_cgroups,
		.n_sub_cgroups = ELEMENTSOF(sub_cgroups),
	};
	if (compile_exec(&process_doc, process, &base, &unified_host, &exec_options, &arena, &compiled, &err) < 0
	    || program_check(compiled.program, compiled.program_size, &program, &err) < 0
	    || explain(&program, false, out, &err) < 0)
		fail_with(&err);
}

static void test_exec(void **state)
{
	_cleanup_buf_ struct buf got = BUF_INIT, expected = BUF_INIT;

	(void)state;
	compile_exec_golden(&got);
	if (getenv("BERTH_GOLDEN_UPDATE")) {
		write_file(golden_path("exec", ".expected"), &got);
		return;
	}
	read_file(golden_path("exec", ".expected"), &expected);
	assert_string_equal(got.data, expected.data);
}

int main(void)
{
	struct CMUnitTest tests[ELEMENTSOF(goldens) + 1];

	for (size_t i = 0; i < ELEMENTSOF(goldens); i++)
		tests[i] = (struct CMUnitTest){ goldens[i].name, test_golden, NULL, NULL,
						(void *)(uintptr_t)&goldens[i] };
	tests[ELEMENTSOF(goldens)] = (struct CMUnitTest){ "exec", test_exec, NULL, NULL, NULL };
	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
