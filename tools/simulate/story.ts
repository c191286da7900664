// The story of the broker that throws its lights off: the program that many write first, and the boards that run it.

import { DEFAULT_TOPIC } from '../../settings/schema.ts';

/** What the story needs of the settings. */
interface StorySettings {
  ssid: string;
  password: string;
  /** Name of the broker, at port 1883. */
  broker: string;
}

/**
 * A light in few lines, as one would write it: it picks its client identifier at random, and connects again when it is thrown off.
 * Espruino does not seed `Math.random` on an ESP32: every board picks the same.
 */
export const storyProgram = ({ ssid, password, broker }: StorySettings): string => `
var id = "light" + Math.floor(Math.random() * 1e9);
var topic = ${JSON.stringify(DEFAULT_TOPIC)};
var wifi = require("Wifi");
function text(s) { return String.fromCharCode(s.length >> 8, s.length & 255) + s; }
function packet(type, body) { return String.fromCharCode(type, body.length) + body; }
function connect() {
  var socket;
  try { socket = require("net").connect({ host: ${JSON.stringify(broker)}, port: 1883 }); }
  catch (e) { return setTimeout(connect, 1000); }
  socket.write(packet(0x10, text("MQTT") + "\\x04\\x02\\0\\0" + text(id)) + packet(0x82, "\\0\\1" + text(topic) + "\\0"));
  socket.on("data", function (d) {
    if (d.charCodeAt(0) == 0x20) console.log("mqtt connected as " + id);
    else if (d.charCodeAt(0) == 0x30) digitalWrite(D5, d.substr(4 + topic.length) == "on");
  });
  socket.on("close", function () {
    console.log("thrown off, again in 1 s");
    setTimeout(connect, 1000);
  });
}
digitalWrite(D5, 0);
wifi.on("connected", function () { console.log("wifi up " + wifi.getIP().ip); connect(); });
wifi.connect(${JSON.stringify(ssid)}, { password: ${JSON.stringify(password)} });
`;
