/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/manual-text.h"

#include <stddef.h>

const struct manual_text manual_texts[] = {
	{ "completion",
	  "Prints a script that completes the commands, options and containers of berth in the given shell: "
	  "bash, fish or zsh. \"make install\" puts the same scripts where these shells look for them.",
	  "berth completion bash > /etc/bash_completion.d/berth" },
	{ "create",
	  "Reads the bundle (a directory with a configuration, config.json, and a root file system), checks "
	  "all of it, and makes the container that it describes: namespaces, cgroup, mounts, devices. The "
	  "program of the container does not run yet; its process waits for \"berth start\".\n\n"
	  "When anything fails, everything that was made until then is taken back.",
	  "berth create --bundle /srv/web --pid-file /run/web.pid web" },
	{ "delete",
	  "Removes a stopped container: its cgroup, its systemd unit if there is one, its state, and runs its "
	  "poststop hooks. A container that runs is only deleted with --force, which kills it first. "
	  "Of several containers each is tried, whatever becomes of the others.\n\n"
	  "With --force it also removes what a killed berth has left behind.\n\n"
	  "With --regex each operand is an extended regular expression (see regex(7)), and all containers "
	  "are deleted in whose ids one of them is found. A pattern that matches nothing is an error, and then "
	  "nothing is deleted; with --force it is none.",
	  "berth delete --force web" },
	{ "events",
	  "Prints the resource usage of a container as JSON, one object a line: once with --stats, else "
	  "again and again, together with its out-of-memory events, until the container ends.\n\n"
	  "Pressure (time lost by waiting for CPU, memory or devices) is part of the statistics on cgroup v2, as "
	  "averages over 10, 60 and 300 seconds. With --pressure there is a record, too, as soon as processes "
	  "wait for memory: on v2 for 100 ms of a second (low) or for 400 ms (medium, and critical if all of "
	  "them do), on v1 when the kernel calls it so.",
	  "berth events --stats web" },
	{ "exec",
	  "Runs another program in a running container, in its namespaces and its cgroup, and with its "
	  "confinement. Without a process file the program and its arguments stand behind the id; user, "
	  "directory, environment and capabilities are those of the container's own program unless options "
	  "say otherwise.",
	  "berth exec --tty web /bin/sh" },
	{ "explain",
	  "Compiles a bundle as \"berth create\" does and prints the operations that would be executed, in "
	  "order, with every value as the kernel will get it. Nothing is changed, and no privileges are "
	  "needed.",
	  "berth explain /srv/web" },
	{ "features",
	  "Prints the features document of the OCI runtime specification: what this berth supports, whatever "
	  "the host that it runs on can do.", NULL },
	{ "kill",
	  "Sends a signal, given by name or number, to the first process of a container; with --all to each of "
	  "its processes. Without a signal it is the stop signal of the container's image, or TERM.\n\n"
	  "With --regex the first operand is an extended regular expression (see regex(7)), and all "
	  "containers are meant in whose ids it is found. Each is tried, whatever becomes of the others; that "
	  "there is none is an error.",
	  "berth kill web KILL" },
	{ "list",
	  "Lists the containers below the state directory with process id, status, bundle, time of creation "
	  "and owner.",
	  "berth list --format json" },
	{ "pause", "Stops every process of a container through the freezer of its cgroup, until "
		   "\"berth resume\".", NULL },
	{ "ps",
	  "Lists the processes of a container: the process ids with --format json, else the lines that ps(1) "
	  "has for them, with the columns that the given options ask for.",
	  "berth ps web -ef" },
	{ "resume", "Lets the processes of a paused container go on.", NULL },
	{ "run",
	  "Creates a container, starts it, passes signals and the terminal on to it, waits for its end and "
	  "deletes it. The exit status is that of the container's program, or 128 and the number of the "
	  "signal that killed it. With --detach berth returns once the program runs.",
	  "berth run --bundle /srv/web web" },
	{ "spec", "Writes a configuration that runs a shell in ./rootfs, to begin with.",
	  "mkdir -p bundle/rootfs && cd bundle && berth spec" },
	{ "start",
	  "Lets a created container's program run. It returns when the program has been executed; if that "
	  "fails, the error says why.", "berth start web" },
	{ "state", "Prints the state of a container as the OCI runtime specification defines it.", NULL },
	{ "update",
	  "Changes resource limits of a container, by options or by a resources object of the OCI runtime "
	  "specification in a file. What is not mentioned stays as it is. With the systemd cgroup manager "
	  "the properties of the container's unit are changed as well.",
	  "berth update --memory 536870912 --pids-limit 200 web" },
	{ NULL, NULL, NULL },
};
