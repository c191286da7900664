// Why this project exists: two boards, and a broker that keeps one connection per client identifier.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHouse, type House } from '../../sim/house.ts';
import { createMosquitto, mosquittoAvailable, type Mosquitto } from '../../sim/broker/mosquitto.ts';
import { FIRMWARE } from '../support/firmware.ts';

const TAKEOVER = /already connected, closing old connection/;

/** The original program in short: one identifier for all boards, a retry every second. */
const NAIVE = `
var net = require("net");
function connect() {
  var socket = net.connect({ host: "broker", port: 1883 });
  socket.write("\\x10\\x11\\0\\x04MQTT\\x04\\x02\\0\\x3c\\0\\x05light");
  socket.on("close", function () { console.log("thrown off"); setTimeout(connect, 1000); });
}
require("Wifi").on("connected", connect);
require("Wifi").connect("Home", { password: "secret-password" });
`;

/** How long our two boards are watched, in chip seconds, and chip seconds per wall second. */
const WATCH_S = Number(process.env['STORY_S'] ?? 60);
const WATCH_SPEED = 10;

describe('two boards at one mosquitto', { skip: mosquittoAvailable() ? false : 'install mosquitto' }, () => {
  let mosquitto: Mosquitto;
  let house: House;

  beforeEach(async () => {
    mosquitto = await createMosquitto();
  });
  afterEach(() => mosquitto.dispose());

  async function inHouse(speed: number, story: () => Promise<void>): Promise<void> {
    house = createHouse({ speed });
    house.hosts.set('broker', `127.0.0.1:${mosquitto.port}`);
    try {
      await story();
    } finally {
      house.dispose();
    }
  }

  test('with one fixed identifier they throw each other off again and again', async () => {
    await inHouse(10, async () => {
      const boards = [house.board({ firmware: NAIVE }), house.board({ firmware: NAIVE })];
      for (let times = 0; times < 5; times++) {
        for (const board of boards) await board.waitFor(/thrown off/);
      }
      assert.ok(mosquitto.log.filter((line) => TAKEOVER.test(line)).length >= 9);
    });
  });

  test(`with ours they stay side by side: ${WATCH_S} s without a takeover or a reconnect`, async () => {
    await inHouse(WATCH_SPEED, async () => {
      const config = { wifi: { ssid: 'Home', password: 'secret-password' }, broker: 'broker' };
      const boards = [house.board({ firmware: FIRMWARE, config }), house.board({ firmware: FIRMWARE, config })];
      for (const board of boards) await board.waitFor(/mqtt connected/);
      await sleep((WATCH_S * 1000) / WATCH_SPEED);
      for (const board of boards) {
        assert.equal(board.attempts().length, 1, board.console.join('\n'));
        assert.ok(!board.console.some((line) => /mqtt down/.test(line)));
      }
      assert.equal(mosquitto.log.filter((line) => TAKEOVER.test(line)).length, 0);
    });
  });
});
