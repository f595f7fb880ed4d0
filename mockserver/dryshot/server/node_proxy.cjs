// Loaded by `dryshot run` through NODE_OPTIONS. Node's fetch and https honour HTTPS_PROXY by
// themselves only from 24.5 on (and when NODE_USE_ENV_PROXY is set); before that, this does it.
"use strict";

const http = require("node:http");
const https = require("node:https");
const net = require("node:net");
const tls = require("node:tls");

const DISPATCHER = Symbol.for("undici.globalDispatcher.1");
const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i;

/** A socket to host:port by way of the proxy; `done(error, socket)`. */
function tunnel(proxy, host, port, done) {
  const place = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const ask = http.request({
    agent: false,
    headers: { host: place },
    host: proxy.hostname,
    method: "CONNECT",
    path: place,
    port: proxy.port,
  });
  ask.once("error", (error) => done(error));
  ask.once("connect", (answer, socket) => {
    if (answer.statusCode === 200) return done(null, socket);
    socket.destroy();
    return done(new Error(`${answer.statusCode} ${answer.statusMessage}`));
  });
  ask.end();
}

/** The agents of http and https: all of them, also those that a program makes itself. */
function lead(module, port, proxy) {
  const direct = module.Agent.prototype.createConnection;
  module.Agent.prototype.createConnection = function createConnection(options, done) {
    const host = options.host ?? options.hostname ?? "localhost";
    if (LOOPBACK.test(host) || options.socketPath || options.socket) {
      return direct.apply(this, arguments);
    }
    if (typeof done !== "function") {
      throw new Error(`dryshot run: no way to ${host} for an agent that does not wait`);
    }
    tunnel(proxy, host, options.port ?? port, (error, socket) => {
      if (error) return done(error);
      return done(null, module === https ? direct.call(this, { ...options, socket }) : socket);
    });
    return undefined;
  };
}

/** How fetch connects. */
function connect(proxy) {
  return (options, done) => {
    const host = options.hostname;
    const secure = options.protocol === "https:";
    const port = Number(options.port) || (secure ? 443 : 80);
    const begin = (error, socket) => {
      if (error) return done(error, null);
      if (!secure) return done(null, socket);
      const servername = options.servername || (net.isIP(host) ? undefined : host);
      const wrapped = tls.connect({ ALPNProtocols: ["http/1.1"], servername, socket });
      wrapped.once("error", (failure) => done(failure, null));
      return wrapped.once("secureConnect", () => done(null, wrapped));
    };
    if (!LOOPBACK.test(host)) return tunnel(proxy, host, port, begin);
    const socket = net.connect({ host: host.replace(/^\[|\]$/g, ""), port });
    socket.once("error", begin);
    return socket.once("connect", () => {
      socket.off("error", begin);
      begin(null, socket);
    });
  };
}

const given = process.env.HTTPS_PROXY;
if (given && !process.allowedNodeEnvironmentFlags.has("--use-env-proxy")) {
  const proxy = new URL(given);
  lead(http, 80, proxy);
  lead(https, 443, proxy);
  // Asking for Response loads what is behind fetch, whose kind of agent has no other way to it.
  if (globalThis.Response && globalThis[DISPATCHER]) {
    const Agent = globalThis[DISPATCHER].constructor;
    globalThis[DISPATCHER] = new Agent({ connect: connect(proxy) });
  }
}
