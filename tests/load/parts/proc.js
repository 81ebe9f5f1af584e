'use strict';
// What /proc says of processes: their processor time and their memory.

const fs = require('node:fs');
const { execFileSync } = require('node:child_process');

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

function stat(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

// The process and all below it.
function tree(root) {
  const below = new Map();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const s = stat(name);
    if (s) below.set(s[1], [...(below.get(s[1]) || []), name]);
  }
  const all = [];
  const walk = (pid) => {
    all.push(pid);
    (below.get(pid) || []).forEach(walk);
  };
  walk(String(root));
  return all;
}

// Processor seconds of a process and all below it, ended children included.
function cpuSeconds(root) {
  let ticks = 0;
  for (const pid of tree(root)) {
    const s = stat(pid);
    if (s) ticks += s.slice(11, 15).reduce((sum, t) => sum + Number(t), 0);
  }
  return ticks / TICKS;
}

// Bytes: Rss counts shared pages in every process, Pss divides them.
function memory(root) {
  const sum = { rss: 0, pss: 0, processes: 0 };
  for (const pid of tree(root)) {
    let text;
    try {
      text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    } catch {
      continue;
    }
    sum.rss += Number(/^Rss:\s+(\d+)/m.exec(text)[1]) * 1024;
    sum.pss += Number(/^Pss:\s+(\d+)/m.exec(text)[1]) * 1024;
    sum.processes += 1;
  }
  return sum;
}

module.exports = { tree, cpuSeconds, memory, stat };
