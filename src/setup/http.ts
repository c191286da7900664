// A web server on bare sockets: the interpreter's own has no time-outs, and does not show a client before its whole head has come.
import type { Bytes, Socket } from '../board.ts';
import type { Server, SetUpNet } from './ports.ts';

/** The chip has ten sockets in all, and a browser opens some ahead. */
const MOST_CLIENTS = 4;

/** Ticks of half a second for a whole request and its answer. */
const CLIENT_TICKS = 20;

/** Browsers send some 800 bytes of head, and the form has less than 1,300. */
const MOST_BYTES = 3_072;

/** The page loads nothing and runs nothing, and nobody may frame it. */
const HEAD =
  '\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Security-Policy: ' +
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'\r\nContent-Length: ";

/** A whole request. */
export interface Request {
  method: Bytes;
  path: Bytes;
  host: Bytes;
  /** Empty when absent. */
  origin: Bytes;
  /** As the head says. */
  bodyBytes: number;
  body: Bytes;
}

/** Answers a request, now or later. @param location where to look instead; empty for here */
export type Answer = (status: string, body: Bytes, location: string) => void;

interface Client {
  socket: Socket;
  input: Bytes;
  hasAsked: boolean;
  age: number; // ticks
}

/** A web server. */
export interface Http {
  /** To be called twice a second. */
  tick(): void;
  /** Throws when no socket is left. */
  open(): void;
  close(): void;
}

/** Reads a head; undefined when it is none. */
function parseHead(head: Bytes): Request | undefined {
  const lines = head.split('\r\n');
  const first = lines[0]!.split(' ');
  if (first.length !== 3 || first[2]!.substr(0, 5) !== 'HTTP/') return undefined;
  const request: Request = { method: first[0]!, path: first[1]!, host: '', origin: '', bodyBytes: 0, body: '' };
  lines.forEach(function (line) {
    const at = line.indexOf(':');
    const name = line.substr(0, at).toLowerCase();
    const value = line.substr(at + 1).trim();
    if (name === 'host') request.host = value;
    if (name === 'origin') request.origin = value;
    if (name === 'content-length') request.bodyBytes = parseInt(value, 10);
  });
  return request.bodyBytes >= 0 ? request : undefined;
}

/** Creates a server on port 80, closed. */
export function createHttp(net: SetUpNet, onRequest: (request: Request, answer: Answer) => void): Http {
  let clients: Client[] = [];
  let server: Server | undefined;

  function forget(client: Client): void {
    clients = clients.filter(function (other) {
      return other !== client;
    });
  }

  function drop(client: Client): void {
    forget(client);
    try {
      client.socket.end();
    } catch {
      // it is closed
    }
  }

  function reply(client: Client, status: string, body: Bytes, location: string): void {
    const where = location ? '\r\nLocation: ' + location : '';
    try {
      client.socket.write('HTTP/1.1 ' + status + where + HEAD + body.length + '\r\n\r\n' + body);
      client.socket.end();
    } catch {
      // the client is gone
    }
  }

  function receive(client: Client, data: Bytes): void {
    if (client.hasAsked) return;
    const input = client.input + data;
    client.input = input;
    const end = input.indexOf('\r\n\r\n'); // on the chip also where the input ends with a part of that
    const request = end < 0 ? undefined : parseHead(input.substr(0, end));
    const isTooBig = input.length > MOST_BYTES || (request && request.bodyBytes > MOST_BYTES);
    if (!isTooBig && (end < 0 || (request && input.length < end + 4 + request.bodyBytes))) return;

    client.hasAsked = true;
    client.input = '';
    if (isTooBig) return reply(client, '413 Content Too Large', 'too big', '');
    if (!request) return reply(client, '400 Bad Request', 'this is no HTTP', '');
    request.body = input.substr(end + 4, request.bodyBytes);
    onRequest(request, function (status, body, location) {
      reply(client, status, body, location);
    });
  }

  function accept(socket: Socket): void {
    const client: Client = { socket: socket, input: '', hasAsked: false, age: 0 };
    if (clients.length >= MOST_CLIENTS) drop(clients[0]!); // the newest is the one that most likely asks
    clients.push(client);
    socket.on('close', function () {
      forget(client);
    });
    socket.on('data', function (data) {
      receive(client, data);
    });
  }

  return {
    tick: function () {
      clients
        .filter(function (client) {
          client.age++;
          return client.age > CLIENT_TICKS;
        })
        .forEach(drop);
    },
    open: function () {
      if (server) return;
      const next = net.createServer(accept);
      next.listen(80);
      server = next; // a port that could not be opened is tried again
    },
    close: function () {
      if (server) server.close();
      server = undefined;
      clients.forEach(drop);
    },
  };
}
