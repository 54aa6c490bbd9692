/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling seccomp profiles: errors, flags, and what the kernel makes of the programs. */
#include "test-seccomp-bpf.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define X86_64 0xc000003eu
#define X86 0x40000003u
#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static uint32_t answer(const struct seccomp_filter *f, uint32_t arch, uint32_t nr, uint64_t arg)
{
	struct seccomp_data data = { .nr = (int)nr, .arch = arch, .args = { arg } };

	return bpf_run(f->insns, f->n, &data);
}

static void assert_refused(const struct config_seccomp *conf, enum error_code code, const char *words)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct document doc = DOCUMENT_INIT;
	struct error err = ERROR_INIT;
	struct seccomp_filter filter;

	assert_true(seccomp_compile(&doc, conf, &(struct seccomp_options){ .native_arch = X86_64 }, &arena, &filter, &err) < 0);
	assert_int_equal(err.code, code);
	if (!strstr(err.subject, words))
		fail_msg("\"%s\" does not say \"%s\"", err.subject, words);
}

static struct config_seccomp *small(struct arena *arena, struct config_seccomp_rule **ret_rule)
{
	struct config_seccomp *conf = profile_new(arena, "SCMP_ACT_ERRNO");

	*ret_rule = profile_add(arena, conf, "SCMP_ACT_ALLOW", NAMES("read", "write"));
	return conf;
}

static void test_wrong_words(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct config_seccomp_rule *rule;
	struct config_seccomp *conf = small(&arena, &rule);
	char *bad[] = { arena_strdup(&arena, "SCMP_BAD") };

	(void)state;
	conf->default_action = bad[0];
	assert_refused(conf, ERR_CONFIG_VALUE, "action \"SCMP_BAD\"");
	conf->default_action = NULL;
	assert_refused(conf, ERR_CONFIG_VALUE, "action");
	conf = small(&arena, &rule);
	rule->action = bad[0];
	assert_refused(conf, ERR_CONFIG_VALUE, "action \"SCMP_BAD\"");
	conf = small(&arena, &rule);
	rule_add_arg(&arena, rule, 0, "SCMP_BAD", 1, 0);
	assert_refused(conf, ERR_CONFIG_VALUE, "operator \"SCMP_BAD\"");
	conf = small(&arena, &rule);
	profile_add_arch(&arena, conf, "SCMP_BAD");
	assert_refused(conf, ERR_CONFIG_VALUE, "architecture \"SCMP_BAD\"");
	conf = small(&arena, &rule);
	profile_add_arch(&arena, conf, "X86");
	assert_refused(conf, ERR_CONFIG_VALUE, "architecture \"X86\"");
	conf = small(&arena, &rule);
	conf->has_flags = true;
	conf->flags = (struct strings){ bad, 1 };
	assert_refused(conf, ERR_CONFIG_VALUE, "flag \"SCMP_BAD\"");
	conf = small(&arena, &rule);
	rule->names.n = 0;
	assert_refused(conf, ERR_CONFIG_VALUE, "empty list of names");
}

static void test_wrong_numbers(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct config_seccomp_rule *rule;
	struct config_seccomp *conf = small(&arena, &rule);

	(void)state;
	rule->errno_ret = (struct opt_u32){ true, 1 };
	assert_refused(conf, ERR_CONFIG_CONFLICT, "takes no errnoRet");
	conf = small(&arena, &rule);
	conf->default_action = arena_strdup(&arena, "SCMP_ACT_KILL");
	conf->default_errno_ret = (struct opt_u32){ true, 1 };
	assert_refused(conf, ERR_CONFIG_CONFLICT, "takes no errnoRet");
	conf = small(&arena, &rule);
	conf->default_errno_ret = (struct opt_u32){ true, 4096 };
	assert_refused(conf, ERR_CONFIG_RANGE, "errnoRet 4096");
	conf = small(&arena, &rule);
	rule->action = arena_strdup(&arena, "SCMP_ACT_TRACE");
	rule->errno_ret = (struct opt_u32){ true, 65536 };
	assert_refused(conf, ERR_CONFIG_RANGE, "errnoRet 65536");
	conf = small(&arena, &rule);
	rule_add_arg(&arena, rule, 6, "SCMP_CMP_EQ", 1, 0);
	assert_refused(conf, ERR_CONFIG_RANGE, "index 6");
	conf = small(&arena, &rule);
	rule_add_arg(&arena, rule, UINT32_MAX, "SCMP_CMP_EQ", 1, 0);
	assert_refused(conf, ERR_CONFIG_RANGE, "index 4294967295");
}

static void test_conflicts(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct config_seccomp_rule *rule;
	struct config_seccomp *conf = small(&arena, &rule);

	(void)state;
	rule_add_arg(&arena, rule, 0, "SCMP_CMP_EQ", 1, 0);
	rule = profile_add(&arena, conf, "SCMP_ACT_LOG", NAMES("write"));
	rule_add_arg(&arena, rule, 0, "SCMP_CMP_EQ", 1, 0);
	assert_refused(conf, ERR_CONFIG_CONFLICT, "another action");
	conf = small(&arena, &rule);
	conf->listener_metadata = arena_strdup(&arena, "x");
	assert_refused(conf, ERR_CONFIG_CONFLICT, "listenerMetadata");
	conf = small(&arena, &rule);
	rule->action = arena_strdup(&arena, "SCMP_ACT_NOTIFY");
	assert_refused(conf, ERR_CONFIG_CONFLICT, "needs a listenerPath");
	conf = small(&arena, &rule);
	conf->default_action = arena_strdup(&arena, "SCMP_ACT_NOTIFY");
	assert_refused(conf, ERR_CONFIG_CONFLICT, "needs a listenerPath");
}

/* More conditions than any program holds, on one call and spread over many. */
static void test_too_long(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	const struct config_seccomp *engine = profile_engine(&arena);
	struct config_seccomp *conf = profile_new(&arena, "SCMP_ACT_ERRNO");
	char *one = arena_strdup(&arena, "read");

	(void)state;
	conf->syscalls = arena_calloc(&arena, 20000, sizeof(*conf->syscalls));
	for (unsigned spread = 0; spread < 2; spread++) {
		for (size_t i = 0; i < 20000; i++) {
			struct config_seccomp_rule *rule = &conf->syscalls[i];

			*rule = (struct config_seccomp_rule){ .action = arena_strdup(&arena, "SCMP_ACT_ALLOW") };
			rule->names = (struct strings){ spread ? &engine->syscalls[0].names.v[i % 300] : &one, 1 };
			rule->args = arena_calloc(&arena, 12, sizeof(*rule->args));
			rule_add_arg(&arena, rule, 0, "SCMP_CMP_EQ", i, 0);
		}
		conf->n_syscalls = 20000;
		assert_refused(conf, ERR_CONFIG_LIMIT, "4096 BPF instructions");
	}
}

static void test_flags(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct config_seccomp_rule *rule;
	struct config_seccomp *conf = small(&arena, &rule);
	char *words[] = { arena_strdup(&arena, "SECCOMP_FILTER_FLAG_TSYNC"),
			  arena_strdup(&arena, "SECCOMP_FILTER_FLAG_LOG"),
			  arena_strdup(&arena, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV") };
	struct seccomp_filter f = profile_compile(&arena, conf, X86_64);

	(void)state;
	assert_int_equal(f.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	assert_true(f.spec_allow_default);
	conf->has_flags = true;
	f = profile_compile(&arena, conf, X86_64);
	assert_int_equal(f.flags, 0);
	conf->flags = (struct strings){ words, 3 };
	conf->listener_path = arena_strdup(&arena, "/run/listener");
	f = profile_compile(&arena, conf, X86_64);
	assert_int_equal(f.flags, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG);
	assert_false(f.notify);
	rule->action = arena_strdup(&arena, "SCMP_ACT_NOTIFY");
	f = profile_compile(&arena, conf, X86_64);
	assert_int_equal(f.flags, SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_LOG | 1u << 5);
	assert_true(f.notify);
	assert_int_equal(answer(&f, X86_64, 0, 0), SECCOMP_RET_USER_NOTIF);
}

static void test_answers(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct config_seccomp_rule *rule;
	struct config_seccomp *conf = small(&arena, &rule);
	struct seccomp_filter f;
	char words[200];

	(void)state;
	profile_add(&arena, conf, "SCMP_ACT_ERRNO", NAMES("open", "no_such_call"));
	rule = profile_add(&arena, conf, "SCMP_ACT_TRACE", NAMES("close"));
	rule->errno_ret = (struct opt_u32){ true, 77 };
	f = profile_compile(&arena, conf, X86_64);
	assert_int_equal(answer(&f, X86_64, 0, 0), SECCOMP_RET_ALLOW);
	assert_int_equal(answer(&f, X86_64, 2, 0), SECCOMP_RET_ERRNO | EPERM);
	assert_int_equal(answer(&f, X86_64, 3, 0), SECCOMP_RET_TRACE | 77);
	assert_int_equal(answer(&f, X86_64, 4, 0), SECCOMP_RET_ERRNO | ENOSYS);
	assert_int_equal(answer(&f, X86_64, 0x40000000, 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(answer(&f, X86, 3, 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(f.n_skipped_names, 1);
	assert_int_equal(f.n_syscalls, 3);
	seccomp_describe(&f, words, sizeof(words));
	assert_non_null(strstr(words, "default errno(1), 3 names, x86_64, notify=no"));
	assert_int_equal(seccomp_describe(&f, words, 8), 7);
	conf->default_action = arena_strdup(&arena, "SCMP_ACT_KILL_PROCESS");
	profile_add_arch(&arena, conf, "SCMP_ARCH_LOONGARCH64");
	f = profile_compile(&arena, conf, X86_64);
	assert_int_equal(answer(&f, X86_64, 4, 0), SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(answer(&f, 0xc0000102, 4, 0), SECCOMP_RET_KILL_PROCESS);
}

#ifdef __x86_64__
static long call_32(long nr, long arg)
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(nr), "b"(arg) : "memory", "r8", "r9", "r10", "r11");
	return r;
}

/* What a confined process finds: 0, or the number of the check that failed. */
static int confined(const struct seccomp_filter *f)
{
	struct sock_fprog prog = { (unsigned short)f->n, f->insns };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return 1;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, f->flags, &prog) < 0)
		return 2;
	if (getppid() <= 0)
		return 3;
	if (syscall(SYS_swapon, NULL, 0) != -1 || errno != EPERM)
		return 4;
	if (syscall(9999) != -1 || errno != ENOSYS)
		return 5;
	if (syscall(SYS_clone3, NULL, 0) != -1 || errno != ENOSYS)
		return 6;
	if (syscall(SYS_personality, 0xffffffff) < 0 || syscall(SYS_personality, 1) != -1 || errno != EPERM)
		return 7;
	if (syscall(SYS_socket, 40, 1, 0) != -1 || errno != EPERM)
		return 8;
	if (syscall(SYS_socket, 999, 1, 0) != -1 || errno == EPERM)
		return 9;
	if (syscall(0x40000000 + SYS_swapon, NULL, 0) == 0)
		return 10;
	return 0;
}

static int confined_32(const struct seccomp_filter *f)
{
	/* getpid; a kernel without the entry raises SIGSEGV, which the caller takes for a skip. */
	long pid = call_32(20, 0);

	if (pid == -ENOSYS)
		return 77;
	if (confined(f) != 0)
		return 1;
	if (call_32(20, 0) != pid)
		return 2;
	if (call_32(87, 0) != -EPERM)
		return 3;
	return call_32(136, 1) == -EPERM ? 0 : 4;
}

static int run_child(int (*f)(const struct seccomp_filter *), const struct seccomp_filter *filter)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(f(filter));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void test_kernel(void **state)
{
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct seccomp_filter f = profile_compile(&arena, profile_engine(&arena), X86_64);
	int r;

	(void)state;
	assert_int_equal(run_child(confined, &f), 0);
	r = run_child(confined_32, &f);
	if (r == 77 || r == -SIGSEGV)
		print_message("this kernel takes no 32-bit calls\n");
	else
		assert_int_equal(r, 0);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_words), cmocka_unit_test(test_wrong_numbers),
		cmocka_unit_test(test_conflicts),   cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_flags),	    cmocka_unit_test(test_answers),
#ifdef __x86_64__
		cmocka_unit_test(test_kernel),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
