// The web site: which request gets which page, and what a form sets off.
import { checkForm, readForm } from './form.ts';
import { formPage, lastPage, waitingPage } from './page.ts';
import type { Bytes } from '../board.ts';
import type { Rules, Settings } from '../config.ts';
import type { Answer, Request } from './http.ts';
import type { Mode } from './mode.ts';
import type { Networks } from './networks.ts';
import type { Trial } from './trial.ts';

/** The chip's own address on its access point. */
export const AP_ADDRESS = '192.168.4.1';

/** In ticks: the phone fetches the page before its access point moves to another channel. */
const GRACE_TICKS = 4;
/** Ticks until all is over once the person has seen that it worked, and if nobody looks. */
const SEEN_TICKS = 20;
const UNSEEN_TICKS = 240;

/** What the site works with. */
export interface SiteOptions {
  mode: Mode;
  networks: Networks;
  rules: Rules;
  settings: Settings;
  trial: Trial;
}

/** Creates the site: what answers a request. */
export function createSite(options: SiteOptions): (request: Request, answer: Answer) => void {
  const mode = options.mode;
  const networks = options.networks;
  const settings = options.settings;

  function onForm(): void {
    const wanted = checkForm(mode.form, options.rules, networks.list, settings);
    mode.message = typeof wanted === 'string' ? wanted : '';
    if (typeof wanted === 'string') return;
    const ssid = wanted.attempt.ssid;
    mode.attempt(wanted.attempt, wanted.changes, GRACE_TICKS, function (reason) {
      const address = options.trial.address();
      if (reason) mode.message = 'Not saved: ' + reason;
      else
        mode.finish('Saved: the light is ' + address + ' in ' + ssid + '. This access point closes now.', UNSEEN_TICKS);
    });
  }

  function show(): Bytes {
    if (mode.isDone) {
      mode.ticksLeft = Math.min(mode.ticksLeft, SEEN_TICKS);
      return lastPage(mode.title, mode.message);
    }
    if (mode.isTrying) return waitingPage(mode.title, mode.ssid);
    return formPage(mode, networks.list, settings);
  }

  function onPost(request: Request, answer: Answer): void {
    function back(): void {
      answer('303 See Other', '', '/');
    }
    const isIdle = !mode.isTrying && !mode.isDone;
    if (!isIdle) return back();
    mode.form = readForm(request.body);
    mode.message = '';
    if (request.path === '/scan') return networks.scan(back);
    onForm();
    back();
  }

  return function (request, answer) {
    const host = request.host.split(':')[0];
    const isOurs = host === AP_ADDRESS || (host !== '' && host === options.trial.address());
    const isForeign = request.origin !== '' && request.origin !== 'http://' + request.host;
    if (request.method === 'POST') {
      if (isOurs && !isForeign) onPost(request, answer);
      else answer('403 Forbidden', 'open http://' + AP_ADDRESS, '');
    } else if (request.method !== 'GET') answer('405 Method Not Allowed', '', '');
    else if (!isOurs) answer('302 Found', '', 'http://' + AP_ADDRESS + '/');
    else if (request.path.split('?')[0] !== '/') answer('404 Not Found', '', '');
    else
      networks.settle(function () {
        answer('200 OK', show(), '');
      });
  };
}
