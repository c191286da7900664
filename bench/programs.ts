// The programs whose costs are compared: this light, and simple lights on Espruino's modules and on a bare socket.

import { DEFAULT_TOPIC } from '../settings/schema.ts';
import type { Lab } from './lab.ts';

/** Kinds of commands; each is a column of the table. */
export type Kind = 'qos0' | 'qos1' | 'json';

/** One row of the table. */
export interface Program {
  name: string;
  kinds: Kind[];
  /** Number of topic filters in its SUBSCRIBE. */
  filters: number;
  /** It loses a command that arrives together with SUBACK. */
  losesFirst?: boolean;
  text(port: number): string;
}

const JOIN = 'require("Wifi").connect("Home",{password:"secret-password"},function()';

/** Puts a module before the program, as the uploader does. */
const module = (name: string, text: string): string => `Modules.addCached("${name}",function(){${text}\n});\n`;

const tinyMqttLight = (text: string, port: number): string =>
  module('tinyMQTT', text) +
  `var mqtt=require("tinyMQTT").create("127.0.0.1",{port:${port}});
mqtt.on("connected",function(){mqtt.subscribe("${DEFAULT_TOPIC}")});
mqtt.on("message",function(m){digitalWrite(D5,m.message.toLowerCase()=="on")});
mqtt.on("disconnected",function(){mqtt.connect()});
${JOIN}{mqtt.connect()});
`;

const mqttModuleLight = (text: string, port: number): string =>
  module('MQTT', text) +
  `var mqtt=require("MQTT").create("127.0.0.1",{port:${port}});
mqtt.on("connected",function(){mqtt.subscribe("${DEFAULT_TOPIC}",{qos:1})});
mqtt.on("message",function(t,m){digitalWrite(D5,m.toLowerCase()=="on")});
mqtt.on("disconnected",function(){setTimeout(function(){mqtt.connect()},2000)});
${JOIN}{mqtt.connect()});
`;

/** Just enough MQTT to subscribe, to acknowledge and to write the pin; packets of up to 127 bytes, never split. */
const bareSocketLight = (port: number): string => `
${JOIN}{
var s=require("net").connect({host:"127.0.0.1",port:${port}},function(){s.write("\\x10\\x10\\0\\x04MQTT\\x04\\x02\\0\\0\\0\\x04bare")});
s.on("data",function(d){
for(;d.length;d=d.substr(2+d.charCodeAt(1))){
var c=d.charCodeAt(0),n=4+d.charCodeAt(3);
if(c==32)s.write("\\x82\\x17\\0\\x01\\0\\x12${DEFAULT_TOPIC}\\x01");
if(c>>4==3){
if(c&2){s.write("@\\x02"+d.substr(n,2));n+=2}
digitalWrite(D5,d.substring(n,2+d.charCodeAt(1))=="on");
}}})});
`;

/** Lists the programs at hand, this light first. */
export function programsOf({ firmware, tinyMqtt, mqttModule }: Lab): Program[] {
  const programs: Program[] = [
    { name: 'this light', kinds: ['qos0', 'qos1', 'json'], filters: 4, text: () => firmware },
  ];
  if (mqttModule !== undefined)
    programs.push({
      name: 'MQTT module light',
      kinds: ['qos0', 'qos1'],
      filters: 1,
      text: (port) => mqttModuleLight(mqttModule, port),
    });
  if (tinyMqtt !== undefined)
    programs.push({
      name: 'tinyMQTT light',
      kinds: ['qos0'],
      filters: 1,
      losesFirst: true,
      text: (port) => tinyMqttLight(tinyMqtt, port),
    });
  return [...programs, { name: 'bare socket light', kinds: ['qos0', 'qos1'], filters: 1, text: bareSocketLight }];
}

/** Notes for a table without a module's light. */
export const missingPrograms = ({ tinyMqtt, mqttModule }: Lab): string[] => [
  ...(mqttModule === undefined ? ['MQTT module light left out: name its module with --mqtt-module FILE'] : []),
  ...(tinyMqtt === undefined ? ['tinyMQTT light left out: name its module with --tinymqtt FILE'] : []),
];
