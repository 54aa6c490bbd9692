/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of errors: symbol, stable name, words, wording of errno. No include guard: included
 * several times.
 *
 * "%s" in the words is the subject. Engines decide by these words what happened: see
 * docs/errors.md before changing one. A row whose words end in "%s" alone leaves the sentence to the
 * subject.
 *
 * The last column keeps phrases away from sentences in which an engine would misread them:
 *	ERRNO_CONTRACT  the user's program or its working directory: errno in its usual words, which
 *	                engines turn into exit status 126 or 127;
 *	ERRNO_ABSENT    seen while a container is made: nothing that means 126 or 127 ("does not exist"
 *	                for ENOENT, "access denied" for EACCES, ...);
 *	ERRNO_MISSING   may be seen by kill, delete or state too, where "does not exist" means that the
 *	                container is gone: ENOENT is "is missing";
 *	ERRNO_SILENT    the words say it all, errno is not added. Texts as in ERRNO_MISSING.
 */
/* command line and life cycle */
ERROR_CODE(USAGE, "usage", "%s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_ID_INVALID, "container-id-invalid", "invalid container ID format: %s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_EXISTS, "container-exists", "container with given ID already exists: %s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_UNKNOWN, "container-unknown", "container does not exist: %s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_NOT_RUNNING, "container-not-running", "container not running: %s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_ENDED, "container-ended", "container with id %s is not running", ERRNO_SILENT)
ERROR_CODE(CONTAINER_RUNNING, "container-running", "cannot start an already running container: %s",
	   ERRNO_SILENT)
ERROR_CODE(CONTAINER_STOPPED, "container-stopped", "cannot start a container that has stopped: %s",
	   ERRNO_SILENT)
ERROR_CODE(CONTAINER_PAUSED, "container-paused", "container paused: %s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_NOT_PAUSED, "container-not-paused", "container not paused: %s", ERRNO_SILENT)
ERROR_CODE(EXEC_STOPPED, "exec-stopped", "cannot exec in a stopped container: container not running: %s",
	   ERRNO_SILENT)
ERROR_CODE(EXEC_PAUSED, "exec-paused",
	   "cannot exec in a paused container (use --ignore-paused to override): %s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_NOT_STOPPED, "container-not-stopped", "cannot delete container %s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_BUSY, "container-busy", "container is in use by another command: %s", ERRNO_SILENT)
ERROR_CODE(CONTAINER_INCOMPLETE, "container-incomplete", "container was not completely created: %s",
	   ERRNO_SILENT)
ERROR_CODE(SIGNAL_INVALID, "signal-invalid", "invalid signal: %s", ERRNO_SILENT)
ERROR_CODE(STATE_ROOT, "state-root", "state directory %s", ERRNO_MISSING)
ERROR_CODE(STATE_READ, "state-read", "cannot read the state of the container: %s", ERRNO_MISSING)
ERROR_CODE(STATE_WRITE, "state-write", "cannot write the state of the container: %s", ERRNO_MISSING)
ERROR_CODE(STATE_VERSION, "state-version", "state was written by a newer version of berth: %s", ERRNO_SILENT)
/* reading the configuration */
ERROR_CODE(CONFIG_OPEN, "config-open", "cannot read %s", ERRNO_ABSENT)
ERROR_CODE(CONFIG_SYNTAX, "config-syntax", "not valid JSON: %s", ERRNO_SILENT)
ERROR_CODE(CONFIG_LIMIT, "config-limit", "configuration exceeds a limit: %s", ERRNO_SILENT)
ERROR_CODE(CONFIG_DUPLICATE, "config-duplicate", "duplicate name: %s", ERRNO_SILENT)
ERROR_CODE(CONFIG_TYPE, "config-type", "wrong type: %s", ERRNO_SILENT)
ERROR_CODE(CONFIG_RANGE, "config-range", "value out of range: %s", ERRNO_SILENT)
ERROR_CODE(CONFIG_MISSING, "config-missing", "missing property: %s", ERRNO_SILENT)
ERROR_CODE(CONFIG_VALUE, "config-value", "invalid value: %s", ERRNO_SILENT)
ERROR_CODE(CONFIG_CONFLICT, "config-conflict", "conflicting properties: %s", ERRNO_SILENT)
ERROR_CODE(CONFIG_UNSUPPORTED, "config-unsupported", "not supported: %s", ERRNO_SILENT)
/* the bundle and the root file system */
ERROR_CODE(BUNDLE, "bundle", "bundle %s", ERRNO_ABSENT)
ERROR_CODE(ROOTFS, "rootfs", "root file system %s", ERRNO_ABSENT)
/* running a program */
ERROR_CODE(PROGRAM_INVALID, "program-invalid", "launch program is damaged: %s", ERRNO_SILENT)
ERROR_CODE(MESSAGE_INVALID, "message-invalid", "malformed message from the container's init: %s",
	   ERRNO_SILENT)
ERROR_CODE(INIT_DIED, "init-died", "container init died: %s", ERRNO_MISSING)
ERROR_CODE(INIT_START, "init-start", "cannot start the container's init: %s", ERRNO_MISSING)
ERROR_CODE(NAMESPACE, "namespace", "namespace %s", ERRNO_ABSENT)
ERROR_CODE(IDMAP, "idmap", "cannot map ids: %s", ERRNO_ABSENT)
ERROR_CODE(CGROUP, "cgroup", "cgroup %s", ERRNO_MISSING)
ERROR_CODE(CGROUP_BUSY, "cgroup-busy", "container's cgroup is not empty: %s", ERRNO_SILENT)
ERROR_CODE(CGROUP_FROZEN, "cgroup-frozen", "container's cgroup unexpectedly frozen: %s", ERRNO_SILENT)
ERROR_CODE(SYSTEMD, "systemd", "systemd: %s", ERRNO_MISSING)
ERROR_CODE(NET_DEVICE, "net-device", "network device %s", ERRNO_ABSENT)
ERROR_CODE(MOUNT, "mount", "%s", ERRNO_ABSENT)
ERROR_CODE(DEVICE, "device", "device %s", ERRNO_ABSENT)
ERROR_CODE(PATH_ESCAPE, "path-escape", "%s", ERRNO_ABSENT)
ERROR_CODE(MASK, "mask", "cannot mask %s", ERRNO_ABSENT)
ERROR_CODE(READONLY, "readonly", "cannot make %s read-only", ERRNO_ABSENT)
ERROR_CODE(SYSCTL, "sysctl", "sysctl %s", ERRNO_ABSENT)
ERROR_CODE(CONSOLE, "console", "console %s", ERRNO_ABSENT)
ERROR_CODE(SOCKET, "socket", "%s", ERRNO_MISSING)
ERROR_CODE(HOOK, "hook", "%s", ERRNO_MISSING)
ERROR_CODE(LSM, "lsm", "%s", ERRNO_ABSENT)
ERROR_CODE(SECCOMP, "seccomp", "seccomp: %s", ERRNO_ABSENT)
ERROR_CODE(PRIVILEGE, "privilege", "%s", ERRNO_ABSENT)
ERROR_CODE(LIMIT, "limit", "%s", ERRNO_ABSENT)
ERROR_CODE(CWD, "cwd", "chdir to cwd (\"%s\") set in config.json failed", ERRNO_CONTRACT)
ERROR_CODE(EXEC, "exec", "exec: %s", ERRNO_CONTRACT)
ERROR_CODE(FILE_OUTPUT, "file-output", "cannot write %s", ERRNO_MISSING)
/* anything else that the system refused, and lack of memory */
ERROR_CODE(SYSTEM, "system", "%s", ERRNO_MISSING)
ERROR_CODE(NO_MEMORY, "no-memory", "out of memory: %s", ERRNO_SILENT)
ERROR_CODE(INTERRUPTED, "interrupted", "interrupted by signal: %s", ERRNO_SILENT)
