/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of errors: symbol, stable name, words. No include guard: included several times.
 *
 * "%s" in the words is the subject. Engines decide by these words what happened: see
 * docs/errors.md before changing one. A row whose words end in "%s" alone leaves the sentence to the
 * subject.
 */
/* command line and life cycle */
ERROR_CODE(USAGE, "usage", "%s")
ERROR_CODE(CONTAINER_ID_INVALID, "container-id-invalid", "invalid container ID format: %s")
ERROR_CODE(CONTAINER_EXISTS, "container-exists", "container with given ID already exists: %s")
ERROR_CODE(CONTAINER_UNKNOWN, "container-unknown", "container does not exist: %s")
ERROR_CODE(CONTAINER_NOT_RUNNING, "container-not-running", "container not running: %s")
ERROR_CODE(CONTAINER_RUNNING, "container-running", "cannot start an already running container: %s")
ERROR_CODE(CONTAINER_STOPPED, "container-stopped", "cannot start a container that has stopped: %s")
ERROR_CODE(CONTAINER_PAUSED, "container-paused", "container paused: %s")
ERROR_CODE(CONTAINER_NOT_STOPPED, "container-not-stopped", "cannot delete container %s")
ERROR_CODE(CONTAINER_BUSY, "container-busy", "container is in use by another command: %s")
ERROR_CODE(CONTAINER_INCOMPLETE, "container-incomplete", "container was not completely created: %s")
ERROR_CODE(SIGNAL_INVALID, "signal-invalid", "invalid signal: %s")
ERROR_CODE(STATE_ROOT, "state-root", "state directory %s")
ERROR_CODE(STATE_READ, "state-read", "cannot read the state of the container: %s")
ERROR_CODE(STATE_WRITE, "state-write", "cannot write the state of the container: %s")
ERROR_CODE(STATE_VERSION, "state-version", "state was written by a newer version of berth: %s")
/* reading the configuration */
ERROR_CODE(CONFIG_OPEN, "config-open", "cannot read %s")
ERROR_CODE(CONFIG_SYNTAX, "config-syntax", "not valid JSON: %s")
ERROR_CODE(CONFIG_LIMIT, "config-limit", "configuration exceeds a limit: %s")
ERROR_CODE(CONFIG_DUPLICATE, "config-duplicate", "duplicate name: %s")
ERROR_CODE(CONFIG_TYPE, "config-type", "wrong type: %s")
ERROR_CODE(CONFIG_RANGE, "config-range", "value out of range: %s")
ERROR_CODE(CONFIG_MISSING, "config-missing", "missing property: %s")
ERROR_CODE(CONFIG_VALUE, "config-value", "invalid value: %s")
ERROR_CODE(CONFIG_CONFLICT, "config-conflict", "conflicting properties: %s")
ERROR_CODE(CONFIG_UNSUPPORTED, "config-unsupported", "not supported: %s")
/* the bundle and the root file system */
ERROR_CODE(BUNDLE, "bundle", "bundle %s")
ERROR_CODE(ROOTFS, "rootfs", "root file system %s")
/* running a program */
ERROR_CODE(PROGRAM_INVALID, "program-invalid", "launch program is damaged: %s")
ERROR_CODE(MESSAGE_INVALID, "message-invalid", "malformed message from the container's init: %s")
ERROR_CODE(INIT_DIED, "init-died", "container init died: %s")
ERROR_CODE(INIT_START, "init-start", "cannot start the container's init: %s")
ERROR_CODE(NAMESPACE, "namespace", "namespace %s")
ERROR_CODE(IDMAP, "idmap", "cannot map ids: %s")
ERROR_CODE(CGROUP, "cgroup", "cgroup %s")
ERROR_CODE(CGROUP_BUSY, "cgroup-busy", "container's cgroup is not empty: %s")
ERROR_CODE(CGROUP_FROZEN, "cgroup-frozen", "container's cgroup unexpectedly frozen: %s")
ERROR_CODE(MOUNT, "mount", "%s")
ERROR_CODE(DEVICE, "device", "device %s")
ERROR_CODE(PATH_ESCAPE, "path-escape", "%s")
ERROR_CODE(MASK, "mask", "cannot mask %s")
ERROR_CODE(READONLY, "readonly", "cannot make %s read-only")
ERROR_CODE(SYSCTL, "sysctl", "sysctl %s")
ERROR_CODE(CONSOLE, "console", "console %s")
ERROR_CODE(SOCKET, "socket", "%s")
ERROR_CODE(HOOK, "hook", "%s")
ERROR_CODE(LSM, "lsm", "%s")
ERROR_CODE(SECCOMP, "seccomp", "seccomp: %s")
ERROR_CODE(PRIVILEGE, "privilege", "%s")
ERROR_CODE(LIMIT, "limit", "%s")
ERROR_CODE(CWD, "cwd", "chdir to cwd (\"%s\") set in config.json failed")
ERROR_CODE(EXEC, "exec", "exec: %s")
ERROR_CODE(FILE_OUTPUT, "file-output", "cannot write %s")
/* anything else that the system refused, and lack of memory */
ERROR_CODE(SYSTEM, "system", "%s")
ERROR_CODE(NO_MEMORY, "no-memory", "out of memory: %s")
ERROR_CODE(INTERRUPTED, "interrupted", "interrupted by signal: %s")
