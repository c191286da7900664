// The real interpreter in set-up mode: it has real sockets, and a scripted Wi-Fi.
import { createInterpreter, type Interpreter } from '../../sim/interpreter/interpreter.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { SETUP } from './rig.ts';

/** Options of a board. */
export interface BenchOptions {
  /** The port that stands for port 80. */
  port: number;
  settings?: object;
  /** More program before the light. */
  preamble?: string;
  /** Instead of the set-up program and its password. */
  files?: Record<string, string>;
  speed?: number;
}

/**
 * A Wi-Fi as on the ESP32: its own open access point at boot, scans of 2.5 s, joins of 0.1 s with the right password, and a
 * refusal without a callback otherwise. It prints what its access point does, and the variables in use at each write of the page
 * and when their number has changed. The page's port is another, as 80 may be taken.
 */
const board = (port: number): string => `
global.realNet=require("net");
Modules.addCached("net",function(){
  exports.connect=function(o,f){return realNet.connect(o,f)};
  exports.createServer=function(f){
    var s=realNet.createServer(function(c){
      var write=c.write;
      c.write=function(d){print("WRITES",process.memory().usage);return write.call(c,d)};
      f(c);
    });
    return {listen:function(){s.listen(${port})},close:function(){s.close()}};
  };
});
setInterval(function(){
  var used=process.memory().usage;
  if(used!=global.lastUsed)print("USED",lastUsed=used);
},500);
Modules.addCached("Wifi",function(){
  var ip="0.0.0.0",ap={ssid:"ESP_00FF"},station=false;
  exports.startAP=function(s,o,f){ap={ssid:s,key:o.password};print("AP",s,o.authMode,o.password);if(f)setTimeout(f,200)};
  exports.stopAP=function(f){ap=0;print("AP off")};
  exports.getStatus=function(){return {mode:(ap?"AP":"")+(station?"STA":"")||"NULL"}};
  exports.getIP=function(){return {ip:ip}};
  exports.scan=function(f){
    station=true;
    setTimeout(function(){
      f([{ssid:"Home",rssi:-58,authMode:"wpa2",mac:"1",channel:"6"},{ssid:"<b>&\\"'",rssi:-40,authMode:"open",mac:"2",channel:"1"}]);
    },2500);
  };
  exports.connect=function(s,o,f){
    station=true;
    setTimeout(function(){
      if(s=="Home"&&o.password=="secret-password"){ip="127.0.0.1";f(null);exports.emit("connected",{ip:ip})}
      else exports.emit("disconnected",s=="Home"?{reason:"15",msg:"4WAY_HANDSHAKE_TIMEOUT"}:{reason:"201",msg:"NO_AP_FOUND"});
    },100);
  };
  exports.disconnect=function(){if(ip!="0.0.0.0"){ip="0.0.0.0";exports.emit("disconnected",{reason:"8",msg:"ASSOC_LEAVE"})}};
});
`;

/** Keeps the console, which the test reads: there is no Improv then. */
const CONSOLE_STAYS = 'E.getConsole=function(){return null};';

/** What is flashed beside the light. */
const SET_UP_FILES = { 'light.setup': SETUP, 'light.ap': 'correct horse' };

/** Creates a board that is not set up, without power. */
export function createInterpreterBench({
  port,
  settings = {},
  preamble = CONSOLE_STAYS,
  files = SET_UP_FILES,
  speed = 4,
}: BenchOptions): Interpreter {
  return createInterpreter({
    bundle: FIRMWARE,
    settings,
    serial: 'a0b1c2d3-00ff',
    speed,
    preamble: board(port) + preamble,
    files,
  });
}
