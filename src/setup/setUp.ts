// The set-up mode: for 15 minutes an access point with a page, and Improv on the serial line. The light goes on running meanwhile.
import { createRules } from '../config.ts';
import { Restart } from '../health.ts';
import { createWrite } from '../store.ts';
import { Hold } from '../wifi.ts';
import { checkForm, readForm, type Changes, type Form } from './form.ts';
import { createHttp, type Answer, type Request } from './http.ts';
import { State } from './improv.ts';
import { createNetworks } from './networks.ts';
import { formPage, lastPage, waitingPage } from './page.ts';
import { createLine } from './serialLine.ts';
import { createTrial, type Attempt } from './trial.ts';
import type { Bytes } from '../board.ts';
import type { SetUpBoard, SetUpParts } from './ports.ts';

const SETTINGS_FILE = 'light.json';
/** Holds the password of the access point; written when the board is flashed. */
const PASSWORD_FILE = 'light.ap';
/** The chip's own address on its access point. */
const AP_ADDRESS = '192.168.4.1';

const TICK_MS = 500;
const OPEN_TICKS = 1_800;
/** Until a trial begins: the phone fetches the page before its access point moves to another channel. */
const GRACE_TICKS = 4;
/** Until all is over once the person has seen that it worked, and if nobody looks. */
const SEEN_TICKS = 8;
const UNSEEN_TICKS = 120;

/** Opens the mode; everything is back as it was when it ends. */
export function createSetUp(board: SetUpBoard, parts: SetUpParts): void {
  const wifi = parts.wifi;
  const settings = parts.settings;
  const title = 'light-' + board.serial.substr(-4);
  const write = createWrite(board.storage, board.log);
  const rules = createRules(board, function (text) {
    return text;
  });
  let form: Form = {};
  let message = '';
  let ticksLeft = OPEN_TICKS;
  let graceTicks = 0;
  let ssid = ''; // that is tried
  let pending: (() => void) | undefined; // a trial that begins when the grace is over
  let isTrying = false;
  let isJoined = false; // by Improv, and saved
  let isDone = false;

  function hold(isBusy: boolean): void {
    parts.station.hold = isBusy ? Hold.BUSY : Hold.SET_UP;
  }

  const networks = createNetworks(
    wifi,
    function (ssid) {
      return rules['wifi']!({ ssid: ssid }) !== undefined;
    },
    function (isBusy) {
      hold(isBusy || isTrying);
    },
  );
  const trial = createTrial(board, wifi);

  /** Opens the access point, again where a trial has closed it (ESP32-C3). Without a password there is none. */
  function openAp(): boolean {
    const password = board.storage.read(PASSWORD_FILE);
    if (!password) return false;
    if ((wifi.getStatus().mode || '').indexOf('AP') !== 0)
      wifi.startAP(title, { authMode: 'wpa2', password: password }, function () {});
    return true;
  }

  /** Writes what has changed; keeps the other settings. */
  function save(changes: Changes): boolean {
    const file = (board.storage.readJSON(SETTINGS_FILE, true) || {}) as Record<string, unknown>;
    Object.keys(changes).forEach(function (key) {
      if (changes[key] === '') delete file[key];
      else file[key] = changes[key];
    });
    const text = JSON.stringify(file);
    return write(SETTINGS_FILE, text, 0, text.length);
  }

  /** Tries, and saves what works. */
  function attempt(what: Attempt, changes: Changes, done: (reason: string) => void): void {
    isTrying = true;
    ssid = what.ssid;
    hold(true);
    trial.start(what, function (reason) {
      const failure = reason || (save(changes) ? '' : 'the flash is full: flash the board again by USB');
      isTrying = false;
      hold(false);
      openAp();
      if (!failure) settings.wifi = { ssid: what.ssid, password: what.password };
      done(failure);
    });
  }

  function finish(text: string): void {
    isDone = true;
    message = text;
    ticksLeft = UNSEEN_TICKS;
  }

  function onForm(body: Bytes): void {
    form = readForm(body);
    const wanted = checkForm(form, rules, networks.list, settings);
    if (typeof wanted === 'string') {
      message = wanted;
      return;
    }
    message = '';
    isTrying = true;
    ssid = wanted.attempt.ssid;
    graceTicks = GRACE_TICKS;
    pending = function () {
      attempt(wanted.attempt, wanted.changes, function (reason) {
        if (reason) message = 'Not saved: ' + reason;
        else
          finish(
            'It works, and is saved. The light is ' +
              trial.address() +
              ' in ' +
              wanted.attempt.ssid +
              '. This access point closes now.',
          );
      });
    };
  }

  function show(answer: Answer): void {
    if (isDone) ticksLeft = Math.min(ticksLeft, SEEN_TICKS);
    const page = isDone
      ? lastPage(title, message)
      : isTrying
        ? waitingPage(title, ssid)
        : formPage({
            title: title,
            message: message,
            networks: networks.list,
            form: form,
            settings: settings,
          });
    answer('200 OK', page, '');
  }

  function onPost(request: Request, answer: Answer): void {
    function back(): void {
      answer('303 See Other', '', '/');
    }
    const isIdle = !isTrying && !isDone;
    if (isIdle && request.path === '/scan') return networks.scan(back);
    if (isIdle) onForm(request.body);
    back();
  }

  function onRequest(request: Request, answer: Answer): void {
    const host = request.host.split(':')[0];
    const isOurs = host === AP_ADDRESS || (host !== '' && host === trial.address());
    if (request.method === 'POST') {
      const isForeign = request.origin !== '' && request.origin !== 'http://' + request.host;
      if (!isOurs || isForeign) return answer('403 Forbidden', 'open http://' + AP_ADDRESS, '');
      return onPost(request, answer);
    }
    if (request.method !== 'GET') return answer('405 Method Not Allowed', '', '');
    if (!isOurs) return answer('302 Found', '', 'http://' + AP_ADDRESS + '/');
    if (request.path.split('?')[0] !== '/') return answer('404 Not Found', '', '');
    networks.settle(function () {
      show(answer);
    });
  }

  const http = createHttp(board.net, onRequest);
  hold(false);
  let isApOpen = false;
  try {
    isApOpen = openAp();
    if (isApOpen) http.open();
  } catch (error) {
    board.log('no access point: ' + (error as Error).message);
  }
  board.log(
    'set-up mode for 15 minutes: ' + (isApOpen ? 'join ' + title + ', open http://' + AP_ADDRESS : 'Improv alone'),
  );
  const line = createLine(board, {
    networks: networks,
    info: ['espruino-light-node', parts.version, board.kind, settings.name],
    state: function () {
      return isTrying ? State.PROVISIONING : isJoined ? State.PROVISIONED : State.READY;
    },
    urls: function () {
      return settings.broker.length ? [] : ['http://' + trial.address() + '/'];
    },
    provision: function (ssid, password, done) {
      const wanted = { ssid: ssid, password: password };
      if (isTrying || isDone || !rules['wifi']!(wanted)) return done(false);
      attempt({ ssid: ssid, password: password, brokers: [] }, { wifi: wanted }, function (reason) {
        isJoined = isJoined || !reason;
        message = reason ? 'Not saved: ' + reason : 'The light has joined ' + ssid + '. Now its broker:';
        if (!reason && settings.broker.length) finish(message);
        else if (!reason) http.open();
        done(!reason);
      });
    },
  });

  function close(): void {
    board.clearInterval(timer);
    board.E.removeListener('kill', line.stop);
    http.close();
    trial.stop();
    line.stop();
    wifi.stopAP();
    parts.station.hold = Hold.NONE;
    if (isDone || isJoined) parts.health.wanted = Restart.SET_UP;
    board.log('set-up mode is over');
  }

  function tick(): void {
    ticksLeft--;
    if (ticksLeft === OPEN_TICKS - 1 && isApOpen) networks.scan(function () {});
    if (graceTicks && !--graceTicks) pending!();
    trial.tick();
    http.tick();
    if (ticksLeft <= 0 && !isTrying) close();
  }

  board.E.on('kill', line.stop);
  const timer = board.setInterval(tick, TICK_MS);
}
