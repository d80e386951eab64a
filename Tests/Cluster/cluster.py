#!/usr/bin/env python3
"""Makes films on a real Slurm cluster of this machine, and breaks parts of it meanwhile.

    python3 Tests/Cluster/cluster.py .build/release/reel [--only node-killed]

The cluster is a controller and three nodes, each in a network namespace of its own, on a bridge that leads nowhere, with
a scratch disk of its own. It needs root, Slurm's daemons, munge and iproute2; where namespaces are not allowed it says
so and ends well. After each case the film has the coded pictures and sound of the one that was made without a cluster,
every shot is charged once, and no job is left.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent.parent
HEAD, NODES = "reelhead", ["reeln1", "reeln2", "reeln3"]
STORYBOARD = """\
title: Clustered
model: pixverse:1@6
defaults: {resolution: 360p, aspect: "1:1", duration: 5, audio: true}
shots:
%s
film: {deliver: [webm-vp9], thumbnails: false}
"""


def quiet(*words, check=True):
    return subprocess.run(words, check=check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


class Cluster:
    def __init__(self, root):
        self.root = root
        self.conf = root / "slurm.conf"
        self.children = {}
        # A repository under /tmp would be hidden by a private disk there.
        self.private = "/var/tmp" if str(CHECKOUT).startswith("/tmp/") else "/tmp"

    def inside(self, name, *words):
        return ["nsenter", f"--net=/run/netns/{name}", *words]

    def daemon(self, name, *words):
        """Starts a daemon in a namespace, under the name of its machine."""
        mount = "" if name == HEAD else f"mount -t tmpfs scratch {self.private} && "
        log = open(self.root / f"{name}.log", "a")
        self.children[name] = subprocess.Popen(
            self.inside(name, "unshare", "--uts", "--mount", "--propagation", "private", "sh", "-c",
                        f"hostname {name} && {mount}exec " + " ".join(words)),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def controller(self):
        self.daemon(HEAD, "slurmctld", "-D", "-f", str(self.conf))

    def node(self, name):
        self.daemon(name, "slurmd", "-D", "-f", str(self.conf))

    def up(self):
        pathlib.Path("/run/munge").mkdir(exist_ok=True)
        shutil.chown("/run/munge", "munge", "munge")
        if subprocess.run(["munge", "-n"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            self.children["munged"] = subprocess.Popen(
                ["setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", "munged", "--foreground"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait(lambda: subprocess.run(["munge", "-n"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL).returncode == 0, 10, "munge")
        quiet("ip", "netns", "add", HEAD)
        for words in (["link", "set", "lo", "up"], ["link", "add", "bridge0", "type", "bridge"],
                      ["addr", "add", "192.0.2.1/24", "dev", "bridge0"], ["link", "set", "bridge0", "up"]):
            quiet("ip", "-n", HEAD, *words)
        for place, name in enumerate(NODES):
            quiet("ip", "netns", "add", name)
            quiet("ip", "-n", name, "link", "set", "lo", "up")
            quiet("ip", "-n", HEAD, "link", "add", f"port{place}", "type", "veth", "peer", "name", "eth0", "netns", name)
            quiet("ip", "-n", HEAD, "link", "set", f"port{place}", "master", "bridge0", "up")
            quiet("ip", "-n", name, "addr", "add", f"192.0.2.{10 + place}/24", "dev", "eth0")
            quiet("ip", "-n", name, "link", "set", "eth0", "up")
        (self.root / "state").mkdir()
        settings = {
            "ClusterName": "reel", "SlurmctldHost": f"{HEAD}(192.0.2.1)", "SlurmUser": "root",
            "StateSaveLocation": self.root / "state", "SlurmctldPidFile": self.root / "slurmctld.pid",
            "SlurmdSpoolDir": self.root / "spool.%n", "SlurmdPidFile": self.root / "slurmd.%n.pid",
            "AuthType": "auth/munge", "AuthInfo": "cred_expire=5", "MpiDefault": "none",
            "ProctrackType": "proctrack/linuxproc", "TaskPlugin": "task/none",
            "JobAcctGatherType": "jobacct_gather/none", "AccountingStorageType": "accounting_storage/none",
            "SelectType": "select/cons_tres", "SelectTypeParameters": "CR_CPU", "SchedulerType": "sched/backfill",
            "SchedulerParameters": "batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1",
            # The shortest that work: a node that is lost is missed within seconds.
            "SlurmctldTimeout": 5, "SlurmdTimeout": 3, "MessageTimeout": 3, "TCPTimeout": 1, "KillWait": 2,
            "MinJobAge": 86400, "JobRequeue": 0, "ReturnToService": 2,
        }
        lines = [f"{name}={value}" for name, value in settings.items()]
        lines.append("NodeName=DEFAULT CPUs=2 RealMemory=4000 State=UNKNOWN")
        lines += [f"NodeName={name} NodeAddr=192.0.2.{10 + place} Port=6818" for place, name in enumerate(NODES)]
        lines.append("PartitionName=media Nodes=ALL Default=YES MaxTime=INFINITE State=UP")
        self.conf.write_text("\n".join(lines) + "\n")
        self.controller()
        for name in NODES:
            (self.root / f"spool.{name}").mkdir()
            self.node(name)
        self.ready()

    def ready(self):
        """Waits until all nodes are free. Slurm drains one on which it finds a job twice, and leaves it to a person."""
        def are_free():
            states = self.ask("sinfo", "-h", "-N", "-o", "%N %T").splitlines()
            for line in states:
                if "drain" in line:
                    self.ask("scontrol", "update", f"NodeName={line.split()[0]}", "State=RESUME")
            return sum(line.endswith(" idle") for line in states) == len(NODES)
        wait(are_free, 90, "all nodes")

    def ask(self, *words):
        return subprocess.run(self.inside(HEAD, *words), env={**os.environ, "SLURM_CONF": str(self.conf)},
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout

    def jobs(self):
        """Number, name, state and node of every job there ever was."""
        return [line.split("|") for line in self.ask("squeue", "-h", "-t", "all", "-o", "%i|%j|%T|%N").splitlines()]

    def seconds(self, name):
        """How long the newest job of a name ran."""
        jobs = [line.split("|") for line in self.ask("squeue", "-h", "-t", "all", "-n", name, "-o", "%i|%M").split()]
        newest = max(jobs, key=lambda job: int(job[0]))[1]
        return sum(int(part) * 60 ** place for place, part in enumerate(reversed(newest.split(":"))))

    def at_work(self):
        return [job for job in self.jobs() if job[2] in ("RUNNING", "PENDING")]

    def kill(self, name):
        """A machine loses its power."""
        for pid in quiet("ip", "netns", "pids", name).split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.children[name].wait()

    def down(self):
        self.ask("scancel", "-u", "root")
        for name in [HEAD, *NODES]:
            if name in self.children:
                self.kill(name)
        if "munged" in self.children:
            self.children["munged"].terminate()
        for name in [*NODES, HEAD]:
            quiet("ip", "netns", "del", name, check=False)


def sweep():
    """What a killed run left."""
    there = quiet("ip", "netns", "list", check=False)
    for name in [*NODES, HEAD]:
        if name in there:
            for pid in quiet("ip", "netns", "pids", name, check=False).split():
                subprocess.run(["kill", "-9", pid], stderr=subprocess.DEVNULL)
            quiet("ip", "netns", "del", name, check=False)


def wait(is_so, seconds, what):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise Wrong(f"waited {seconds} s for {what}")
        time.sleep(0.05)


class Wrong(Exception):
    """What is not as it must be."""


def storyboard(folder, count):
    folder.mkdir(parents=True)
    shots = [f"  - {{id: s{place}, prompt: a lamp in the fog number {place}, seed: {place}"
             + (", start: fresh}" if place % 4 == 1 and place > 1 else "}") for place in range(1, count + 1)]
    (folder / "film.yaml").write_text(STORYBOARD % "\n".join(shots))


class Films:
    def __init__(self, reel, root, cluster):
        self.reel, self.root, self.cluster = reel, root, cluster
        self.expected = {}

    def run(self, folder, *words, clustered=True):
        command = [self.reel, "film", "film.yaml", "--out", "out", "--sandbox-delay", "0", *words]
        environment = {**os.environ, "SLURM_CONF": str(self.cluster.conf), "RUNWARE_API_KEY": ""}
        if clustered:
            command = self.cluster.inside(HEAD, *command, "--executor", "slurm", "--poll", "0.3")
        return subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def finish(self, run, code=0):
        words = run.communicate(timeout=400)[1]
        if run.returncode != code:
            raise Wrong(f"the film ended with {run.returncode}, not {code}:\n{words[-1500:]}")
        return words

    def streams(self, folder):
        return quiet("ffmpeg", "-v", "error", "-i", str(folder / "out" / "film.webm"), "-map", "0:v", "-map", "0:a",
                     "-c", "copy", "-f", "streamhash", "-")

    def local(self, count):
        if count not in self.expected:
            folder = self.root / f"local-{count}"
            storyboard(folder, count)
            self.finish(self.run(folder, clustered=False))
            self.expected[count] = self.streams(folder)
        return self.expected[count]

    def check(self, folder, count):
        if self.streams(folder) != self.local(count):
            raise Wrong("the film is not the one that is made without a cluster")
        charges = [json.loads(file.read_text())["charge"] for file in (folder / ".reel/sandbox/tasks").glob("*.json")]
        if len(charges) != count or 0 in charges:
            raise Wrong(f"{len(charges)} tasks were charged for {count} shots")
        # The result is there before Slurm knows that the job has ended.
        wait(lambda: not self.cluster.at_work(), 60, f"no jobs, and there are {self.cluster.at_work()}")


def running(cluster, folder, node=None):
    """A job of the film at work, on that node if one is named; waits for it."""
    found = []

    def look():
        names = {path.name for path in (folder / ".reel" / "steps").glob("film-*")}
        found[:] = [job for job in cluster.jobs() if job[2] == "RUNNING" and job[1] in names and node in (None, job[3])]
        return bool(found)
    wait(look, 120, "a job at work")
    return found[0]


def plain(films, folder):
    storyboard(folder, 12)
    before = len(films.cluster.jobs())
    films.finish(films.run(folder))
    films.check(folder, 12)
    count = len(films.cluster.jobs()) - before
    if count != 13:
        raise Wrong(f"12 shots and a film were {count} jobs")
    return f"{count} jobs"


def node_killed(films, folder):
    # What it takes where nothing is lost.
    storyboard(folder / "calm", 4)
    begun = time.monotonic()
    films.finish(films.run(folder / "calm"))
    calm = time.monotonic() - begun
    storyboard(folder / "struck", 4)
    begun = time.monotonic()
    run = films.run(folder / "struck")
    job = running(films.cluster, folder / "struck")
    films.cluster.kill(job[3])
    died = time.monotonic()
    try:
        wait(lambda: any(other[0] == job[0] and other[2] == "NODE_FAIL" for other in films.cluster.jobs()), 60,
             "Slurm to miss the node")
        missed = time.monotonic() - died
        films.finish(run)
        extra = time.monotonic() - begun - calm
        films.check(folder / "struck", 4)
        step = films.cluster.seconds(job[1])
    finally:
        films.cluster.node(job[3])
        films.cluster.ready()
    # The figure is detection, a step and 5 s; a machine that is busy beside it may take as long again.
    if extra > missed + step + 15:
        raise Wrong(f"the film took {extra:.1f} s longer; Slurm missed the node after {missed:.1f} s, the step takes {step} s")
    return (f"{job[3]} died at work and was missed {missed:.1f} s later, its step takes {step} s; "
            f"the film took {extra:.1f} s longer than {calm:.1f} s")


def head_killed(films, folder):
    storyboard(folder, 4)
    run = films.run(folder)
    job = running(films.cluster, folder)
    run.kill()
    run.communicate()
    films.finish(films.run(folder))
    films.check(folder, 4)
    count = collections.Counter(job[1] for job in films.cluster.jobs())[job[1]]
    if count != 1:
        raise Wrong(f"the job that ran was submitted {count} times")
    return "the job that was left was taken up"


def controller_killed(films, folder):
    storyboard(folder, 4)
    run = films.run(folder)
    running(films.cluster, folder)
    films.cluster.children[HEAD].kill()
    quiet("pkill", "-9", "-f", f"slurmctld -D -f {films.cluster.conf}", check=False)
    time.sleep(3)
    films.cluster.controller()
    films.finish(run)
    films.check(folder, 4)
    films.cluster.ready()
    return "away for 3 s"


def cut_off(films, folder):
    storyboard(folder, 4)
    run = films.run(folder)
    job = running(films.cluster, folder)

    def copies():
        return [other for other in films.cluster.jobs() if other[1] == job[1]]
    # The node's copy is held until Slurm misses the node and the head has it done elsewhere: then both end.
    steps = []

    def hold():
        for pid in quiet("ip", "netns", "pids", job[3]).split():
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if words[1:2] == [b"step"]:
                    os.kill(int(pid), signal.SIGSTOP)
                    steps.append(int(pid))
            except (FileNotFoundError, ProcessLookupError):
                pass
        return bool(steps)
    wait(hold, 30, "the step's process")
    quiet("ip", "-n", job[3], "link", "set", "eth0", "down")
    try:
        wait(lambda: any(other[2] == "RUNNING" for other in copies() if other[0] != job[0]), 90, "the second copy")
        for pid in steps:
            os.kill(pid, signal.SIGCONT)
        films.finish(run)
    finally:
        quiet("ip", "-n", job[3], "link", "set", "eth0", "up")
        films.cluster.ready()
    films.check(folder, 4)
    return f"{job[3]} was cut off and went on; {len(copies())} copies, one film"


def failing(films, folder):
    storyboard(folder, 4)
    run = films.run(folder)
    name = running(films.cluster, folder)[1]
    # Whoever works on it is killed, as a kernel does that is out of memory.
    while run.poll() is None:
        for node in NODES:
            for pid in quiet("ip", "netns", "pids", node).split():
                try:
                    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                    if words[1:2] == [b"step"] and name.encode() in words[2]:
                        os.kill(int(pid), signal.SIGKILL)
                except (FileNotFoundError, ProcessLookupError):
                    pass
        time.sleep(0.02)
    words = films.finish(run, code=1)
    if "with twice the memory too" not in words or "log is" not in words:
        raise Wrong(f"the film does not say why:\n{words}")
    wait(lambda: not films.cluster.at_work(), 60, "no jobs")
    copies = [job for job in films.cluster.jobs() if job[1] == name]
    if len(copies) != 2:
        raise Wrong(f"the job that was killed was submitted {len(copies)} times")
    films.finish(films.run(folder))
    films.check(folder, 4)
    return "killed twice it ended the film with the reason; the next run bought nothing"


def doctor(films, folder):
    folder.mkdir()
    run = subprocess.run(films.cluster.inside(HEAD, films.reel, "doctor", "--executor", "slurm", "--json"), cwd=folder,
                         env={**os.environ, "SLURM_CONF": str(films.cluster.conf)}, stdout=subprocess.PIPE, text=True)
    found = json.loads(run.stdout)["cluster"]
    tried = sorted(machine["name"] for machine in found["machines"] if machine.get("processors"))
    if run.returncode != 0 or tried != NODES or found["findings"] or list(folder.iterdir()):
        raise Wrong(f"exit {run.returncode}, {found}, and left are {list(folder.iterdir())}")
    return "a job on each node found the folder, the program and FFmpeg"


def cancelled(films, folder):
    storyboard(folder, 4)
    run = films.run(folder)
    running(films.cluster, folder)
    run.send_signal(signal.SIGINT)
    films.finish(run, code=130)
    wait(lambda: not films.cluster.at_work(), 20, "no jobs")
    films.finish(films.run(folder))
    films.check(folder, 4)
    return "Ctrl-C left no job, and the next run went on"


CASES = {"doctor": doctor, "plain": plain, "node-killed": node_killed, "head-killed": head_killed,
         "controller-killed": controller_killed, "cut-off": cut_off, "failing": failing, "cancelled": cancelled}


def main():
    options = argparse.ArgumentParser(description="films on a cluster that is broken meanwhile")
    options.add_argument("reel")
    options.add_argument("--only", choices=CASES, action="append")
    options = options.parse_args()
    reel = str(pathlib.Path(options.reel).resolve())
    if os.geteuid() == 0:
        sweep()
    if os.geteuid() != 0 or subprocess.run(["ip", "netns", "add", HEAD], stderr=subprocess.DEVNULL).returncode != 0:
        print("cluster: skipped: network namespaces need root, and must be allowed on this machine")
        return
    quiet("ip", "netns", "del", HEAD)
    root = CHECKOUT / ".build" / "cluster"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    cluster = Cluster(root)
    films = Films(reel, root, cluster)
    wrong = []
    try:
        begun = time.monotonic()
        try:
            cluster.up()
        except (Wrong, subprocess.SubprocessError, OSError) as error:
            print(f"cluster: skipped: none can be brought up on this machine: {error}")
            return
        print(f"cluster: a controller and {len(NODES)} nodes, up in {time.monotonic() - begun:.1f} s", flush=True)
        for name in options.only or CASES:
            begun = time.monotonic()
            try:
                words = CASES[name](films, root / name)
            except (Wrong, subprocess.SubprocessError, OSError) as error:
                wrong.append(name)
                words = f"WRONG: {error}"
            print(f"{name:<20} {time.monotonic() - begun:6.1f} s  {words}", flush=True)
    finally:
        cluster.down()
    if wrong:
        print(f"cluster: {len(wrong)} wrong; see {root}")
        sys.exit(1)
    shutil.rmtree(root)


if __name__ == "__main__":
    main()
