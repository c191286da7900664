// The programs whose costs are compared: this light, and the lights that people write first.

import type { Lab } from './lab.ts';

/** Where all of them take their commands. */
export const SHARED_TOPIC = 'home/bedroom/light';

/** What a program can be asked: a column of the table each. */
export type Ask = 'qos0' | 'qos1' | 'json';

/** One row of the table. */
export interface Program {
  name: string;
  asks: Ask[];
  /** Topic filters in its SUBSCRIBE. */
  filters: number;
  /** It loses a command that arrives together with SUBACK. */
  isDeaf?: boolean;
  text(port: number): string;
}

const JOIN = 'require("Wifi").connect("Home",{password:"secret-password"},function()';

/** A module as the uploader puts it before the program. */
const module = (name: string, text: string): string => `Modules.addCached("${name}",function(){${text}\n});\n`;

const tinyMqttLight = (text: string, port: number): string =>
  module('tinyMQTT', text) +
  `var mqtt=require("tinyMQTT").create("127.0.0.1",{port:${port}});
mqtt.on("connected",function(){mqtt.subscribe("${SHARED_TOPIC}")});
mqtt.on("message",function(m){digitalWrite(D5,m.message.toLowerCase()=="on")});
mqtt.on("disconnected",function(){mqtt.connect()});
${JOIN}{mqtt.connect()});
`;

const mqttModuleLight = (text: string, port: number): string =>
  module('MQTT', text) +
  `var mqtt=require("MQTT").create("127.0.0.1",{port:${port}});
mqtt.on("connected",function(){mqtt.subscribe("${SHARED_TOPIC}",{qos:1})});
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
if(c==32)s.write("\\x82\\x17\\0\\x01\\0\\x12${SHARED_TOPIC}\\x01");
if(c>>4==3){
if(c&2){s.write("@\\x02"+d.substr(n,2));n+=2}
digitalWrite(D5,d.substring(n,2+d.charCodeAt(1))=="on");
}}})});
`;

/** The programs at hand, this light first. */
export function programsOf({ firmware, tinyMqtt, mqttModule }: Lab): Program[] {
  const programs: Program[] = [
    { name: 'this light', asks: ['qos0', 'qos1', 'json'], filters: 3, text: () => firmware },
  ];
  if (mqttModule !== undefined)
    programs.push({
      name: 'MQTT module light',
      asks: ['qos0', 'qos1'],
      filters: 1,
      text: (port) => mqttModuleLight(mqttModule, port),
    });
  if (tinyMqtt !== undefined)
    programs.push({
      name: 'tinyMQTT light',
      asks: ['qos0'],
      filters: 1,
      isDeaf: true,
      text: (port) => tinyMqttLight(tinyMqtt, port),
    });
  return [...programs, { name: 'bare socket light', asks: ['qos0', 'qos1'], filters: 1, text: bareSocketLight }];
}

/** What to read where a module is not at hand. */
export const missingPrograms = ({ tinyMqtt, mqttModule }: Lab): string[] => [
  ...(mqttModule === undefined ? ['MQTT module light left out: name its module with --mqtt-module FILE'] : []),
  ...(tinyMqtt === undefined ? ['tinyMQTT light left out: name its module with --tinymqtt FILE'] : []),
];
