// Runs the gateway's store reader (read_logins in src/gateway/sh/status.sh) on damaged stores: one to three changed
// bytes each, and in some a key that became another one. Fails if a run of 12 characters of a secret is printed.
//
// node fuzz/stores.js [COUNT [SEED]]
"use strict";
const fs = require("fs");
const path = require("path");

const script = fs.readFileSync(path.join(__dirname, "../src/gateway/sh/status.sh"), "utf8");
const source = /^read_logins\(\) \{\n\s*"\$1" -e '([^']+)' "\$nonce"\n\}/m.exec(script)[1];
const reader = new Function("require", "process", "console", source);
const EXIT = {};

function run(text) {
  const lines = [];
  const process = { argv: ["node", "NONCE"], exit() { throw EXIT; } };
  try {
    reader(() => ({ readFileSync: () => text }), process, { log: (...words) => lines.push(words.join(" ")) });
  } catch (error) {
    if (error !== EXIT) throw error;
  }
  return lines.join("\n");
}

// All of them made up.
const SECRETS = ["sk-ant-oat01-" + "Q7w".repeat(31) + "AA", "rt_" + "Zk4".repeat(20), "MADEUP" + "x9".repeat(40)];
const STORE = JSON.stringify({
  version: 1,
  profiles: {
    "anthropic:me": { type: "token", provider: "anthropic", token: SECRETS[0], expires: 1900000000000 },
    "openai:me@example.com": { type: "oauth", provider: "openai", access: SECRETS[2], refresh: SECRETS[1], expires: 1 },
    "openrouter:default": { type: "api_key", provider: "openrouter", key: SECRETS[2] },
  },
  order: { anthropic: ["anthropic:me"] },
});
const RUNS = SECRETS.flatMap((secret) =>
  Array.from({ length: secret.length - 11 }, (_, at) => secret.slice(at, at + 12)));
const BYTES = '"\\{}[]:, \n\t0a_-e/';

let state = Number(process.argv[3] || 1) >>> 0;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
};

const KEYS = ["type", "provider", "token", "access", "refresh", "key", "expires", "profiles"];

function damaged() {
  let text = STORE;
  // A key that became another one: a secret stands where a name is looked for, in a store that is still JSON.
  if (random(4) === 0) {
    text = text.split(`"${KEYS[random(KEYS.length)]}":`).join(`"${KEYS[random(KEYS.length)]}":`);
  }
  for (let edits = 1 + random(3); edits > 0; edits--) {
    const at = random(text.length);
    const byte = BYTES[random(BYTES.length)];
    const kind = random(3);
    text = text.slice(0, at) + (kind === 0 ? "" : byte) + text.slice(kind === 1 ? at : at + 1);
  }
  return text;
}

const count = Number(process.argv[2] || 1000000);
if (run(STORE).split("login").length !== 4) throw new Error("the undamaged store is not read");
let read = 0;
for (let done = 0; done < count; done++) {
  const text = damaged();
  const printed = run(text);
  if (printed) read++;
  if (printed && RUNS.some((part) => printed.includes(part))) {
    console.error(`a secret is printed:\n${printed}\nof:\n${text}`);
    process.exit(1);
  }
}
if (read === 0) throw new Error("no damaged store was read at all");
console.log(`${count} stores, ${read} of them read, no secret printed`);
