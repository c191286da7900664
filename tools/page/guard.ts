// Who may speak to the page's server: requests for its own names only, from its own pages only, and with its token where it has one.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** 128 bits. */
const TOKEN_BYTES = 16;

/** Browsers leave it out. */
const HTTP_PORT = 80;

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Whether only this computer can reach an address. */
export const isLoopback = (host: string): boolean => LOOPBACK.includes(host);

/** Makes a token, for an address. */
export const createToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** An address as a URL has it. */
const inUrl = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

const ANY = ['0.0.0.0', '::'];

const interfaces = () => Object.values(networkInterfaces()).flatMap((list) => list ?? []);

/** All names of this computer. */
const ownNames = (): string[] => [...interfaces().map(({ address }) => address), hostname(), `${hostname()}.local`];

/** The address to open from elsewhere when the server listens on `host`. */
export function shownHost(host: string): string {
  if (!ANY.includes(host)) return inUrl(host);
  const outside = interfaces().find(({ family, internal }) => family === 'IPv4' && !internal);
  return outside?.address ?? hostname();
}

/**
 * The names by which a browser may ask for the page. Any other is somebody else's name that leads here (DNS rebinding).
 * @param host the address that the server listens on
 */
export function namesOf(host: string): string[] {
  if (isLoopback(host)) return LOOPBACK.map(inUrl);
  return [...(ANY.includes(host) ? ownNames() : [host]), ...LOOPBACK].map((name) => inUrl(name).toLowerCase());
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What a guard knows of the server. */
interface GuardOptions {
  host: string;
  port: number;
  /** Without one every path is open. */
  token: string | undefined;
}

/** What a guard reads of a request. */
interface Asked {
  url?: string | undefined;
  headers: { host?: string | undefined; origin?: string | undefined };
}

/** Creates the guard of a server. */
export function createGuard({ host, port, token }: GuardOptions) {
  const names = namesOf(host);
  const hosts = names.map((name) => `${name}:${port}`).concat(port === HTTP_PORT ? names : []);

  /** In constant time, so that nobody can guess it piece by piece. */
  const isToken = (text: string): boolean => token === undefined || timingSafeEqual(digest(text), digest(token));

  return {
    /** The path below which everything lies. */
    base: token === undefined ? '/' : `/${token}/`,
    /**
     * What lies at the path that is asked for, such as `app.js`.
     * @returns undefined when the request is for another host, or without the token
     */
    pathOf({ url = '/', headers }: Asked): string | undefined {
      if (!hosts.includes((headers.host ?? '').toLowerCase())) return undefined;
      const path = url.split('?')[0]!.slice(1);
      if (token === undefined) return path;
      const [given = '', ...rest] = path.split('/');
      return isToken(given) && rest.length > 0 ? rest.join('/') : undefined;
    },
    /** Whether a page of ours asks, and no other site in the same browser. */
    isOurs: ({ headers }: Asked): boolean => headers.origin === `http://${headers.host}`,
  };
}

/** A guard. */
export type Guard = ReturnType<typeof createGuard>;
