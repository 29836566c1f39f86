#!/usr/bin/env bash
# A Slurm of two virtual nodes on this machine, for tests: no root, no munge.
#
#   slurm.sh start DIR [CTLD_PORT NODE1_PORT NODE2_PORT]   then: export SLURM_CONF=DIR/slurm.conf
#   slurm.sh stop DIR
#
# Needs slurmctld, slurmd, slurm-client and slurm-wlm-basic-plugins. It listens on
# loopback only. auth/none trusts everybody who can connect: tests only.
set -euo pipefail

start() {
  local dir user host ctld=${2:-17817} node1=${3:-17818} node2=${4:-17819}
  dir=$(realpath -m "$1") user=$(id -un) host=$(hostname -s)
  mkdir -p "$dir"/{state,log,run,spool-n1,spool-n2}
  chmod 755 "$dir" "$dir"/*
  local jwt=
  if ls /usr/lib/*/slurm*/auth_jwt.so >/dev/null 2>&1; then
    (umask 077; head -c 32 /dev/urandom >"$dir/state/jwt.key")
    jwt="AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=$dir/state/jwt.key"
  fi
  # Mail goes into a file, a line for each.
  printf '#!/bin/sh\necho "$@" >>%s\n' "$dir/log/mail" >"$dir/mailprog"
  chmod 755 "$dir/mailprog"
  cat >"$dir/slurm.conf" <<C
ClusterName=test
MailProg=$dir/mailprog
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$ctld
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=5
$jwt
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/run/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
KillWait=1
MessageTimeout=3
SlurmdTimeout=5
SlurmctldTimeout=5
SlurmdParameters=config_overrides
GresTypes=gpu
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$node1 CPUs=4 RealMemory=8000 Gres=gpu:2
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$node2 CPUs=4 RealMemory=8000 Gres=gpu:2
PartitionName=batch Nodes=n1,n2 Default=YES MaxTime=60 DefaultTime=5 PriorityTier=1 State=UP
PartitionName=urgent Nodes=n1,n2 MaxTime=60 DefaultTime=5 PriorityTier=10 State=UP
C
  printf 'NodeName=n[1-2] Name=gpu File=%s\n' /dev/null /dev/zero >"$dir/gres.conf"
  export SLURM_CONF=$dir/slurm.conf
  slurmctld -f "$SLURM_CONF"
  slurmd -f "$SLURM_CONF" -N n1
  slurmd -f "$SLURM_CONF" -N n2
  for _ in $(seq 150); do
    [ "$(sinfo -h -N -o %t -p batch 2>/dev/null | grep -cx idle)" = 2 ] && return
    sleep 0.1
  done
  sinfo -N -l || true
  tail -n 20 "$dir"/log/*.log
  return 1
}

stop() {
  local dir f p
  dir=$(realpath -m "$1")
  for f in "$dir"/run/*.pid; do
    [ -s "$f" ] || continue
    kill "$(cat "$f")" 2>/dev/null || true
  done
  for _ in $(seq 50); do
    [ -n "$(cat "$dir"/run/*.pid 2>/dev/null)" ] || break
    sleep 0.1
  done
  # What the jobs of a node that was killed left behind.
  for p in /proc/[0-9]*; do
    environ "$p" | grep -qx "SLURM_CONF=$dir/slurm.conf" || continue
    if [ "$(cat "$p/comm" 2>/dev/null)" = slurmstepd ] || environ "$p" | grep -q '^SLURM_JOB_ID='; then
      kill -KILL "${p#/proc/}" 2>/dev/null || true
    fi
  done
}

environ() { tr '\0' '\n' 2>/dev/null <"$1/environ" || true; }

"$@"
