/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations that must be refused: by which code, and at which place of the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "libcontainer/compile/compile.h"
#include "libcontainer/program.h"
#include "tests/unit/compile-fixture.h"

#define PROCESS "\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"sh\"],\"cwd\":\"/\""
#define ROOT "\"root\":{\"path\":\"r\"}"
#define TOP "{\"ociVersion\":\"1.3.0\"," ROOT ","
#define NS "\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"pid\"}]"

/* Snippets for the places where most things go. */
#define IN_TOP(text) TOP PROCESS "}," text "}"
#define IN_LINUX(text) TOP PROCESS "},\"linux\":{" NS "," text "}}"
#define IN_PROCESS(text) TOP PROCESS "," text "},\"linux\":{" NS "}}"
#define IN_MOUNT(text) TOP PROCESS "},\"mounts\":[{" text "}],\"linux\":{" NS "}}"
#define IN_POLICY(text) IN_LINUX("\"memoryPolicy\":{" text "}")
#define IN_NET(devices) TOP PROCESS "},\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"network\"}]," \
	"\"netDevices\":{" devices "}}}"
#define IN_RESOURCES(text) IN_LINUX("\"resources\":{" text "}")
#define IN_NAMESPACES(text) TOP PROCESS "},\"linux\":{\"namespaces\":[" text "]}}"
#define MAP(c, h, s) "[{\"containerID\":" #c ",\"hostID\":" #h ",\"size\":" #s "}]"
#define USERNS(text) TOP PROCESS text "},\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"user\"}]," \
	"\"uidMappings\":" MAP(0, 1000, 10) ",\"gidMappings\":" MAP(0, 1000, 10) "}}"

struct bad {
	const char *name;
	const char *config;
	enum error_code code;
	const char *pointer;
	const struct host *host;
	const struct compile_options *options;
};

static const struct compile_options systemd_options = { .id = "web", .bundle = "/b",
							.cgroup_manager = CGROUP_MANAGER_SYSTEMD };
static const struct compile_options socket_options = { .id = "web", .bundle = "/b", .detached = true,
						       .have_console_socket = true };
static const struct host user_host = { .euid = 1000, .last_cap = 40 };

static const struct bad bads[] = {
	/* top */
	{ "no root", "{\"ociVersion\":\"1.3.0\"," PROCESS "}}", ERR_CONFIG_MISSING, "", NULL, NULL },
	{ "mount context", IN_TOP("\"annotations\":{\"run.oci.mount_context_type\":\"x\"}"), ERR_CONFIG_VALUE,
	  "/annotations/run.oci.mount_context_type", NULL, NULL },
	{ "annotation", IN_TOP("\"annotations\":{\"\":\"x\"}"), ERR_CONFIG_VALUE, "/annotations/", NULL, NULL },
	{ "hostname", IN_TOP("\"hostname\":\"x\""), ERR_CONFIG_CONFLICT, "/hostname", NULL, NULL },
	{ "masked without namespace", IN_TOP("\"linux\":{\"maskedPaths\":[\"/x\"]}"), ERR_CONFIG_CONFLICT,
	  "/linux/maskedPaths", NULL, NULL },
	{ "systemd", IN_LINUX("\"cgroupsPath\":\"a:b:c\""), ERR_CONFIG_UNSUPPORTED, "", NULL, &systemd_options },
	/* cgroup v2: what cannot be converted */
#define V2(name, text, code, pointer) \
	{ "v2 " name, IN_RESOURCES(text), code, "/linux/resources/" pointer, &unified_host, NULL }
	V2("kernel", "\"memory\":{\"kernel\":1}", ERR_CONFIG_UNSUPPORTED, "memory/kernel"),
	V2("kernelTCP", "\"memory\":{\"kernelTCP\":1}", ERR_CONFIG_UNSUPPORTED, "memory/kernelTCP"),
	V2("swappiness", "\"memory\":{\"swappiness\":0}", ERR_CONFIG_UNSUPPORTED, "memory/swappiness"),
	V2("swappiness range", "\"memory\":{\"swappiness\":101}", ERR_CONFIG_RANGE, "memory/swappiness"),
	V2("disableOOMKiller", "\"memory\":{\"disableOOMKiller\":true}", ERR_CONFIG_UNSUPPORTED,
	   "memory/disableOOMKiller"),
	V2("useHierarchy", "\"memory\":{\"useHierarchy\":false}", ERR_CONFIG_UNSUPPORTED, "memory/useHierarchy"),
	V2("swap alone", "\"memory\":{\"swap\":1}", ERR_CONFIG_CONFLICT, "memory/swap"),
	V2("swap below", "\"memory\":{\"limit\":2,\"swap\":1}", ERR_CONFIG_CONFLICT, "memory/swap"),
	V2("burst", "\"cpu\":{\"quota\":1000,\"burst\":1001}", ERR_CONFIG_CONFLICT, "cpu/burst"),
	V2("realtimeRuntime", "\"cpu\":{\"realtimeRuntime\":1}", ERR_CONFIG_UNSUPPORTED, "cpu/realtimeRuntime"),
	V2("realtimePeriod", "\"cpu\":{\"realtimePeriod\":1}", ERR_CONFIG_UNSUPPORTED, "cpu/realtimePeriod"),
	V2("period", "\"cpu\":{\"period\":18446744073709551615}", ERR_CONFIG_RANGE, "cpu/period"),
	V2("weight", "\"blockIO\":{\"weight\":9}", ERR_CONFIG_RANGE, "blockIO/weight"),
	V2("leafWeight", "\"blockIO\":{\"leafWeight\":10}", ERR_CONFIG_UNSUPPORTED, "blockIO/leafWeight"),
	V2("leafWeight of a device", "\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0,\"leafWeight\":10}]}",
	   ERR_CONFIG_UNSUPPORTED, "blockIO/weightDevice/0/leafWeight"),
	V2("classID", "\"network\":{\"classID\":1}", ERR_CONFIG_UNSUPPORTED, "network/classID"),
	V2("priorities", "\"network\":{\"priorities\":[{\"name\":\"lo\",\"priority\":1}]}", ERR_CONFIG_UNSUPPORTED,
	   "network/priorities"),
	V2("slash", "\"unified\":{\"../memory.max\":\"1\"}", ERR_CONFIG_VALUE, "unified/..~1memory.max"),
	V2("no dot", "\"unified\":{\"tasks\":\"1\"}", ERR_CONFIG_VALUE, "unified/tasks"),
	V2("dot first", "\"unified\":{\".x\":\"1\"}", ERR_CONFIG_VALUE, "unified/.x"),
	V2("managed", "\"unified\":{\"cgroup.procs\":\"1\"}", ERR_CONFIG_CONFLICT, "unified/cgroup.procs"),
	V2("no controller", "\"unified\":{\"dmem.max\":\"1\"}", ERR_CONFIG_UNSUPPORTED, "unified/dmem.max"),
	{ "rdma on a mixed host", IN_RESOURCES("\"rdma\":{\"m\":{\"hcaHandles\":1}}"), ERR_CONFIG_UNSUPPORTED,
	  "/linux/resources/rdma/m", &mixed_host, NULL },
	/* mounts */
	{ "mount on root", IN_MOUNT("\"destination\":\"/..\",\"type\":\"tmpfs\""), ERR_CONFIG_UNSUPPORTED,
	  "/mounts/0/destination", NULL, NULL },
	{ "mount below proc", IN_MOUNT("\"destination\":\"/proc/sys/x\",\"source\":\"/a\",\"options\":[\"bind\"]"),
	  ERR_CONFIG_VALUE, "/mounts/0/destination", NULL, NULL },
	{ "mount below proc, hidden",
	  IN_MOUNT("\"destination\":\"//x/../proc/./self/\",\"source\":\"/a\",\"options\":[\"bind\"]"),
	  ERR_CONFIG_VALUE, "/mounts/0/destination", NULL, NULL },
	{ "tmpfs on proc", IN_MOUNT("\"destination\":\"/proc\",\"type\":\"tmpfs\""), ERR_CONFIG_VALUE,
	  "/mounts/0/destination", NULL, NULL },
	{ "bind without source", IN_MOUNT("\"destination\":\"/a\",\"options\":[\"bind\"]"), ERR_CONFIG_MISSING,
	  "/mounts/0", NULL, NULL },
	{ "no type", IN_MOUNT("\"destination\":\"/a\",\"source\":\"b\""), ERR_CONFIG_MISSING, "/mounts/0", NULL,
	  NULL },
	{ "unknown bind option",
	  IN_MOUNT("\"destination\":\"/a\",\"source\":\"b\",\"options\":[\"bind\",\"noexce\"]"),
	  ERR_CONFIG_VALUE, "/mounts/0/options", NULL, NULL },
	{ "idmap without mapping",
	  IN_MOUNT("\"destination\":\"/a\",\"source\":\"b\",\"options\":[\"bind\",\"idmap\"]"),
	  ERR_CONFIG_MISSING, "/mounts/0", NULL, NULL },
	{ "half a mapping",
	  IN_MOUNT("\"destination\":\"/a\",\"source\":\"b\",\"options\":[\"bind\"],\"uidMappings\":" MAP(0, 1, 1)),
	  ERR_CONFIG_MISSING, "/mounts/0/uidMappings", NULL, NULL },
	{ "idmap syntax",
	  IN_MOUNT("\"destination\":\"/a\",\"source\":\"b\",\"options\":[\"bind\",\"idmap=uids=0-1\"]"),
	  ERR_CONFIG_VALUE, "/mounts/0/options", NULL, NULL },
	{ "tmpcopyup", IN_MOUNT("\"destination\":\"/a\",\"type\":\"proc\",\"options\":[\"tmpcopyup\"]"),
	  ERR_CONFIG_CONFLICT, "/mounts/0/options", NULL, NULL },
	/* process */
	{ "args", TOP "\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"args\":[],\"cwd\":\"/\"}}",
	  ERR_CONFIG_MISSING, "/process/args", NULL, NULL },
	{ "cwd", TOP "\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"a\"],\"cwd\":\"x\"}}",
	  ERR_CONFIG_VALUE, "/process/cwd", NULL, NULL },
	{ "terminal", IN_PROCESS("\"terminal\":true"), ERR_USAGE, "/process/terminal", NULL, NULL },
	{ "socket", IN_PROCESS("\"terminal\":false"), ERR_USAGE, "/process/terminal", NULL, &socket_options },
	{ "rlimit type", IN_PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_X\",\"soft\":1,\"hard\":1}]"),
	  ERR_CONFIG_VALUE, "/process/rlimits/0/type", NULL, NULL },
	{ "rlimit twice",
	  IN_PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_AS\",\"soft\":1,\"hard\":1},"
		     "{\"type\":\"RLIMIT_AS\",\"soft\":1,\"hard\":1}]"),
	  ERR_CONFIG_DUPLICATE, "/process/rlimits/1/type", NULL, NULL },
	{ "rlimit order", IN_PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_AS\",\"soft\":2,\"hard\":1}]"),
	  ERR_CONFIG_CONFLICT, "/process/rlimits/0", NULL, NULL },
	{ "apparmor", IN_PROCESS("\"apparmorProfile\":\"x\""), ERR_CONFIG_UNSUPPORTED,
	  "/process/apparmorProfile", NULL, NULL },
	{ "selinux", IN_PROCESS("\"selinuxLabel\":\"x\""), ERR_CONFIG_UNSUPPORTED, "/process/selinuxLabel", NULL,
	  NULL },
	{ "oom score", IN_PROCESS("\"oomScoreAdj\":1001"), ERR_CONFIG_RANGE, "/process/oomScoreAdj", NULL, NULL },
	{ "policy", IN_PROCESS("\"scheduler\":{\"policy\":\"SCHED_X\"}"), ERR_CONFIG_VALUE,
	  "/process/scheduler/policy", NULL, NULL },
	{ "clamp",
	  IN_PROCESS("\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"flags\":[\"SCHED_FLAG_UTIL_CLAMP_MIN\"]}"),
	  ERR_CONFIG_UNSUPPORTED, "/process/scheduler/flags/0", NULL, NULL },
	{ "priority", IN_PROCESS("\"scheduler\":{\"policy\":\"SCHED_FIFO\",\"priority\":100}"), ERR_CONFIG_RANGE,
	  "/process/scheduler/priority", NULL, NULL },
	{ "nice", IN_PROCESS("\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"nice\":20}"), ERR_CONFIG_RANGE,
	  "/process/scheduler/nice", NULL, NULL },
	{ "io class", IN_PROCESS("\"ioPriority\":{\"class\":\"X\",\"priority\":0}"), ERR_CONFIG_VALUE,
	  "/process/ioPriority/class", NULL, NULL },
	{ "io priority", IN_PROCESS("\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":8}"),
	  ERR_CONFIG_RANGE, "/process/ioPriority/priority", NULL, NULL },
	{ "affinity", IN_PROCESS("\"execCPUAffinity\":{\"initial\":\"3-1\"}"), ERR_CONFIG_VALUE,
	  "/process/execCPUAffinity/initial", NULL, NULL },
	{ "uid -1", TOP "\"process\":{\"user\":{\"uid\":4294967295,\"gid\":0},\"args\":[\"a\"],\"cwd\":\"/\"}}",
	  ERR_CONFIG_RANGE, "/process/user/uid", NULL, NULL },
	{ "unmapped gid",
	  TOP "\"process\":{\"user\":{\"uid\":0,\"gid\":10},\"args\":[\"a\"],\"cwd\":\"/\"},\"linux\":{"
	      "\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"user\"}],\"uidMappings\":" MAP(0, 1000, 10)
	      ",\"gidMappings\":" MAP(0, 1000, 10) "}}",
	  ERR_CONFIG_CONFLICT, "/process/user/gid", NULL, NULL },
	{ "setgroups denied",
	  TOP "\"process\":{\"user\":{\"uid\":0,\"gid\":0,\"additionalGids\":[0]},\"args\":[\"a\"],\"cwd\":\"/\"},"
	      "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"user\"}],\"uidMappings\":"
	      MAP(0, 1000, 10) ",\"gidMappings\":" MAP(0, 1000, 1) "}}",
	  ERR_CONFIG_CONFLICT, "/process/user/additionalGids", &user_host, NULL },
	/* hooks */
	{ "hook path", IN_TOP("\"hooks\":{\"poststop\":[{\"path\":\"x\"}]}"), ERR_CONFIG_VALUE,
	  "/hooks/poststop/0/path", NULL, NULL },
	{ "hook timeout", IN_TOP("\"hooks\":{\"prestart\":[{\"path\":\"/x\",\"timeout\":0}]}"), ERR_CONFIG_RANGE,
	  "/hooks/prestart/0/timeout", NULL, NULL },
	/* namespaces */
	{ "namespace type", IN_NAMESPACES("{\"type\":\"x\"}"), ERR_CONFIG_VALUE, "/linux/namespaces/0/type", NULL,
	  NULL },
	{ "namespace twice", IN_NAMESPACES("{\"type\":\"pid\"},{\"type\":\"pid\",\"path\":\"/x\"}"),
	  ERR_CONFIG_DUPLICATE, "/linux/namespaces/1/type", NULL, NULL },
	{ "namespace path", IN_NAMESPACES("{\"type\":\"pid\",\"path\":\"x\"}"), ERR_CONFIG_VALUE,
	  "/linux/namespaces/0/path", NULL, NULL },
	{ "mappings alone", IN_LINUX("\"uidMappings\":" MAP(0, 1, 1)), ERR_CONFIG_CONFLICT, "/linux/uidMappings",
	  NULL, NULL },
	{ "no mappings", IN_NAMESPACES("{\"type\":\"user\"}"), ERR_CONFIG_MISSING, "/linux/namespaces", NULL,
	  NULL },
	{ "time offsets", IN_LINUX("\"timeOffsets\":{\"boottime\":{\"secs\":1}}"), ERR_CONFIG_CONFLICT,
	  "/linux/timeOffsets", NULL, NULL },
	/* devices */
	{ "device type", IN_LINUX("\"devices\":[{\"type\":\"x\",\"path\":\"/d\"}]"), ERR_CONFIG_VALUE,
	  "/linux/devices/0/type", NULL, NULL },
	{ "device path", IN_LINUX("\"devices\":[{\"type\":\"p\",\"path\":\"d\"}]"), ERR_CONFIG_VALUE,
	  "/linux/devices/0/path", NULL, NULL },
	{ "device number", IN_LINUX("\"devices\":[{\"type\":\"c\",\"path\":\"/d\",\"major\":1}]"),
	  ERR_CONFIG_MISSING, "/linux/devices/0", NULL, NULL },
	{ "device range", IN_LINUX("\"devices\":[{\"type\":\"c\",\"path\":\"/d\",\"major\":4096,\"minor\":0}]"),
	  ERR_CONFIG_RANGE, "/linux/devices/0/major", NULL, NULL },
	/* resources */
	{ "cgroup path", IN_LINUX("\"cgroupsPath\":\"/a/../b\""), ERR_CONFIG_VALUE, "/linux/cgroupsPath", NULL,
	  NULL },
	{ "root cgroup", IN_LINUX("\"cgroupsPath\":\"/./\""), ERR_CONFIG_VALUE, "/linux/cgroupsPath", NULL, NULL },
	{ "rule type", IN_RESOURCES("\"devices\":[{\"allow\":true,\"type\":\"x\"}]"), ERR_CONFIG_VALUE,
	  "/linux/resources/devices/0/type", NULL, NULL },
	{ "rule access", IN_RESOURCES("\"devices\":[{\"allow\":true,\"access\":\"rx\"}]"), ERR_CONFIG_VALUE,
	  "/linux/resources/devices/0/access", NULL, NULL },
	{ "hole in a rule",
	  IN_RESOURCES("\"devices\":[{\"allow\":true,\"type\":\"c\",\"major\":1,\"access\":\"r\"},"
		       "{\"allow\":false,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"r\"}]"),
	  ERR_CONFIG_UNSUPPORTED, "/linux/resources/devices/1", NULL, NULL },
	{ "swap alone", IN_RESOURCES("\"memory\":{\"swap\":5}"), ERR_CONFIG_CONFLICT,
	  "/linux/resources/memory/swap", NULL, NULL },
	{ "swap below limit", IN_RESOURCES("\"memory\":{\"limit\":6,\"swap\":5}"), ERR_CONFIG_CONFLICT,
	  "/linux/resources/memory/swap", NULL, NULL },
	{ "swappiness", IN_RESOURCES("\"memory\":{\"swappiness\":101}"), ERR_CONFIG_RANGE,
	  "/linux/resources/memory/swappiness", NULL, NULL },
	{ "burst", IN_RESOURCES("\"cpu\":{\"quota\":1000,\"burst\":1001}"), ERR_CONFIG_CONFLICT,
	  "/linux/resources/cpu/burst", NULL, NULL },
	{ "cpus", IN_RESOURCES("\"cpu\":{\"cpus\":\"0,\"}"), ERR_CONFIG_VALUE, "/linux/resources/cpu/cpus", NULL,
	  NULL },
	{ "idle", IN_RESOURCES("\"cpu\":{\"idle\":2}"), ERR_CONFIG_RANGE, "/linux/resources/cpu/idle", NULL, NULL },
	{ "page size", IN_RESOURCES("\"hugepageLimits\":[{\"pageSize\":\"../2MB\",\"limit\":1}]"),
	  ERR_CONFIG_VALUE, "/linux/resources/hugepageLimits/0/pageSize", NULL, NULL },
	{ "weight device", IN_RESOURCES("\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0}]}"),
	  ERR_CONFIG_MISSING, "/linux/resources/blockIO/weightDevice/0", NULL, NULL },
	{ "rdma", IN_RESOURCES("\"rdma\":{\"mlx\":{}}"), ERR_CONFIG_MISSING, "/linux/resources/rdma/mlx", NULL,
	  NULL },
	{ "unified", IN_RESOURCES("\"unified\":{\"a\":\"b\"}"), ERR_CONFIG_UNSUPPORTED,
	  "/linux/resources/unified", NULL, NULL },
	/* sysctl */
	{ "sysctl hostname", IN_LINUX("\"sysctl\":{\"kernel.hostname\":\"x\"}"), ERR_CONFIG_CONFLICT,
	  "/linux/sysctl/kernel.hostname", NULL, NULL },
	{ "sysctl of the host", IN_LINUX("\"sysctl\":{\"kernel.core_pattern\":\"x\"}"), ERR_CONFIG_VALUE,
	  "/linux/sysctl/kernel.core_pattern", NULL, NULL },
	{ "sysctl without namespace", IN_LINUX("\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"}"),
	  ERR_CONFIG_CONFLICT, "/linux/sysctl/net.ipv4.ip_forward", NULL, NULL },
	{ "sysctl escape", IN_LINUX("\"sysctl\":{\"net/../kernel/core_pattern\":\"1\"}"), ERR_CONFIG_VALUE,
	  "/linux/sysctl/net~1..~1kernel~1core_pattern", NULL, NULL },
	{ "sysctl host's namespace",
	  TOP PROCESS "},\"linux\":{\"namespaces\":[{\"type\":\"network\",\"path\":\"/proc/1/ns/net\"}],"
		      "\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"}}}",
	  ERR_CONFIG_CONFLICT, "/linux/sysctl/net.ipv4.ip_forward", NULL, NULL },
	/* the rest of linux */
	{ "propagation", IN_LINUX("\"rootfsPropagation\":\"x\""), ERR_CONFIG_VALUE, "/linux/rootfsPropagation",
	  NULL, NULL },
	{ "masked path", IN_LINUX("\"maskedPaths\":[\"/a\",\"b\"]"), ERR_CONFIG_VALUE, "/linux/maskedPaths/1",
	  NULL, NULL },
	{ "read-only path", IN_LINUX("\"readonlyPaths\":[\"b\"]"), ERR_CONFIG_VALUE, "/linux/readonlyPaths/0",
	  NULL, NULL },
	{ "mount label", IN_LINUX("\"mountLabel\":\"x\""), ERR_CONFIG_UNSUPPORTED, "/linux/mountLabel", NULL,
	  NULL },
	{ "personality", IN_LINUX("\"personality\":{\"domain\":\"X\"}"), ERR_CONFIG_VALUE,
	  "/linux/personality/domain", NULL, NULL },
	{ "personality flag", IN_LINUX("\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"x\"]}"),
	  ERR_CONFIG_VALUE, "/linux/personality/flags/0", NULL, NULL },
	/* network devices */
	{ "net device without namespace", IN_LINUX("\"netDevices\":{\"eth0\":{}}"), ERR_CONFIG_CONFLICT,
	  "/linux/netDevices", NULL, NULL },
	{ "net device long", IN_NET("\"sixteen-letters-\":{}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/sixteen-letters-", NULL, NULL },
	{ "net device slash", IN_NET("\"a/b\":{}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a~1b", NULL, NULL },
	{ "net device template", IN_NET("\"eth%d\":{}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/eth%d", NULL, NULL },
	{ "net device dot", IN_NET("\".\":{}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/.", NULL, NULL },
	{ "net device name long", IN_NET("\"a\":{\"name\":\"sixteen-letters-\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device name slash", IN_NET("\"a\":{\"name\":\"b/\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device name colon", IN_NET("\"a\":{\"name\":\"b:1\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device name blank", IN_NET("\"a\":{\"name\":\"b c\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device name no-break space", IN_NET("\"a\":{\"name\":\"b\\u00a0c\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device name empty", IN_NET("\"a\":{\"name\":\"\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device name dots", IN_NET("\"a\":{\"name\":\"..\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device two numbers", IN_NET("\"a\":{\"name\":\"b%d%d\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device other format", IN_NET("\"a\":{\"name\":\"b%s\"}"), ERR_CONFIG_VALUE,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net device lo", IN_NET("\"lo\":{}"), ERR_CONFIG_CONFLICT,
	  "/linux/netDevices/lo", NULL, NULL },
	{ "net device to lo", IN_NET("\"a\":{\"name\":\"lo\"}"), ERR_CONFIG_CONFLICT,
	  "/linux/netDevices/a/name", NULL, NULL },
	{ "net devices of one name", IN_NET("\"a\":{\"name\":\"c\"},\"b\":{\"name\":\"c\"}"), ERR_CONFIG_DUPLICATE,
	  "/linux/netDevices/b/name", NULL, NULL },
	{ "net device rootless", IN_NET("\"a\":{}"), ERR_CONFIG_UNSUPPORTED,
	  "/linux/netDevices", &user_host, NULL },
	{ "intel rdt", IN_LINUX("\"intelRdt\":{\"closID\":\"x\"}"), ERR_CONFIG_UNSUPPORTED, "/linux/intelRdt",
	  NULL, NULL },
	{ "memory policy without mode", IN_POLICY("\"nodes\":\"0\""), ERR_CONFIG_MISSING,
	  "/linux/memoryPolicy", NULL, NULL },
	{ "memory policy mode", IN_POLICY("\"mode\":\"MPOL_X\""), ERR_CONFIG_VALUE, "/linux/memoryPolicy/mode",
	  NULL, NULL },
	{ "memory policy flag", IN_POLICY("\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":[\"MPOL_F_X\"]"),
	  ERR_CONFIG_VALUE, "/linux/memoryPolicy/flags/0", NULL, NULL },
	{ "memory policy flags",
	  IN_POLICY("\"mode\":\"MPOL_BIND\",\"nodes\":\"0\","
		    "\"flags\":[\"MPOL_F_STATIC_NODES\",\"MPOL_F_RELATIVE_NODES\"]"),
	  ERR_CONFIG_CONFLICT, "/linux/memoryPolicy/flags", NULL, NULL },
	{ "memory policy flag without nodes",
	  IN_POLICY("\"mode\":\"MPOL_PREFERRED\",\"flags\":[\"MPOL_F_STATIC_NODES\"]"), ERR_CONFIG_CONFLICT,
	  "/linux/memoryPolicy/flags", NULL, NULL },
	{ "memory policy needs nodes", IN_POLICY("\"mode\":\"MPOL_INTERLEAVE\""), ERR_CONFIG_MISSING,
	  "/linux/memoryPolicy", NULL, NULL },
	{ "memory policy empty nodes", IN_POLICY("\"mode\":\"MPOL_BIND\",\"nodes\":\"\""), ERR_CONFIG_MISSING,
	  "/linux/memoryPolicy", NULL, NULL },
	{ "memory policy takes no nodes", IN_POLICY("\"mode\":\"MPOL_LOCAL\",\"nodes\":\"0\""),
	  ERR_CONFIG_CONFLICT, "/linux/memoryPolicy/nodes", NULL, NULL },
	{ "memory policy node list", IN_POLICY("\"mode\":\"MPOL_BIND\",\"nodes\":\"3-1\""), ERR_CONFIG_VALUE,
	  "/linux/memoryPolicy/nodes", NULL, NULL },
	{ "memory policy node number", IN_POLICY("\"mode\":\"MPOL_BIND\",\"nodes\":\"0,1024\""),
	  ERR_CONFIG_VALUE, "/linux/memoryPolicy/nodes", NULL, NULL },
};

static int compile_text(const char *text, const struct host *host, const struct compile_options *options,
			struct arena *arena, struct compiled *ret, struct error *err)
{
	_cleanup_document_ struct document doc = DOCUMENT_INIT;
	struct config *config;
	int r = config_read(&doc, text, strlen(text), &config, err);

	if (r < 0)
		return r;
	return compile(&doc, config, host ? host : &hybrid_host, options ? options : &create_options, arena, ret,
		       err);
}

static void test_bad(void **state)
{
	const struct bad *bad = *state;
	_cleanup_arena_ struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct compiled compiled;

	assert_true(compile_text(bad->config, bad->host, bad->options, &arena, &compiled, &err) < 0);
	assert_string_equal(error_code_name(err.code), error_code_name(bad->code));
	assert_string_equal(err.pointer, bad->pointer);
}

static const char *const goods[] = {
	IN_LINUX("\"netDevices\":{},\"intelRdt\":{}"),
	IN_LINUX("\"resources\":{\"memory\":{},\"cpu\":{},\"blockIO\":{\"weight\":0},\"network\":{},"
		 "\"unified\":{}}"),
	IN_PROCESS("\"apparmorProfile\":\"unconfined\",\"selinuxLabel\":\"\""),
	USERNS(""),
};

/* Objects that ask for nothing are no request for what the host or this version cannot do. */
static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ELEMENTSOF(goods); i++) {
		_cleanup_arena_ struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;
		struct compiled compiled;
		struct program program;

		assert_int_equal(compile_text(goods[i], &unified_host, NULL, &arena, &compiled, &err), 0);
		assert_int_equal(program_check(compiled.program, compiled.program_size, &program, &err), 0);
	}
}

/* Every allocation that can fail does so once; the result is an error, never a crash. */
static void test_memory(void **state)
{
	struct error err = ERROR_INIT;
	struct compiled compiled;
	bool done = false;

	(void)state;
	for (size_t limit = 64; !done; limit += 512) {
		struct arena arena = { .limit = limit };

		error_clear(&err);
		done = compile_text(goods[0], NULL, NULL, &arena, &compiled, &err) == 0;
		if (!done)
			assert_int_equal(err.code, ERR_NO_MEMORY);
		arena_done(&arena);
	}
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_memory),
	};
	struct CMUnitTest tests[ELEMENTSOF(bads)];
	int failed;

	for (size_t i = 0; i < ELEMENTSOF(bads); i++)
		tests[i] = (struct CMUnitTest){ bads[i].name, test_bad, NULL, NULL, (void *)(uintptr_t)&bads[i] };
	failed = cmocka_run_group_tests_name("refused", tests, NULL, NULL);
	return failed + cmocka_run_group_tests_name("accepted", others, NULL, NULL);
}
